"""The twins page: what differs, two predictions, one pair, and the number that is pointed at."""

import dataclasses
import json

import pytest

from core.errors import SpecError
from core.train import TrainSpec
from core.twins import CHANGES, PARTS, is_setting
from jobs import client
from jobs.kinds.twins import TwinsJob
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401

QUICK = TrainSpec(train_images=100, val_fraction=0.2, epochs=1)


def skip_questions(at):
    return fine(at.button(key="predict.twins.show").click().run())


def answer(at, question, said):
    group = next(g for g in at.button_group if str(g.key).startswith(f"predict.{question}.") and str(g.key)[-1].isdigit())
    return fine(group.set_value(said).run())


def over(change, value=None, spec=QUICK, state="done", cause=None, records=None):
    """A pair of the store that has ended, with what a worker would have told."""
    run = client.submit("twins", {"first": dataclasses.asdict(spec), "field": change, "value": value}, "a" * 32)
    if records is None:
        records = [r for r in TwinsJob(client.status(run).spec).records() if r]
    with opened_store() as db:
        db.execute("UPDATE runs SET state = ?, cause = ?, attempt = 1 WHERE id = ?", (state, cause and json.dumps(cause), run))
        for seq, record in enumerate(records, start=1):
            db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)", (run, seq, json.dumps(record)))
    return run


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr("jobs.kinds.twins.for_one_run", lambda spec: None)


# the settings

@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_a_link_with_a_widget_of_its_own(change):
    at = opened("twins", change=change)
    assert at.session_state["twins.change"] == change
    keys = {w.key for kind in ("slider", "select_slider", "button_group", "selectbox", "number_input") for w in getattr(at, kind)}
    assert (f"twins.other.{change}" in keys) == is_setting(change)


def test_the_other_value_travels_in_the_link():
    at = opened("twins", change="momentum", other="0.25", optimizer="sgd")
    assert at.slider(key="twins.other.momentum").value == 0.25
    assert at.query_params == {"lang": "en", "change": "momentum", "other": "0.25", "optimizer": "sgd"}


@pytest.mark.parametrize("other", ["nonsense", "", "nan"])
def test_an_other_value_that_cannot_be_read_is_the_usual_one(other):
    at = opened("twins", change="lr", other=other)
    assert at.session_state["twins.other.lr"] == CHANGES["lr"]


def test_the_usual_other_value_is_not_written_into_the_link():
    at = opened("twins")
    assert at.query_params == {"lang": "en"}


def test_a_choice_never_offers_the_first_ones_value():
    at = opened("twins", change="optimizer", optimizer="sgd")
    assert at.session_state["twins.other.optimizer"] == "adam"
    assert "nothing differs" not in shown(at)


def test_equal_values_get_a_sentence_and_no_start():
    at = opened("twins", lr="0.01", other="0.01")
    assert "Both networks would have 0.01 here" in shown(at)
    assert [b for b in at.button if b.key == "twins.go"] == []


def test_what_is_not_written_by_hand_is_refused_before_it_runs():
    at = opened("twins", change="loop", network="lenet5_bn")
    assert [b for b in at.button if b.key == "twins.go"] == []


def test_an_unknown_change_in_a_link_is_replaced_with_a_note():
    at = opened("twins", change="weather")
    assert at.session_state["twins.change"] == "lr"
    assert "The link held values" in shown(at)


def test_a_device_or_a_stop_in_the_link_does_not_reach_the_pair():
    at = skip_questions(opened("twins", device="cuda", stop_s="5", stop_accuracy="0.5"))
    fine(at.button(key="twins.go").click().run())
    first = client.status(at.session_state["twins.run"]).spec["first"]
    assert (first["device"], first["stop_s"], first["stop_accuracy"]) == ("cpu", 0, 0.0)


# predictions and start

def test_start_waits_for_both_predictions():
    at = opened("twins")
    assert at.button(key="twins.go").disabled
    answer(at, "twins", "loss")
    assert at.button(key="twins.go").disabled
    answer(at, "twins.who", "a")
    assert not at.button(key="twins.go").disabled


def test_without_a_setting_nothing_can_be_better_and_one_prediction_is_enough():
    at = opened("twins", change="one_bit")
    answer(at, "twins", "first_weights")
    assert not at.button(key="twins.go").disabled


def test_just_show_me_skips_both_questions():
    at = skip_questions(opened("twins"))
    assert not at.button(key="twins.go").disabled


def test_start_submits_one_pair_and_a_double_click_no_second():
    at = skip_questions(opened("twins"))
    before = dict(at.query_params)
    fine(at.button(key="twins.go").click().run())
    at.query_params.clear()
    at.query_params.update(before)
    fine(at.run())
    mine = client.list_runs(at.session_state["learner"], "twins")
    assert [run.id for run in mine] == [at.session_state["twins.run"]]
    spec = mine[0].spec
    assert (spec["field"], spec["value"], spec["first"]["lr"]) == ("lr", 0.01, 0.002)


