"""Attention in the gallery: the picture's weights are PyTorch's and the sums by hand, and a tiny Transformer learns its task."""

import inspect
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from streamlit.testing.v1 import AppTest
from torch import nn

from content.text import sentences
from core.errors import SpecError
from core.layers import sorter
from core.layers.sorter import TASKS, Sorter, SorterSpec
from core.layers.stack import program, stack
from core.layers.transformer import TransformerSpec, attend, encoding
from figures.attention import Map, maps
from jobs import client
from jobs.artifacts import SORTER
from jobs.home import run_folder
from jobs.kinds.sorter import SorterJob
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui import learner

SENTENCES = ("the dog saw the cat", "hello", "a b c d e f g h", "我看见了猫")


def seen(**settings):
    at = opened("layers", view="transformer", **settings)
    return fine(at.button(key="predict.layers.transformer.show").click().run())


@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_weights_are_pytorchs(sentence, heads, causal, positions):
    found = attend(TransformerSpec(sentence, str(heads), positions, causal, seed=3))
    ran = {}
    exec(found.shown.code.replace("print", "str"), ran)
    assert ran["weights"][0].equal(found.weights)
    assert ran["y"].equal(found.shown.y)
    torch.testing.assert_close(found.weights, found.scores.softmax(2))
    torch.testing.assert_close(found.weights.sum(2), torch.ones(heads, len(found.words)))
    if causal:
        assert not found.weights.triu(1).any()
        assert found.weights[:, 0, 0].tolist() == [1.0] * heads


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_one_cell_by_hand_number_by_number(heads):
    """q and k of two words by rows of in_proj_weight, then the softmax of the row."""
    found = attend(TransformerSpec(heads=str(heads)))
    x, weight, d = found.shown.x[0], found.shown.module.in_proj_weight.detach(), 8 // heads
    for head in range(heads):
        rows = range(head * d, head * d + d)
        scores = []
        for key in range(5):
            q = [float(weight[row] @ x[1]) for row in rows]
            k = [float(weight[8 + row] @ x[key]) for row in rows]
            scores.append(sum(a * b for a, b in zip(q, k, strict=True)) / d**0.5)
        by_hand = np.exp(scores) / np.exp(scores).sum()
        assert found.weights[head, 1].tolist() == pytest.approx(by_hand.tolist(), abs=1e-6)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_more_heads_need_no_more_parameters(heads):
    rows = attend(TransformerSpec(heads=str(heads))).shown.parameters
    assert rows == [("in_proj_weight", (24, 8), 192), ("in_proj_bias", (24,), 24), ("out_proj.weight", (8, 8), 64),
                    ("out_proj.bias", (8,), 8)]


def test_without_places_the_word_that_stands_twice_asks_the_same_twice():
    apart, alike = (attend(TransformerSpec(positions=positions)).weights for positions in (True, False))
    torch.testing.assert_close(alike[:, 0], alike[:, 3])
    assert (apart[:, 0] - apart[:, 3]).abs().max() > 0.01


def test_the_encoding_is_sines_and_cosines_of_ever_slower_waves():
    table = encoding(6, 8)
    assert table[0].tolist() == [0, 1] * 4
    assert table[5].tolist() == pytest.approx([f(5 / 10 ** i) for i in range(4) for f in (np.sin, np.cos)], abs=1e-6)


def test_a_sentence_is_at_most_six_words_and_at_least_one():
    assert attend(TransformerSpec("a b c d e f g h")).words == list("abcdef")
    assert attend(TransformerSpec("我看见cats")).words == ["我", "看", "见", "cats"]
    with pytest.raises(SpecError, match="empty_sentence"):
        attend(TransformerSpec("   "))


def test_the_picture_shows_every_weight_and_the_words():
    weights = np.array([[1.0, np.nan], [0.25, 0.75]])
    words = {"rows": "query", "columns": "key", "alt": "who looks where"}
    drawn = maps([Map("head 0", weights, (1, 0)), Map("head 1", weights)], ["<b>", "cat"], ["<b>", "cat"], words)
    assert drawn.count("<title>cat → cat: 0.75</title>") == 2
    assert drawn.count("<title>&lt;b&gt; → cat: 0</title>") == 2
    assert "<b>" not in drawn


@pytest.mark.parametrize(("given", "layers", "norm_first"), [((16, 2, 32), 1, False), ((64, 4, 128), 3, True), ((8, 8, 8), 2, False)])
def test_the_counts_are_those_of_the_real_transformer(given, layers, norm_first):
    found = stack(*given, layers, norm_first)
    d_model, nhead, dim_feedforward = given
    with pytest.warns(UserWarning, match="nested"):
        real = nn.Transformer(d_model, nhead, layers, layers, dim_feedforward, norm_first=norm_first)
    assert found.total == sum(p.numel() for p in real.parameters())
    for counts, layer in ((found.encoder, real.encoder.layers[0]), (found.decoder, real.decoder.layers[0])):
        assert counts == {name: sum(p.numel() for p in getattr(layer, name).parameters()) for name in counts}
        assert sum(counts.values()) == sum(p.numel() for p in layer.parameters())


