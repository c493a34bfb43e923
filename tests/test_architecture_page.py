"""The page where a learner edits LeNet: what the widgets make, what no longer fits, and how the network goes on to other pages."""

import re
from dataclasses import replace

import pytest

from content.text import LANGUAGES, Text
from core.architecture.plan import plan
from core.architecture.source import source
from core.architecture.spec import SEEDS, ArchitectureSpec, encoded
from core.models import fresh
from core.train import TrainSpec, start
from figures.palette import RED
from jobs import client
from jobs.artifacts import WEIGHTS
from tests import stored_runs
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)

MISFIT = {"conv2_kernel": "7", "pool_size": "4"}


def drawn(at) -> str:
    return next(e for e in at.get("bidi_component") if "architecture.drawing" in e.proto.id).proto.bytes.decode()


def spec_of(at) -> ArchitectureSpec:
    return ArchitectureSpec(**{name: at.session_state[f"architecture.{name}"] for name in vars(ArchitectureSpec())})


@pytest.mark.parametrize("origin", SEEDS)
def test_a_start_sets_every_field_and_shows_its_code(origin):
    at = opened("architecture")
    fine(at.selectbox(key="architecture.origin").set_value(origin).run())
    assert spec_of(at) == SEEDS[origin]
    assert source(SEEDS[origin]).rstrip() in [code.value for code in at.code]
    assert plan(SEEDS[origin]).arithmetic in shown(at)
    assert "Nothing is changed yet" in shown(at)


def test_a_change_says_what_changes_with_it():
    at = opened("architecture")
    fine(at.slider(key="architecture.conv1_kernel").set_value(3).run())
    words = shown(at)
    assert "| `conv1` | 6×24×24 → 6×26×26 | floor((28 + 2·0 - 3) / 1) + 1 = 26 | 156 → 60 |" in words
    assert "| `flatten`" not in words                      # 16·4·4 = 256, as before
    assert "Kernel 5 → 3" in words
    assert "That is 96 fewer than LeNet-5." in words       # 6·25 + 6 against 6·9 + 6
    assert drawn(at).count("F0E442") == 5                  # framed: conv1's shape, kernel and parameters, two shapes behind it


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_misfit_is_marked_and_each_repair_mends_it(lang):
    t, whole = Text(lang), plan(ArchitectureSpec(conv2_kernel=7, pool_size=4))
    for i, repair in enumerate(whole.repairs):
        at = opened("architecture", lang=lang, **MISFIT)
        assert "7 &gt; 6" in drawn(at)
        assert at.warning[0].value.startswith("conv2")
        assert "conv2_kernel" not in at.warning[0].value   # words, not the names of fields
        assert "class LeNet" not in shown(at)              # no code of a network that cannot be built
        fine(at.button(key=f"architecture.repair.{i}").click().run())
        assert spec_of(at) == replace(whole.spec, **repair)
        assert not at.warning
        assert source(spec_of(at)).rstrip() in [code.value for code in at.code]
        assert t("architecture.train") in [link.proto.label for link in at.get("page_link")]


def test_a_network_that_is_too_large_cannot_be_trained():
    at = opened("architecture", conv2_channels="32", pooling="none", hidden1="200")
    assert "2,582,922" in at.warning[0].value
    assert not at.get("page_link")
    assert re.search(f'fill="{RED}"[^>]*>fc1', drawn(at))  # the layer that holds most of them
    fine(at.button(key="architecture.repair.0").click().run())
    assert spec_of(at).hidden1 == 18


def test_undo_goes_back_step_by_step_and_start_again_all_the_way():
    at = opened("architecture")
    assert at.button(key="architecture.undo").disabled
    fine(at.slider(key="architecture.conv1_kernel").set_value(3).run())
    fine(at.slider(key="architecture.conv1_stride").set_value(2).run())
    fine(at.button(key="architecture.undo").click().run())
    assert spec_of(at) == ArchitectureSpec(conv1_kernel=3)
    fine(at.button(key="architecture.undo").click().run())
    assert spec_of(at) == ArchitectureSpec()
    fine(at.slider(key="architecture.conv1_kernel").set_value(3).run())
    fine(at.button(key="architecture.back").click().run())
    assert spec_of(at) == ArchitectureSpec()
    fine(at.button(key="architecture.undo").click().run())
    assert spec_of(at) == ArchitectureSpec(conv1_kernel=3)


def test_undo_takes_back_where_it_started_too():
    at = opened("architecture")
    fine(at.selectbox(key="architecture.origin").set_value("lenet").run())
    fine(at.button(key="architecture.undo").click().run())
    assert (at.session_state["architecture.origin"], spec_of(at)) == ("lenet5", ArchitectureSpec())


def test_undo_remembers_fifty_steps():
    at = opened("architecture")
    for n in range(60):
        fine(at.slider(key="architecture.conv1_channels").set_value(1 + n % 30).run())
    assert len(at.session_state["architecture.past"]) == 50


def test_a_window_beside_its_padded_input_is_what_does_not_fit():
    at = opened("architecture", conv2_kernel="9", conv2_padding="1", pool_size="4")
    assert "9 &gt; 8" in drawn(at)                         # 6 + 2 · 1


def test_a_change_of_no_shape_says_so():
    at = opened("architecture", activation="tanh")
    assert "No shape and no number of parameters changes with it." in shown(at)
    assert "| layer |" not in shown(at)


def test_a_step_that_is_gone_is_a_row():
    assert "| `pool1` | 6×12×12 → none | – | – |" in shown(opened("architecture", pooling="none", hidden1="10"))


