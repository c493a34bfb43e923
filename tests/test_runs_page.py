"""The runs page: which runs are drawn, what the comparison says, the evaluation, and names and ends of runs."""

import csv
import io
import json
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect
from safetensors.torch import save
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core import weights
from core.curves import as_csv
from core.mistakes import mixed_up
from core.models import fresh
from core.train import TrainSpec
from figures.curves import COLOURS
from jobs import client
from jobs.artifacts import PREDICTIONS
from jobs.store import opened as opened_store
from tests.conftest import ROOT, streamlit_server
from tests.stored_runs import evaluated, own_store, trained
from tests.test_figures_runs import unpacked
from ui import link
from ui.runs import choice, judge, pictures

ME, OTHER = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """Runs of this test only. AppTest plays a fresh server at every run, where the guard reruns the page."""
    own_store(tmp_path, monkeypatch)
    original = PagesManager.__init__

    def later(self, *args, **kwargs):
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", later)


def opened(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.session_state["learner"] = ME
    for name, value in {"lang": "en", **query}.items():
        at.query_params[name] = value
    at.switch_page("pages/runs.py")
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    assert [e.value for e in at.exception] == []
    return at


def shown(at: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning", "success", "error", "code", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


def chart(at: AppTest, number: int = 0) -> dict:
    return json.loads(at.get("plotly_chart")[number].proto.spec)


def table(at: AppTest) -> dict:
    """What the table in the browser is told."""
    sent = [element.proto.bytes for element in at.get("bidi_component") if b'"most"' in element.proto.bytes]
    return json.loads(sent[0])


def drawn(at: AppTest) -> list[str]:
    return [row["id"] for row in table(at)["rows"] if row.get("colour")]


# which runs are drawn

def focus_box(at):
    return next(box for box in at.selectbox if str(box.key).startswith("runs.focus."))


def test_without_a_run_the_page_says_what_to_do():
    at = opened()
    assert "No run yet" in shown(at)
    assert "runs" not in at.query_params
    assert chart(at)["data"] == []


def test_at_first_the_newest_three_are_drawn_and_stand_in_the_link():
    runs = [trained(ME, seed=seed, epochs=1) for seed in range(4)]
    at = opened()
    assert sorted(drawn(at)) == sorted(runs[1:])
    assert at.query_params["runs"] == ",".join(reversed(runs[1:]))
    assert len(table(at)["rows"]) == 4


def test_a_link_brings_runs_back_with_their_colours():
    runs = [trained(ME, seed=seed, epochs=1) for seed in range(3)]
    at = opened(runs=f",{runs[2]},,{runs[0]}", focus=runs[0])
    colours = {row["id"]: row.get("colour") for row in table(at)["rows"]}
    assert colours == {runs[2]: COLOURS[1], runs[0]: COLOURS[3], runs[1]: None}
    assert at.query_params["runs"] == f",{runs[2]},,{runs[0]}"
    assert focus_box(at).value == runs[0]


def test_another_browsers_run_is_compared_and_not_changed():
    mine, foreign = trained(ME, epochs=1), trained(OTHER, lr=0.01, epochs=1)
    at = opened(runs=f"{mine},{foreign}", focus=foreign)
    assert sorted(drawn(at)) == sorted((mine, foreign))
    note = next(row["note"] for row in table(at)["rows"] if row["id"] == foreign)
    assert "another browser's" in note
    assert [popover.proto.popover.disabled for popover in at.get("popover")] == [True]
    focus_box(at).set_value(mine)
    assert [popover.proto.popover.disabled for popover in fine(at.run()).get("popover")] == [False]


@pytest.mark.parametrize("asked", ["deadbeef", "../../etc", "<b>x</b>,,,", "a" * 500, "deadbeef,deadbeef"])
def test_a_link_to_runs_that_do_not_exist_is_answered_politely(asked):
    run = trained(ME, epochs=1)
    at = opened(runs=f"{asked},{run}")
    assert drawn(at) == [run]
    assert ("no such run" in shown(at)) == asked.startswith("deadbeef")


def test_a_link_to_a_seventh_run_has_no_place_for_it():
    run = trained(ME, epochs=1)
    assert drawn(opened(runs=f",,,,,{run}")) == [run]
    assert drawn(opened(runs=f",,,,,,{run}")) == []


def test_an_evaluation_is_no_training_and_is_not_drawn():
    run = trained(OTHER, epochs=1)
    at = opened(runs=evaluated(OTHER, run))
    assert "no such run" in shown(at)
    assert "No run yet" in shown(at)


def test_who_stays_keeps_his_place_and_six_are_enough():
    assert choice.placed([], ["a", "b", "c"])[:4] == ["a", "b", "c", None]
    assert choice.placed(["a", "b", "c"], ["c", "a", "d"]) == ["a", "d", "c", None, None, None]
    assert choice.placed(["a", None, "c"], list("abcdefgh")) == ["a", "b", "c", "d", "e", "f"]
    assert choice.placed(["a", "b"], ["b", "b"]) == [None, "b", None, None, None, None]


def test_the_learners_choice_is_kept_when_the_language_changes():
    runs = [trained(ME, seed=seed, epochs=1) for seed in range(2)]
    at = opened()
    at.session_state[choice.SLOTS] = choice.placed([], [runs[0]])
    at.session_state[choice.CHOSEN] = True
    at.session_state["lang"] = "zh"
    fine(at.run())
    assert drawn(at) == [runs[0]]
    assert at.query_params["runs"] == runs[0]


def test_a_new_run_is_drawn_until_somebody_has_chosen():
    first = trained(ME, epochs=1)
    at = opened()
    second = trained(ME, epochs=1, seed=1)
    at.query_params.clear()                            # as a click in the navigation
    fine(at.run())
    assert sorted(drawn(at)) == sorted((first, second))
    assert table(at)["rows"][1]["colour"] == COLOURS[0]              # the older one kept its colour


def test_reset_forgets_the_choice(monkeypatch):
    monkeypatch.setattr(link, "STALE_S", 0.0)
    runs = [trained(ME, seed=seed, epochs=1) for seed in range(2)]
    at = opened(runs=runs[0], curve="val_loss")
    fine(at.button(key="frame.reset").click().run())
    assert at.session_state["runs.curve"] == "loss"
    assert sorted(drawn(at)) == sorted(runs)


# the curves

@pytest.mark.parametrize("curve", ["loss", "val_loss", "val_accuracy", "lr"])
@pytest.mark.parametrize("over", ["step", "epoch", "seconds"])
def test_every_curve_can_be_drawn_along_every_axis(curve, over):
    runs = [trained(ME, lr=lr) for lr in (0.002, 0.01)]
    spec = chart(opened(runs=",".join(runs), curve=curve, over=over))
    assert len(spec["data"]) == (4 if curve == "loss" else 2)


def test_points_of_the_chart_are_those_of_the_run():
    run = trained(ME)
    told = [event.record for event in client.events(run) if event.record["type"] == "epoch"]
    trace = chart(opened(runs=run, curve="val_loss", over="epoch"))["data"][0]
    assert unpacked(trace["y"]).tolist() == pytest.approx([record["val_loss"] for record in told])
    assert unpacked(trace["x"]).tolist() == [1, 2]


@pytest.mark.parametrize(("settings", "words"), [
    (({"lr": 0.002}, {"lr": 0.0001}), "Only one setting differs: Learning rate `lr`."),
    (({"seed": 0}, {"seed": 1}), "Only the seed differs"),
    (({"lr": 0.002, "seed": 0}, {"lr": 0.01, "seed": 1}), "2 settings differ at once"),
    (({}, {}), "The same settings"),
    (({},), "Tick two runs"),
])
def test_the_page_says_what_the_comparison_is_worth(settings, words):
    runs = [trained(ME, **each) for each in settings]
    assert words in shown(opened(runs=",".join(runs)))


def test_a_small_difference_may_be_luck_and_a_large_one_not():
    runs = [trained(ME, seed=0), trained(ME, lr=0.0021), trained(ME, lr=0.02, epochs=2, train_images=1000)]
    for run, correct in zip(runs, (300, 310, 350), strict=True):
        with opened_store() as db:
            db.execute("UPDATE events SET json = json_set(json, '$.correct', ?, '$.accuracy', ?) WHERE run = ? AND json LIKE '%\"test\"%'",
                       (correct, correct / 360, run))
    assert "ranges overlap" in shown(opened(runs=f"{runs[0]},{runs[1]}"))
    assert "do not overlap" in shown(opened(runs=f"{runs[0]},{runs[2]}"))


def test_of_more_than_two_runs_the_ends_drift_apart_by_chance():
    runs = [trained(ME, lr=lr, epochs=1) for lr in (0.002, 0.01, 0.0005)]
    assert "the best and the worst of 3 runs" in shown(opened(runs=",".join(runs)))
    assert "the best and the worst of" not in shown(opened(runs=",".join(runs[:2])))


def test_runs_that_are_not_drawn_say_the_same_in_the_table_as_drawn_ones(monkeypatch):
    runs = [trained(ME, lr=lr, epochs=1) for lr in (0.002, 0.01)]
    cells = {row["id"]: row["cells"][0] for row in table(opened(runs=",".join(runs)))["rows"]}
    choice._ended.cache_clear()
    asked = []
    monkeypatch.setattr(choice, "_course", lambda run, spec, read=choice._course: (asked.append(run), read(run, spec))[1])
    for _ in range(2):
        assert {row["id"]: row["cells"][0] for row in table(opened(runs=runs[0]))["rows"]} == cells
    assert sorted(asked) == sorted(runs)               # each was read once
    assert choice._ended.cache_info().currsize == 1


def test_a_setting_that_was_changed_while_a_run_went_on_counts_as_a_difference():
    runs = [trained(ME), trained(ME)]
    with opened_store() as db:
        record = json.dumps({"type": "changed", "step": 1, "name": "lr", "value": 0.1, "at_s": 9.0})
        db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, 9999, 1, ?)", (runs[1], record))
    at = opened(runs=",".join(runs))
    assert "Only one setting differs: Learning rate `lr`." in shown(at)
    assert "Learning rate changed while it ran" in next(row["note"] for row in table(at)["rows"] if row["id"] == runs[1])


def test_settings_in_which_the_chosen_runs_differ_are_marked():
    runs = [trained(ME, lr=0.002, epochs=1), trained(ME, lr=0.01, epochs=1), trained(ME, batch_size=8, epochs=1)]
    head = {cell["text"]: cell.get("marked", False) for cell in table(opened(runs=f"{runs[0]},{runs[1]}"))["head"]}
    assert head["Learning rate"] is True
    assert head["Batch size"] is False                 # only the run that is not chosen differs in it
    assert "Momentum (SGD)" not in head


def test_equal_settings_are_shown_on_request():
    runs = [trained(ME, lr=lr, epochs=1) for lr in (0.002, 0.01)]
    at = opened(runs=",".join(runs))
    at.session_state["fold.runs.settings"] = True
    fine(at.run())
    assert ":orange-background[**0.01**]" in shown(at)
    assert "`momentum`" not in shown(at)
    fine(at.toggle(key="runs.equal").set_value(True).run())
    assert all(f"`{name}`" in shown(at) for name in vars(TrainSpec()))


def test_the_download_holds_every_number_of_the_chosen_runs():
    run = trained(ME, title="my, run")
    told = choice.Run(client.status(run), TrainSpec(), 0, own=True).course
    rows = list(csv.DictReader(io.StringIO(as_csv([(run, "my, run", told)]))))
    losses = [event.record["loss"] for event in client.events(run) if event.record["type"] == "loss"]
    assert [float(row["value"]) for row in rows if row["what"] == "loss"] == losses


def test_a_run_that_diverged_has_a_state_and_no_test():
    run = trained(ME, epochs=1)
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'diverged' WHERE id = ?", (run,))
        db.execute("DELETE FROM events WHERE run = ? AND json LIKE '%\"test\"%'", (run,))
    row = table(opened(runs=run))["rows"][0]
    assert "Diverged" in row["note"]
    assert row["cells"][0]["text"] == "–"


# names and ends

def test_a_title_is_shown_everywhere_and_markdown_in_it_is_text():
    run = trained(ME, epochs=1)
    at = opened(runs=run)
    fine(at.text_input(key=f"runs.title.{run}").set_value("![x](http://y/z) **b**").run())
    assert client.status(run).title == "![x](http://y/z) **b**"
    assert table(at)["rows"][0]["name"] == "![x](http://y/z) **b**"
    assert "![x]" not in shown(at)
    assert "\\!\\[x\\]" in shown(at)                   # in the question before deleting


def test_a_renamed_run_gets_a_box_that_shows_its_new_name():
    run = trained(ME)
    at = opened(runs=run)
    before = focus_box(at)
    fine(at.text_input(key=f"runs.title.{run}").set_value("my best").run())
    after = focus_box(at)
    assert (before.options, after.options) == ([run], ["my best"])
    assert (after.value, after.key != before.key) == (run, True)


def test_a_run_that_was_deleted_in_another_tab_cannot_be_renamed_and_the_page_says_so():
    keep, gone = trained(ME, epochs=1), trained(ME, epochs=1, seed=1)
    at = opened(runs=f"{gone},{keep}", focus=gone)
    client.delete(gone, ME)
    fine(at.text_input(key=f"runs.title.{gone}").set_value("mine").run())
    assert any("no such run" in warning.value for warning in at.warning)
    assert drawn(at) == [keep]


def test_deleting_takes_the_run_and_its_evaluations():
    keep, gone = trained(ME, epochs=1), trained(ME, epochs=1, seed=1)
    evaluation = evaluated(ME, gone)
    at = opened(runs=f"{gone},{keep}", focus=gone)
    fine(at.button(key=f"runs.delete.{gone}").click().run())
    assert client.status(gone) is None
    assert client.status(evaluation) is None
    assert drawn(at) == [keep]
    assert at.query_params["runs"] == f",{keep}"       # and keeps its colour


def test_an_active_run_cannot_be_deleted_or_evaluated():
    run = client.submit("train", vars(TrainSpec()), ME)
    at = opened(runs=run)
    assert "has no final weights" in shown(at)
    assert "Still at work: 1" in shown(at)
    assert at.button(key=f"runs.delete.{run}").disabled
    assert "stop it first" in shown(at)


# the evaluation

def test_the_evaluation_waits_for_a_prediction_and_is_asked_for_once():
    run = trained(ME, epochs=1)
    at = opened(runs=run)
    assert not any(button.key == "runs.evaluate" for button in at.button)
    fine(at.button(key="predict.runs.show").click().run())
    fine(at.button(key="runs.evaluate").click().run())
    jobs = client.list_runs(ME, "evaluate")
    assert [job.spec["weights"] for job in jobs] == [run]
    assert jobs[0].spec["trained"]["train_images"] == 100
    assert not any(button.key == "runs.evaluate" for button in fine(at.run()).button)


@pytest.mark.parametrize("end", ["failed", "stopped"])
def test_an_evaluation_that_came_to_nothing_can_be_asked_for_again(end):
    run = trained(ME, epochs=1)
    for _ in range(2):                                 # two visits: a refresh begins a new browser session
        at = opened(runs=run)
        fine(at.button(key="predict.runs.show").click().run())
        for _ in range(2):
            fine(at.button(key="runs.evaluate").click().run())
            job = client.list_runs(ME, "evaluate")[0]
            assert job.state == "queued"
            with opened_store() as db:
                db.execute("UPDATE runs SET state = ?, attempt = 1, cause = ? WHERE id = ?",
                           (end, json.dumps({"code": "worker_silent", "seconds": 9}), job.id))
            assert "No progress for 9 s" in shown(fine(at.run()))
    assert len(client.list_runs(ME, "evaluate")) == 4


@pytest.mark.parametrize(("correct", "learned", "key"), [
    (32, 36, "none"), (9, 36, "none"), (300, 300, "close"), (250, 324, "apart"), (32, 324, "apart"),
])
def test_the_gap_claims_no_generalisation_where_nothing_was_learned(correct, learned, key):
    record = {"correct": correct, "images": 324, "train_correct": learned, "train_images": 360}
    t = Text("en")
    assert judge._gap(t, record, 0.1) == t(f"runs.gap.{key}", chance="10%")
    assert judge._gap(t, {**record, "train_images": 0}, 0.1) == (t("runs.gap.none", chance="10%") if correct < 40 else "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_evaluation_shows_accuracy_with_its_range_against_training_and_guessing(lang):
    run = trained(ME, epochs=3)
    evaluation = evaluated(ME, run)
    at = opened(runs=run, lang=lang)
    fine(at.button(key="predict.runs.show").click().run())
    record = client.events(evaluation)[-1].record
    numbers = [metric.value for metric in at.metric]
    test, learned = record["correct"] / 360, record["train_correct"] / 90
    assert numbers == [f"{test:.1%}", f"{learned:.1%}", f"{100 * (learned - test):+.1f}", "10%"]
    assert str(record["correct"]) in shown(at)
    matrix = chart(at, 1)
    assert sum(cell[2] for cell in matrix["data"][2]["customdata"]) == 360
    assert len(at.get("plotly_chart")) == 3


def test_the_expected_pair_is_compared_with_the_matrix():
    run = trained(ME, epochs=2)
    evaluation = evaluated(ME, run)
    i, j = mixed_up(pictures.judged(evaluation).matrix)[0]
    truth = f"{i}_{j}" if (i, j) in ((4, 9), (3, 8), (1, 7), (5, 6)) else "other"
    for said in ("4_9", "other"):
        at = opened(runs=run)
        question = next(group for group in at.button_group if str(group.key).startswith("predict.runs."))
        fine(question.set_value(said).run())
        assert ("and so says PyTorch" in shown(at)) == (said == truth)
        assert f"{i} and {j}" in shown(at)


def test_a_frequent_mistake_opens_its_pictures():
    run = trained(ME, epochs=2)
    evaluation = evaluated(ME, run)
    at = opened(runs=run)
    fine(at.button(key="predict.runs.show").click().run())
    wrong = pictures.judged(evaluation).matrix.clone().fill_diagonal_(0)
    first, second = (divmod(int(i), 10) for i in wrong.flatten().argsort(descending=True, stable=True)[:2])
    assert f"**{first[0]} taken for {first[1]}**: {wrong[first]} pictures" in shown(at)
    often = next(group for group in at.button_group if group.key == f"runs.cell.{evaluation}.often")
    fine(often.set_value(f"{second[0]}_{second[1]}").run())
    assert f"**{second[0]} taken for {second[1]}**: {wrong[second]} pictures" in shown(at)
    never = next(divmod(int(i), 10) for i in wrong.flatten().argsort() if divmod(int(i), 10)[0] != divmod(int(i), 10)[1])
    at.session_state[f"runs.cell.{evaluation}"] = never
    assert "This never happened here" in shown(fine(at.run()))


def test_weights_that_went_on_learning_are_evaluated_anew():
    run = trained(ME, epochs=1)
    evaluated(ME, run)
    with opened_store() as db:
        db.execute("UPDATE runs SET done = done + 1 WHERE id = ?", (run,))
    at = opened(runs=run)
    fine(at.button(key="predict.runs.show").click().run())
    assert any(button.key == "runs.evaluate" for button in at.button)


def test_an_evaluation_without_its_file_can_be_made_again():
    run = trained(ME, epochs=1)
    evaluation = evaluated(ME, run)
    client.artifact(evaluation, PREDICTIONS).unlink()
    at = opened(runs=run)
    fine(at.button(key="predict.runs.show").click().run())
    assert any(button.key == "runs.evaluate" for button in at.button)


# weights in and out

def test_a_file_for_another_network_is_shown_layer_by_layer_and_can_be_loaded_as_what_it_is():
    at = opened()
    at.session_state["fold.runs.weights"] = True
    fine(at.run())
    at.file_uploader(key="train.upload").set_value(("mine.pt", weights.as_pt(fresh("lenet", 3)), "application/octet-stream"))
    fine(at.run())
    lines = next(code.value for code in at.code if "conv1.0.weight" in code.value).splitlines()
    assert next(line.split() for line in lines if line.startswith("conv1.0.weight"))[1:3] == ["–", "6×1×5×5"]
    assert next(line.split() for line in lines if line.startswith("fc1.weight"))[1:3] == ["120×400", "–"]
    fine(at.button(key="train.upload.as.lenet").click().run())
    assert "61,706 parameters were loaded" in shown(at)


def test_layer_names_from_a_file_are_text_and_cut():
    at = opened()
    at.session_state["fold.runs.weights"] = True
    fine(at.run())
    raw = save({"![x](http://y/z)\n" + "a" * 500: torch.zeros(2), **{f"layer{i}": torch.zeros(1) for i in range(500)}})
    at.file_uploader(key="train.upload").set_value(("mine.safetensors", raw, "application/octet-stream"))
    fine(at.run())
    listed = next(code.value for code in at.code if "layer1" in code.value)
    assert max(map(len, listed.splitlines())) < 120
    assert "more layers" in listed
    assert "![x]" not in "".join(element.value for element in at.markdown)


# in a real browser

@pytest.fixture
def app(tmp_path):
    runs = [trained(ME, lr=lr, epochs=2) for lr in (0.002, 0.01, 0.0005)]
    evaluated(ME, runs[0])
    with streamlit_server(Path(ROOT), tmp_path / "server.log", FIRSTLIGHT_HOME=str(tmp_path)) as url:
        yield url, runs


def test_boxes_draw_runs_and_a_click_on_a_square_opens_its_pictures(chromium_page, app):
    page, (url, runs) = chromium_page, app
    page.context.add_cookies([{"name": "firstlight_learner", "value": ME, "url": url}])
    page.goto(f"{url}runs?lang=en&runs={runs[0]}")
    boxes = page.get_by_role("checkbox")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    names = "Array.from(document.querySelector('.js-plotly-plot')?.data ?? []).filter(d => d.name).map(d => d.line.color)"
    page.wait_for_function(f"{names}.length === 1")
    colour = page.evaluate(names)
    boxes.nth(0).check()                               # the newest
    page.wait_for_function(f"{names}.length === 2")
    assert page.evaluate(names)[0] == colour[0]
    page.wait_for_url(f"**runs={runs[0]}%2C{runs[2]}**")
    expect(page.get_by_text("differs: ")).to_be_visible()
    page.get_by_role("button", name="Just show me").click()
    plot = page.locator(".stPlotlyChart").nth(1)
    plot.scroll_into_view_if_needed()
    square = plot.locator(".nsewdrag").bounding_box()
    page.mouse.move(square["x"] + 0.55 * square["width"], square["y"] + 0.55 * square["height"])
    expect(page.get_by_text("click to see them")).to_be_visible()
    page.mouse.click(square["x"] + 0.55 * square["width"], square["y"] + 0.55 * square["height"])
    expect(page.get_by_text("5, and recognised")).to_be_visible()
    assert page.complaints == []