def test_the_transformer_of_the_paper_has_44_million_parameters():
    assert stack(512, 8, 2048, 6, norm_first=False).total == 44_140_544
    assert stack(512, 8, 2048, 6, norm_first=False).encoder["self_attn"] == 4 * 512 * 512 + 4 * 512 == 1_050_624


def test_heads_that_do_not_fit_are_refused_as_pytorch_refuses_them():
    with pytest.raises(SpecError, match="d_model=512.*nhead=7"):
        stack(512, 7, 2048, 6, norm_first=False)
    with pytest.raises(AssertionError, match="divisible"):
        nn.TransformerEncoderLayer(512, 7, device="meta")


def test_the_table_of_arguments_tells_the_real_defaults():
    rows = [row.split("|") for row in sentences()["stack.arguments"]["en"].strip().splitlines()[2:]]
    told = {name.strip(" `"): value.strip() for _, names, values, *_ in rows
            for name, value in zip(names.split(","), values.split(",") * 2, strict=False)}
    real = {name: parameter.default for name, parameter in inspect.signature(nn.Transformer).parameters.items()}
    assert told.pop("activation") == "ReLU"
    assert real["activation"] is nn.functional.relu
    assert len(told) == 8
    assert told == {name: str(real[name]) for name in told}
    for layer in (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer):
        own = inspect.signature(layer).parameters
        assert all(told[name] == str(own[name].default) for name in ("dim_feedforward", "dropout", "batch_first", "norm_first"))


def test_copies_of_an_encoder_layer_start_alike_and_are_separate():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 8, batch_first=True), 2)
    first, second = (layer.linear1.weight for layer in encoder.layers)
    assert first.equal(second)
    assert first.data_ptr() != second.data_ptr()


# the tiny Transformer that is trained live

def test_the_network_is_as_large_as_the_text_says():
    assert sum(p.numel() for p in Sorter().parameters()) == 9386
    assert all("9,386" in text and "1,000" in text for text in sentences()["sorter.about"].values())
    assert sorter.TESTED == 1000


def test_a_short_training_reverses_what_it_never_saw(tmp_path):
    job = SorterJob({"task": "reverse", "seed": 0})
    records = list(job.records())
    assert json.loads(json.dumps(records)) == records
    assert records[0] == {"type": "start", "total_steps": 200}
    assert [record["step"] for record in records[1:]] == list(range(20, 201, 20))
    assert records[-1]["sequences"] == TASKS["reverse"].tried[0] == 1.0
    assert job.progress() == (200, 200)
    job.save(tmp_path)
    path, test = tmp_path / SORTER, sorter.digits_of(job.state.test)
    found = sorter.answer(path, "reverse", sorter.unseen(path, 0))
    assert found.given == test[0].tolist()
    assert found.said == found.truth == found.given[::-1]
    assert not found.seen
    assert found.weights.argmax(1).tolist() == [5, 4, 3, 2, 1, 0]
    assert sorter.answer(path, "reverse", f"{job.state.train[7]:06}").seen
    with torch.no_grad():                                                  # the weights are those that the layer itself uses
        model = job.state.model
        h = model.embed(test[:1])
        v = (h @ model.layer.self_attn.in_proj_weight.T + model.layer.self_attn.in_proj_bias).chunk(3, 2)[2]
        mixed = model.layer.self_attn.out_proj(torch.from_numpy(found.weights) @ v)
        after = model.layer.norm1(h + mixed)
        after = model.layer.norm2(after + model.layer.linear2(model.layer.linear1(after).relu()))
        torch.testing.assert_close(model.out(after), model(test[:1]))


@pytest.mark.parametrize("task", ["sort", "copy"])
def test_the_other_tasks_reach_what_the_page_promises(task):
    *_, last = sorter.train(sorter.start(SorterSpec(task)))
    assert last.sequences >= min(TASKS[task].tried) - 0.02                 # a processor's last bits may change a few of 1,000


def test_the_test_sequences_are_never_trained_on_and_no_sequence_comes_twice():
    state = sorter.start(SorterSpec("sort", 5))
    everything = torch.cat([state.test, state.train])
    assert len(everything) == len(everything.unique()) == 1000 + 500 * 64
    assert sorter.digits_of(torch.tensor([314159, 42])).tolist() == [[3, 1, 4, 1, 5, 9], [0, 0, 0, 0, 4, 2]]