def test_an_origin_that_does_not_exist_is_said():
    assert "Start from" in shown(opened("architecture", origin="zzz"))


def test_the_introductions_own_networks_are_trained_under_their_own_name():
    at = opened("architecture")
    fine(at.selectbox(key="architecture.origin").set_value("lenet_conv3").run())
    assert "network=lenet_conv3" in at.get("page_link")[0].proto.query_string
    fine(at.switch_page("pages/train.py").run())
    assert not [option for option in at.selectbox(key="train.network").options if option.startswith("own")]


def test_a_network_that_does_not_fit_is_offered_nowhere():
    at = opened("architecture", **MISFIT)
    fine(at.switch_page("pages/train.py").run())
    assert not [option for option in at.selectbox(key="train.network").options if option.startswith("own")]


def test_the_link_leads_back_to_the_same_network():
    at = opened("architecture")
    fine(at.selectbox(key="architecture.origin").set_value("lenet").run())
    fine(at.slider(key="architecture.conv1_channels").set_value(9).run())
    query = {name: given if isinstance(given, str) else given[0] for name, given in at.query_params.items()}
    again = opened("architecture", **query)
    assert spec_of(again) == ArchitectureSpec(input="1x32", conv1_channels=9)
    assert again.session_state["architecture.origin"] == "lenet"


@pytest.mark.parametrize(("said", "right"), [("same", True), ("more", False)])
def test_the_question_is_answered_by_the_plan(said, right):
    at = opened("architecture")
    at.session_state["architecture.part"] = "linear"
    fine(at.pills[0].set_value(said).run())
    assert bool(at.success) == right
    assert "16 · 4 · 4 = 256" in shown(at)
    fine(at.button(key="architecture.try").click().run())
    assert (spec_of(at), at.session_state["architecture.part"]) == (ArchitectureSpec(conv1_kernel=3), "conv1")


def test_an_edited_network_is_offered_for_training_and_for_looking_inside():
    at = opened("architecture")
    fine(at.slider(key="architecture.conv1_channels").set_value(9).run())
    key = encoded(ArchitectureSpec(conv1_channels=9))
    for page in ("train", "lenet"):
        fine(at.switch_page(f"pages/{page}.py").run())
        options = at.selectbox(key=f"{page}.network").options
        assert "own LeNet 9k5" in options
    fine(at.selectbox(key="lenet.network").set_value(key).run())
    assert "the network own LeNet 9k5 yet. Train it first" in at.warning[0].value
    assert f"network={key}" in at.get("page_link")[0].proto.query_string


def test_a_network_that_was_trained_is_offered_for_looking_inside_however_often_it_was_edited_since(tmp_path, monkeypatch):
    stored_runs.own_store(tmp_path, monkeypatch)
    monkeypatch.setattr("ui.learner.token", lambda: "somebody")
    stored_runs.trained("somebody", network=encoded(ArchitectureSpec(conv1_channels=4)))
    at = opened("architecture", conv1_channels="7")
    fine(at.switch_page("pages/lenet.py").run())
    assert {"own LeNet 4k5", "own LeNet 7k5"} <= set(at.selectbox(key="lenet.network").options)


def test_a_link_to_train_an_edited_network_sets_it():
    key = encoded(ArchitectureSpec(conv1_channels=9, activation="tanh"))
    at = opened("train", network=key)
    assert at.session_state["train.network"] == key
    assert "own LeNet" in " ".join(at.selectbox(key="train.network").options)
    assert opened("train", network=encoded(ArchitectureSpec(pool_size=4))).session_state["train.network"] == TrainSpec().network


def test_a_trained_edited_network_can_be_looked_into(tmp_path, monkeypatch):
    stored_runs.own_store(tmp_path, monkeypatch)
    key = encoded(ArchitectureSpec(activation="tanh", pooling="average", conv1_channels=4))
    run = stored_runs.trained("somebody", network=key)
    at = opened("lenet", network=key, weights=run)
    for button in [b for b in at.button if str(b.key).endswith(".show")]:
        fine(button.click().run())
    for fold in [fold for fold in at.session_state.to_dict() if fold.startswith("fold.")]:
        at.session_state[fold] = True
    fine(at.run())
    at.session_state["lenet.picked"] = (1, 1, 2, 3, 4)     # a pixel of the trained copy's first layer, behind tanh
    fine(at.run())
    told = next(e for e in at.get("bidi_component") if "lenet.maps" in e.proto.id).proto.bytes.decode()
    assert "tanh makes" in told
    assert at.selectbox(key="lenet.weights").options == [f"run {run}"]     # there are no weights of ours for it


def test_weights_of_an_edited_network_are_known_by_their_file(tmp_path, monkeypatch):
    stored_runs.own_store(tmp_path, monkeypatch)
    key = encoded(ArchitectureSpec(input="3x32", conv1_channels=4))
    raw = client.artifact(stored_runs.trained("somebody", network=key), WEIGHTS).read_bytes()
    at = opened("train")                                   # set to another network
    at.file_uploader(key="train.upload").set_value(("mine.safetensors", raw, "application/octet-stream"))
    fine(at.run())
    assert "own LeNet 3x32 4k5" not in " ".join(box.value for box in at.warning)
    assert f"{sum(p.numel() for p in fresh(key, 0).parameters()):,}" in shown(at)


def test_the_same_key_gives_the_same_fresh_network_that_training_starts_from():
    key = encoded(ArchitectureSpec(conv1_kernel=3))
    state = start(TrainSpec(network=key, train_images=100, seed=5))
    theirs = fresh(key, 5).state_dict()
    assert all(tensor.equal(theirs[name]) for name, tensor in state.model.state_dict().items())
