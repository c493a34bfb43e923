"""Every page in both languages, with its widgets, links and bad input, without a browser."""

import ast
import dataclasses
import json
import re
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES
from core import data, weights
from core.data import vision
from core.models import fresh
from core.train import TrainSpec
from jobs import client
from jobs.store import opened as opened_store
from ui import language, link, say
from ui.frame import PAGES

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """Runs of this test only, and nobody who works on them."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    from jobs import starter

    monkeypatch.setattr(starter, "ensure_service", lambda: None)


@pytest.fixture(autouse=True)
def server_had_a_visitor(monkeypatch):
    """AppTest plays a fresh server at every run, where the guard reruns the page and a click would be lost."""
    original = PagesManager.__init__

    def later(self, *args, **kwargs):
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", later)


def opened(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        at.query_params[name] = value
    if page != "home":
        at.switch_page(f"pages/{page}.py")
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    assert [e.value for e in at.exception] == []
    return at


def shown(at: AppTest) -> str:
    """All words on the page."""
    kinds = ("title", "markdown", "caption", "info", "warning", "success", "error", "code", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_in_both_languages_with_everything_unfolded(page, lang):
    at = opened(page, lang=lang)
    for button in [b for b in at.button if str(b.key).endswith(".show")]:
        fine(button.click().run())
    for key in [key for key in at.session_state.to_dict() if key.startswith("fold.")]:
        at.session_state[key] = True
    folded = shown(at)
    fine(at.run())
    assert len(shown(at)) > len(folded) or page == "home"
    assert at.session_state["lang"] == lang
    assert ("张量" in shown(at) or "图片" in shown(at) or "网络" in shown(at)) == (lang == "zh")


@pytest.mark.parametrize("page", PAGES)
def test_page_begins_with_the_guard(page):
    tree = ast.parse((ROOT / "pages" / f"{page}.py").read_text("utf-8"))
    code = [n for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom | ast.Assign) and not
            (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    first = code[0]
    assert isinstance(first, ast.Expr)
    assert first.value.func.id == "under_app"


def test_registry_and_files_agree():
    assert sorted(PAGES) == sorted(p.stem for p in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("view", ["create", "combine", "compute", "seed"])
def test_every_view_of_the_tensors_page_is_a_link(view):
    at = opened("tensors", view=view)
    assert at.session_state["tensors.view"] == view


def test_widgets_keep_their_values_when_the_language_changes():
    at = opened("tensors", lang="en")
    at.text_input(key="tensors.create.size").set_value("4, 5").run()
    at.session_state["lang"] = "zh"
    fine(at.run())
    assert at.text_input(key="tensors.create.size").value == "4, 5"
    assert at.query_params["lang"] == "zh"


def test_values_travel_in_the_link_and_defaults_do_not():
    at = opened("tensors", size="4, 5", seed="7")
    assert at.text_input(key="tensors.create.size").value == "4, 5"
    assert at.query_params == {"lang": "en", "size": "4, 5", "seed": "7"}


def test_a_followed_link_shows_its_own_view_at_once_and_not_the_last_one():
    at = opened("train", lr="0.1", epochs="3")
    at.query_params.clear()
    at.query_params["lr"] = "0.5"                      # as a click on another link does
    fine(at.run())
    assert (at.session_state["train.lr"], at.session_state["train.epochs"]) == (0.5, 10)


def test_a_slow_line_that_still_sends_the_last_query_resets_nothing():
    at = opened("train", lr="0.1", epochs="3")
    before = dict(at.query_params)
    fine(at.slider(key="train.epochs").set_value(7).run())
    at.query_params.clear()
    at.query_params.update(before)                     # the browser has not heard of the new one yet
    fine(at.slider(key="train.epochs").set_value(8).run())
    assert at.session_state["train.epochs"] == 8
    assert at.query_params["epochs"] == "8"


def test_going_back_brings_the_language_of_that_link_back(monkeypatch):
    monkeypatch.setattr(language, "STALE_S", 0.0)
    at = opened("home", lang="en")
    at.query_params["lang"] = "zh"
    fine(at.run())
    assert at.session_state["lang"] == "zh"


def test_a_step_back_is_followed_at_once_although_a_slow_line_would_send_the_same(monkeypatch):
    at = opened("tensors", view="combine", a_size="5, 1")
    before = dict(at.query_params)
    fine(next(group for group in at.button_group if group.key == "tensors.view").set_value("seed").run())
    monkeypatch.setattr(link, "travelled", lambda: True)
    at.query_params.clear()
    at.query_params.update(before)
    fine(at.run())
    assert at.session_state["tensors.view"] == "combine"
    assert at.text_input(key="tensors.combine.a_size").value == "5, 1"
    assert at.query_params == before


def test_a_double_click_on_start_makes_one_run():
    at = opened("train")
    fine(at.button(key="predict.train.show").click().run())
    before = dict(at.query_params)
    fine(at.button(key="train.start").click().run())
    at.query_params.clear()
    at.query_params.update(before)
    fine(at.run())
    mine = client.list_runs(at.session_state["learner"])
    assert [run.id for run in mine] == [at.session_state["train.run"]]


def test_a_second_click_that_comes_before_the_first_was_remembered_makes_no_second_run():
    at = opened("train")
    fine(at.button(key="predict.train.show").click().run())
    at.session_state["press"] = "0123456789abcdef"
    for _ in range(2):
        fine(at.button(key="train.start").click().run())
        run, number = at.session_state["train.run"], at.session_state["press"]
        at.session_state["train.run"], at.session_state["press"] = None, "0123456789abcdef"      # as the first click found them
        at.query_params.clear()
        fine(at.run())
    assert [found.id for found in client.list_runs(at.session_state["learner"])] == [run]
    assert number != "0123456789abcdef"


@pytest.mark.parametrize("text", ["see www.evil.example", "a@b.example", "WWW.evil.example", "http://evil.example", "mailto:a@b.example"])
def test_what_looks_like_an_address_is_no_link(text):
    """Markdown looks for addresses after it has taken the escapes away, with these two patterns (mdast-util-gfm-autolink-literal)."""
    left = str(say.plain(text)).replace("\\", "")
    assert not re.search(r"(https?://|www(?=\.))([-.\w]+)|[-.\w+]+@[-\w]+(\.[-\w]+)+", left, re.IGNORECASE)
    assert left.replace(say.JOINER, "") == text


def test_a_download_that_is_gone_says_so_when_it_is_stopped(monkeypatch, tmp_path):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    at = opened("data", dataset="cifar10")
    fine(at.button(key="data.download.cifar10.start").click().run())
    job = at.session_state["data.download.cifar10"]
    with opened_store() as db:
        db.execute("UPDATE runs SET learner = ? WHERE id = ?", ("b" * 32, job))
    assert "belongs to another browser" in shown(fine(at.button(key=f"stop.{job}").click().run()))


def test_the_home_page_says_how_long_uploads_are_kept():
    at = opened("home")
    at.session_state["fold.home.limits"] = True
    assert "Uploaded files are kept for 24 hours only" in shown(fine(at.run()))


@pytest.mark.parametrize(("state", "cause", "words"), [
    ("diverged", {"code": "non_finite_loss", "value": float("nan"), "step": 212, "lr": 5.0, "works": "adam, lr=0.002"}, "nan at step 212"),
    ("failed", {"code": "crashed", "error": "TypeError: x"}, "a mistake in the program: TypeError"),
    ("lost", {"code": "service_restarted", "at": "10:42", "done": 30, "total": 50}, "The server restarted at 10:42. Your run stopped"),
    ("stopped", {"code": "stop_forced"}, "did not react to Stop"),
    ("stopped", None, "Stopped while it was waiting"),
])
def test_every_end_of_a_run_has_its_cause_in_words(state, cause, words):
    run = client.submit("train", dataclasses.asdict(TrainSpec()), "a" * 32)
    with opened_store() as db:
        db.execute("UPDATE runs SET state = ?, cause = ? WHERE id = ?", (state, cause and json.dumps(cause), run))
    assert words in shown(opened("train", run=run)).replace("\\", "")


def test_a_run_that_does_not_learn_is_flagged():
    run = client.submit("train", dataclasses.asdict(TrainSpec()), "a" * 32)
    record = {"type": "epoch", "epoch": 1, "step": 41, "learning": False, "judged_loss": 2.31, "val_loss": 2.31, "val_accuracy": 0.1}
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'done' WHERE id = ?", (run,))
        for seq, each in enumerate(({"type": "start", "classes": 10, "chance_loss": 2.302585, "total_steps": 41}, record), start=1):
            db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)", (run, seq, json.dumps(each)))
    assert "Not learning yet" in shown(opened("train", run=run))


@pytest.mark.parametrize("kind", ["evaluate", "download"])
def test_a_link_to_something_that_is_no_training_run_is_answered_politely(kind):
    run = client.submit(kind, {"network": "lenet", "dataset": "digits"}, "a" * 32)
    assert "There is no such run" in shown(opened("train", run=run))


def test_weights_of_an_earlier_day_can_be_loaded_without_a_run():
    at = opened("train")
    raw = weights.as_safetensors(fresh("lenet5", 3), {"network": "lenet5", "model": "x" * 500})
    at.file_uploader(key="train.upload").set_value(("mine.safetensors", raw, "application/octet-stream"))
    words = shown(fine(at.run()))
    assert "44,426 parameters were loaded" in words
    assert "the numbers of MNIST are used" in words


def test_a_file_that_is_no_weights_gets_a_sentence():
    at = opened("train")
    at.file_uploader(key="train.upload").set_value(("notes.pt", b"PK but no zip", "application/octet-stream"))
    assert "program code, or something else than weights" in shown(fine(at.run()))


def test_reset_brings_the_defaults_back():
    at = opened("train", lr="0.1", epochs="3")
    fine(at.button(key="frame.reset").click().run())
    assert (at.session_state["train.lr"], at.session_state["train.epochs"]) == (0.002, 10)
    assert at.query_params == {"lang": "en"}


def test_reset_stays_in_the_view_and_leaves_the_other_views_as_they_are():
    at = opened("tensors", view="combine", a_size="5, 1")
    fine(next(group for group in at.button_group if group.key == "tensors.view").set_value("seed").run())
    fine(at.number_input(key="tensors.seed.seed").set_value(7).run())
    fine(at.button(key="frame.reset").click().run())
    assert (at.session_state["tensors.view"], at.session_state["tensors.seed.seed"]) == ("seed", 1729)
    assert at.query_params == {"lang": "en", "view": "seed"}
    fine(next(group for group in at.button_group if group.key == "tensors.view").set_value("combine").run())
    assert at.text_input(key="tensors.combine.a_size").value == "5, 1"
    fine(at.button(key="frame.reset").click().run())
    assert at.text_input(key="tensors.combine.a_size").value == "3, 1"


def test_reset_of_the_first_view_leaves_no_query():
    at = opened("tensors", size="4, 5")
    fine(at.button(key="frame.reset").click().run())
    assert at.text_input(key="tensors.create.size").value == "2, 3"
    assert at.query_params == {"lang": "en"}


def test_link_out_of_range_is_clamped_with_a_note():
    at = opened("train", lr="1e9", epochs="-3", network="resnet", batch_size="many", seed="5")
    assert at.session_state["train.lr"] == 10.0
    assert at.session_state["train.epochs"] == 1
    assert at.session_state["train.network"] == "lenet5"
    assert at.session_state["train.batch_size"] == 32
    assert at.session_state["train.seed"] == 5
    assert "The link held values" in shown(at)


def test_unknown_language_and_unknown_parameters_are_ignored():
    at = opened("home", lang="fr", nonsense="<b>x</b>")
    assert at.session_state["lang"] == "en"


def test_mismatch_is_explained_with_both_sizes_and_pytorchs_own_message():
    at = opened("tensors", view="combine", a_size="2, 3", b_size="3, 2")
    fine(at.button(key="predict.tensors.combine.show").click().run())
    words = shown(at)
    assert "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1" in words
    assert "3 meets 2" in words


def test_size_that_is_no_size_gets_a_sentence_with_the_fix():
    at = opened("tensors", size="two")
    assert "“two” is not a size" in shown(at)


def test_markdown_in_a_size_is_shown_as_text():
    at = opened("tensors", size="![p](http://x/y)")
    assert "![p]" not in shown(at)


def test_seed_1729_gives_the_numbers_of_the_text():
    at = opened("tensors", view="seed")
    fine(at.button(key="predict.tensors.seed.show").click().run())
    codes = [c.value for c in at.code]
    assert codes[0] == codes[2] == "tensor([[0.3126, 0.3791],\n        [0.3087, 0.0736]])"
    assert codes[1] == "tensor([[0.4216, 0.0691],\n        [0.2332, 0.4047]])"


def test_prediction_is_compared_with_the_truth():
    at = opened("tensors")
    for said, words in (("6", "You said “6”; PyTorch says “24”"), ("24", "You said “24”, and so says PyTorch")):
        question = next(group for group in at.button_group if str(group.key).startswith("predict.tensors.create."))
        fine(question.set_value(said).run())
        assert words in shown(at)
        fine(at.text_input(key="tensors.create.size").set_value("3, 2").run())     # another question


@pytest.mark.parametrize("network", ["lenet", "cifar_net", "lenet5", "lenet_conv3"])
def test_lenet_page_draws_every_network(network):
    at = opened("lenet", network=network)
    totals = {"lenet": "61,706", "cifar_net": "62,006", "lenet5": "44,426", "lenet_conv3": "81,290"}
    assert f"{totals[network]} parameters" in shown(at)


def test_lenet_page_with_weights_that_are_gone_falls_back_to_ours():
    at = opened("lenet", weights="deadbeef")
    assert at.session_state["lenet.weights"] == ""


def test_data_page_offers_the_download_when_a_dataset_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    at = opened("data", dataset="cifar10")
    assert "CIFAR-10 is not on this server yet" in shown(at)
    assert any("Download CIFAR-10" in b.label for b in at.button)


def test_data_page_says_that_stored_files_are_damaged(monkeypatch, tmp_path):
    folder = tmp_path / "torchvision" / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    for name in vision.RAW_NAMES:
        (folder / name).write_bytes(b"<html>not found</html>")
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path))
    data._loaded.cache_clear()
    at = opened("data", dataset="fashion_mnist")
    assert "are damaged and cannot be read" in shown(at)
    assert at.button(key="data.download.fashion_mnist.start").label == "Replace the files of FashionMNIST"
    job = client.submit("download", {"dataset": "fashion_mnist"}, "a" * 32)
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'done' WHERE id = ?", (job,))
        db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, 1, 1, ?)",
                   (job, json.dumps({"type": "fetched", "dataset": "fashion_mnist", "replaced": True})))
    at.session_state["data.download.fashion_mnist"] = job
    at = fine(at.run())                              # the job says it is done, and this server still reads damaged files
    assert "but not in" in shown(at)
    assert at.toast[0].value == "The stored copy was damaged and has been replaced."


def test_data_page_keeps_the_batch_number_inside_the_epoch():
    at = opened("data", view="batches", number="99999", batch_size="64")
    assert at.number_input(key="data.batches.number").value == 23                  # 1,437 pictures / 64, rounded up


def test_start_waits_for_a_prediction_and_submits_one_run():
    at = opened("train")
    assert at.button(key="train.start").disabled
    fine(at.button(key="predict.train.show").click().run())
    fine(at.button(key="train.start").click().run())
    run = at.session_state["train.run"]
    found = client.status(run)
    assert found.state == "queued"
    assert found.spec["lr"] == 0.002
    assert at.query_params["run"] == run


def test_padding_is_announced_before_training():
    at = opened("train", network="cifar_net", dataset="digits")
    assert "resized from 8 to 32" in shown(at)
    assert "grey copied into 3 channels" in shown(at)


@pytest.mark.parametrize(("query", "words"), [({}, "LeNet"), ({"lang": "zh"}, "从像素到答案")])
def test_a_language_that_got_lost_is_found_again(query, words):
    at = opened("lenet", **query)
    at.session_state["lang"] = None
    assert words in shown(fine(at.run()))


def test_streamlit_still_tells_a_step_back_from_a_new_query():
    assert "is_history_navigation" in {field.name for field in dataclasses.fields(ScriptRunContext)}       # see ui/history.py