@pytest.mark.parametrize(("task", "out"), [("reverse", [2, 9, 1, 7]), ("sort", [1, 2, 7, 9]), ("copy", [7, 1, 9, 2])])
def test_a_task_is_what_its_name_says(task, out):
    assert TASKS[task].do(torch.tensor([[7, 1, 9, 2]])).tolist() == [out]


@pytest.mark.parametrize("sequence", ["", "31415", "31415x", "３１４１５９"])
def test_what_is_not_six_digits_is_refused(sequence, tmp_path):
    with pytest.raises(SpecError, match="not_six_digits"):
        sorter.answer(tmp_path / SORTER, "sort", sequence)


def test_a_spec_of_the_job_is_clamped():
    assert SorterJob({"task": "fly", "seed": -3}).state.spec == SorterSpec("reverse", 0)


# the page

def test_the_page_writes_the_framed_cell_as_a_sum():
    said = shown(seen())
    found = attend(TransformerSpec())
    assert "“dog” asks, “the” is asked" in said
    assert f"**{float(found.weights[0, 1, 0]):.3g}**" in said
    assert "two different rows" in said


def test_a_masked_cell_says_minus_infinity_and_zero():
    assert "−∞" in shown(seen(causal="1", key="4"))


def test_a_link_to_a_place_that_is_not_there_frames_the_last_one():
    assert "“b” asks, “b” is asked" in shown(seen(own_words="a b", query="5", key="5", heads="1", head="3"))


def test_an_empty_sentence_says_what_to_do():
    at = opened("layers", view="transformer", own_words=" ")
    assert "Write at least one" in at.warning[0].value


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_folds_show_places_counts_and_the_training(lang):
    at = opened("layers", view="transformer", lang=lang)
    for name in ("places", "stack", "sorter"):
        at.session_state[f"fold.layers.transformer.{name}"] = True
    said = shown(fine(at.button(key="predict.layers.transformer.show").click().run()))
    assert "44,140,544" in said
    assert "9,386" in said


def test_heads_that_do_not_fit_leave_the_rest_of_the_page():
    at = opened("layers", view="transformer", nhead="7")
    at.session_state["fold.layers.transformer.stack"] = True
    at = fine(at.button(key="predict.layers.transformer.show").click().run())
    assert "nhead = 7" in at.warning[0].value
    assert "in_proj_weight" in shown(at)


@pytest.mark.parametrize("task", TASKS)
def test_an_answer_of_the_trained_network_is_shown_with_its_picture(task, tmp_path):
    state = sorter.start(SorterSpec(task))
    (tmp_path / SORTER).write_bytes(sorter.kept(state))                    # untrained: its answer may be wrong, and is then said to be
    found = sorter.answer(tmp_path / SORTER, task, "314159")

    def script(path, task) -> None:
        from pathlib import Path

        import streamlit as st

        from content.text import Text
        from core.layers.transformer import TransformerSpec
        from ui import link
        from ui.layers import sorter as part

        link.restore(part.PAGE, TransformerSpec)
        part._answered(Text("en"), Path(path), task, st.session_state[f"{part.PAGE}.sequence"], None)

    at = fine(AppTest.from_function(script, args=(str(tmp_path / SORTER), task)).run())
    said = shown(at)
    assert "3 1 4 1 5 9" in said
    assert ("**Right.**" in said) == (found.said == found.truth)
    at = fine(at.button(key="layers.transformer.draw").click().run())
    assert at.session_state["layers.transformer.sequence"] == sorter.unseen(tmp_path / SORTER, 0)
    assert "never saw" in shown(at)


def test_a_link_to_three_heads_shows_two():
    """8 numbers of a word cannot be shared out to three."""
    at = opened("layers", view="transformer", heads="3")
    assert at.session_state["layers.transformer.heads"] == "2"


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.filterwarnings("error")
def test_the_program_of_both_halves_runs_without_a_warning(norm_first, capsys):
    exec(program(8, 1, 16, 2, norm_first), {})
    assert capsys.readouterr().out.strip() == "torch.Size([1, 3, 8])"


@pytest.mark.parametrize(("settings", "told"), [
    ({"positions": "1", "causal": "1"}, "twice_placed"), ({"positions": "0", "causal": "1"}, "twice_causal"),
    ({"positions": "0", "causal": "0"}, "twice")])
def test_a_word_that_stands_twice_is_told_as_the_rows_show(settings, told):
    said = shown(seen(own_words="the dog the", **settings))
    assert [key for key in ("twice_placed", "twice_causal", "twice") if sentences()[f"transformer.{key}"]["en"] in said] == [told]
    spec = TransformerSpec("the dog the", positions=settings["positions"] == "1", causal=settings["causal"] == "1")
    weights = attend(spec).weights
    assert torch.allclose(weights[:, 0], weights[:, 2]) == (told == "twice")


