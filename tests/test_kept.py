"""What a learner did outlasts a reload: for this browser, for some hours, for so many learners and no more."""

import pytest
from streamlit.testing.v1 import AppTest

from core.lessons.clinic.deck import ClinicSpec, drawn
from tests.test_pages import ROOT, fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui import kept, learner


@pytest.fixture(autouse=True)
def fresh_server(monkeypatch):
    monkeypatch.setattr(kept, "_shelves", type(kept._shelves)())


@pytest.fixture
def asking(monkeypatch):
    """Say who asks, and at what hour."""
    now = {"hour": 1000.0, "token": "a"}
    monkeypatch.setattr(learner, "token", lambda: now["token"])
    monkeypatch.setattr(kept.time, "monotonic", lambda: now["hour"] * 3600)
    return now


def test_everybody_has_a_dict_of_the_name_for_oneself(asking):
    kept.of("quiz.answers")["first"] = "yes"
    asking["token"] = "b"
    assert kept.of("quiz.answers") == {}
    asking["token"] = "a"
    assert kept.of("quiz.answers") == {"first": "yes"}
    assert kept.of("clinic.answers") == {}


def test_who_was_away_for_twelve_hours_is_forgotten_and_who_was_here_is_not(asking):
    kept.of("quiz.answers")["first"] = "yes"
    asking["hour"] += kept.HOURS - 1
    assert kept.of("quiz.answers") == {"first": "yes"}
    asking["hour"] += kept.HOURS - 1
    assert kept.of("quiz.answers") == {"first": "yes"}
    asking["hour"] += kept.HOURS + 1
    assert kept.of("quiz.answers") == {}


def test_of_too_many_learners_the_one_who_was_away_longest_goes(asking):
    for token in range(kept.LEARNERS):
        asking["token"] = str(token)
        kept.of("quiz.answers")["token"] = token
    asking["token"] = "0"
    kept.of("quiz.answers")
    asking["token"] = "new"
    kept.of("quiz.answers")
    assert len(kept._shelves) == kept.LEARNERS
    assert "1" not in kept._shelves
    assert kept._shelves["0"].entries == {"quiz.answers": {"token": 0}}


def test_forgetting_a_view_leaves_the_others(asking):
    kept.of("quiz.review.answers")["c1"] = kept.of("quiz.drill.answers")["1"] = "x"
    kept.forget("quiz.drill.")
    assert (kept.of("quiz.drill.answers"), kept.of("quiz.review.answers")) == ({}, {"c1": "x"})


def reloaded(at: AppTest, page: str) -> AppTest:
    """A new visit of the same browser at the same address."""
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    again.session_state[learner.KEY] = at.session_state[learner.KEY]
    for name in at.query_params:
        again.query_params[name] = at.query_params[name]
    again.switch_page(f"pages/{page}.py")
    return fine(again.run())


@pytest.mark.parametrize("view", ["review", "drill"])
def test_a_reload_in_the_middle_of_the_quiz_keeps_answers_and_place(view):
    at = opened("quiz", view=view)
    fine(at.button(key=f"quiz.{view}.show").click().run())
    fine(at.button(key=f"quiz.{view}.next").click().run())
    again = reloaded(at, "quiz")
    assert "0 of 1 right" in shown(again)
    assert "Question 2 of" in shown(again)
    assert "0 of 0 right" in shown(opened("quiz", view=view))                 # another browser
    fine(again.button(key="frame.reset").click().run())
    assert "0 of 0 right" in shown(reloaded(again, "quiz"))


def test_a_reload_in_the_clinic_keeps_answers_repairs_and_the_receipts_number():
    at = opened("clinic")
    first = drawn(*(getattr(ClinicSpec(), name) for name in ("written_in", "topic", "cards", "deck")))[0]
    fine(at.button(key=f"predict.clinic.{first}.show").click().run())
    before = dict(at.session_state["clinic.answers"])
    assert list(before) == [first]
    again = reloaded(at, "clinic")
    assert again.session_state["clinic.answers"] == before
    assert not [button for button in again.button if button.key == f"predict.clinic.{first}.show"]     # not asked once more
    assert "clinic.answers" not in opened("clinic").session_state or not opened("clinic").session_state["clinic.answers"]