def test_the_same_pair_pressed_again_later_is_a_new_one():
    at = skip_questions(opened("twins"))
    runs = []
    for _ in range(3):
        fine(at.button(key="twins.go").click().run())
        runs.append(at.session_state["twins.run"])
        with opened_store() as db:
            db.execute("UPDATE runs SET state = 'stopped', attempt = 1 WHERE id = ?", (runs[-1],))
        at.session_state["twins.run"] = at.query_params["run"] = runs[0]
        fine(at.run())
    assert len(set(runs)) == 3


def test_a_pair_that_is_gone_when_stop_is_pressed_is_answered_politely(monkeypatch):
    at = skip_questions(opened("twins"))
    fine(at.button(key="twins.go").click().run())

    def gone(run, learner):
        raise SpecError("unknown_run", run=run)

    monkeypatch.setattr(client, "stop", gone)
    assert "no such run on this server" in shown(fine(at.button(key="twins.stop").click().run()))


# the result

EXPECTED = {"nothing": "never", "lr": "step", "momentum": "never", "optimizer": "step", "batch_size": "batch", "order": "batch",
            "normalisation": "batch", "output": "loss", "loop": "forward", "first_weights": "first_weights", "seed": "first_weights",
            "one_bit": "first_weights"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("change", CHANGES)
def test_each_change_has_its_own_reason_and_it_is_shown(change, lang):
    from content.text import Text

    run = over(change, CHANGES[change])
    words = shown(opened("twins", run=run, lang=lang))
    assert Text(lang)(f"twins.why.{change}.{EXPECTED[change]}") in words


def test_the_reason_of_momentum_with_sgd_is_another():
    run = over("momentum", 0.5, dataclasses.replace(QUICK, optimizer="sgd"))
    assert "the weights after step 2 are the first that differ" in shown(opened("twins", run=run))


@pytest.mark.parametrize(("said", "words"), [("step", "You said “new weights”, and so says PyTorch"),
                                             ("loss", "You said “loss”; PyTorch says “new weights”")])
def test_the_prediction_is_compared_with_the_place_of_the_difference(said, words):
    at = opened("twins", train_images="100", val_fraction="0.2", epochs="1")
    answer(at, "twins", said)
    answer(at, "twins.who", "same")
    at.session_state["twins.run"] = over("lr", 0.01)
    at.query_params["run"] = at.session_state["twins.run"]
    assert words in shown(fine(at.run()))


def test_equal_twins_say_how_many_numbers_were_compared():
    words = shown(opened("twins", run=over("nothing")))
    compared = 44_426 + 3 * (2 * 44_426 + 1) + 80 * (28 * 28 + 1 + 10)
    assert f"{compared:,} pairs of numbers were compared, and not one differs" in words
    assert "with the very same weights" in words


def test_a_twin_that_broke_off_is_named_and_the_other_has_won():
    spec = TrainSpec(optimizer="sgd", lr=0.01, batch_size=16, epochs=1)
    words = shown(opened("twins", run=over("lr", 10.0, spec)))
    assert "B broke off at step" in words
    assert "Only A came to its end" in words


@pytest.mark.parametrize(("state", "cause", "words"), [
    ("failed", {"code": "crashed", "error": "TypeError: x"}, "a mistake in the program: TypeError"),
    ("stopped", {"code": "stop_forced"}, "did not react to Stop"),
    ("stopped", None, "Stopped at step 0 of 0"),
])
def test_every_end_has_its_cause_in_words(state, cause, words):
    run = over("lr", 0.01, state=state, cause=cause, records=[])
    assert words in shown(opened("twins", run=run)).replace("\\", "")


def test_a_training_run_in_the_link_is_no_pair():
    run = client.submit("train", dataclasses.asdict(QUICK), "a" * 32)
    assert "There is no such run" in shown(opened("twins", run=run))


@pytest.mark.parametrize(("a", "b", "truth"), [(0.98, 0.95, "a"), (0.95, 0.98, "b"), (0.98, 0.97, "same"), (0.5, 0.5, "same")])
def test_less_than_two_points_name_no_winner(a, b, truth):
    from ui.twins.result import better

    assert better(a, b) == truth


def test_every_part_has_a_reason_in_the_table_and_every_trial_is_a_pair_that_differs_or_proves():
    from core.twins import pair
    from ui.twins.result import TRIALS

    for query in TRIALS.values():
        spec = dataclasses.replace(TrainSpec(), **{k: type(getattr(TrainSpec(), k))(v) for k, v in query.items() if k != "change"})
        pair(spec, query["change"])
    assert set(EXPECTED.values()) <= {*PARTS, "never"}


def test_twins_that_would_take_too_long_say_how_long_and_what_is_allowed():
    at = opened("twins", batch_size="1", epochs="50")
    assert "Each network would take 64,700 steps over 64,700 pictures" in shown(at)
    assert [b for b in at.button if b.key == "twins.go"] == []