def spoilt(**changed) -> bytes:
    """The file of a training with some tensors changed, or left out."""
    tensors = load(sorter.kept(sorter.start(SorterSpec()))) | changed
    return save({name: tensor for name, tensor in tensors.items() if tensor is not None})


SPOILT = {"missing": None, "empty": b"", "damaged": b"\x08" + b"?" * 99, "cut": spoilt()[:-9], "no sequences": spoilt(unseen=None),
          "none unseen": spoilt(unseen=torch.zeros(0)), "other layers": spoilt(**{"digit.weight": torch.zeros(9, 32)}),
          "fewer layers": spoilt(**{"out.bias": None})}


def stored(data, state="done", done=200, **spec):
    """A training of "somebody" that has ended and left a file with this in it."""
    run = client.submit("sorter", {"task": "reverse", "seed": 0} | spec, "somebody")
    with opened_store() as db:
        db.execute("UPDATE runs SET state = ?, attempt = 1, done = ?, total = 200, ended = created WHERE id = ?", (state, done, run))
    if data is not None:
        run_folder(run).mkdir(parents=True, exist_ok=True)
        (run_folder(run) / SORTER).write_bytes(data)
    return run


@pytest.fixture
def somebody(monkeypatch):
    monkeypatch.setattr(learner, "token", lambda: "somebody")


def sorting(**settings):
    at = opened("layers", view="transformer", **settings)
    at.session_state["fold.layers.transformer.sorter"] = True
    return fine(at.button(key="predict.layers.transformer.show").click().run())


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_cannot_be_read_is_refused(name, tmp_path):
    path = tmp_path / SORTER
    if SPOILT[name] is not None:
        path.write_bytes(SPOILT[name])
    assert not sorter.readable(path)
    with pytest.raises(SpecError, match="sorter_unreadable"):
        sorter.answer(path, "sort", "314159")
    with pytest.raises(SpecError, match="sorter_unreadable"):
        sorter.unseen(path, 0)


@pytest.mark.parametrize("name", SPOILT)
def test_a_training_whose_file_cannot_be_read_counts_as_none(somebody, name):
    stored(SPOILT[name])
    at = sorting()
    assert at.button(key="layers.transformer.go").label == "Train it with seed 0"
    assert "latest training" not in shown(at)
    fine(at.button(key="layers.transformer.go").click().run())
    assert len(client.list_runs("somebody", "sorter")) == 2


def test_a_file_that_goes_while_one_looks_breaks_no_button(somebody):
    run = stored(spoilt())
    at = sorting()
    sorter._read.cache_clear()
    (run_folder(run) / SORTER).write_bytes(b"")
    fine(at.button(key="layers.transformer.draw").click().run())
    assert at.button(key="layers.transformer.go").label == "Train it with seed 0"


def test_a_refused_training_is_said(somebody, monkeypatch):
    def full(*_):
        raise SpecError("queue_full", size=20, minutes=3)
    at = sorting()
    monkeypatch.setattr(client, "submit", full)
    fine(at.button(key="layers.transformer.go").click().run())
    assert "All 20 places are taken" in at.warning[0].value


def test_a_training_at_work_stays_when_task_and_seed_are_moved(somebody):
    at = sorting()
    fine(at.button(key="layers.transformer.go").click().run())
    assert at.button(key="layers.transformer.stop")
    at.session_state["layers.transformer.task"], at.session_state["layers.transformer.seed"] = "sort", 7
    said = shown(fine(at.run()))
    assert at.button(key="layers.transformer.stop")
    assert "task **reverse**, seed 0" in said
    assert not [button for button in at.button if button.key == "layers.transformer.go"]


def test_the_answer_is_that_of_the_task_that_was_trained(somebody):
    stored(spoilt())
    at = sorting()
    at.session_state["layers.transformer.task"], at.session_state["layers.transformer.seed"] = "sort", 7
    said = shown(fine(at.run()))
    assert "`9 5 1 4 1 3` was asked for" in said
    assert "That is what reversing means" in said
    assert at.button(key="layers.transformer.go").label == "Train again with seed 7"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", ["done", "stopped"])
def test_the_rule_is_told_only_of_a_training_that_ended_well(somebody, state, lang):
    stored(spoilt(), state, 40)
    said = shown(sorting(lang=lang))
    assert (sentences()["sorter.look.reverse"][lang] in said) == (state == "done")
    assert (sentences()["sorter.stopped"][lang].format(steps=40, total=200) in said) == (state == "stopped")
