"""The eight review questions of the introyt1 text, each in three short ones."""

import streamlit as st

from content.text import Text
from core.lessons.quiz import review
from core.lessons.quiz.review import QUESTIONS, RESULT, SHORT, ReviewSpec
from figures import quiz as figure
from ui import controls, frame, picture, source
from ui.link import key_of
from ui.quiz import answers, ask, teacher

PAGE, ALL = "quiz.review", "all"
LATER = ("question", "part")


def draw(t: Text, spec: ReviewSpec) -> None:
    controls.control(PAGE, ReviewSpec, "question", t, on_change=_begin, label_visibility="collapsed")
    given = answers.of(PAGE, ALL)
    if spec.question == RESULT:
        _result(t, given)
        return
    keys = review.parts(spec.question)
    key = keys[min(spec.part, len(keys)) - 1]
    _progress(t, given, key)
    _short(t, spec, key, given.get(key))
    teacher.draw(t, PAGE, {})


def _short(t: Text, spec: ReviewSpec, key: str, said: str | None) -> None:
    short, words = SHORT[key], {option: _words(t, key, option) for option in review.options(key)}
    ask.question(t(f"review.{key}.ask"))
    if said is None:
        ask.choose(t, PAGE, ALL, key, words)
        return
    ask.chosen(t, PAGE, ALL, key, words, said, review.truth(key))
    ask.compare(t, said, review.truth(key), lambda option: words[option], t(f"review.{key}.why"))
    question, part = review.after(spec.question, spec.part)
    ask.steps(t, PAGE, None, (_go, (question, part)), t("quiz.next") if question != RESULT else t("quiz.to_result"))
    st.markdown(t("review.proof"))
    st.code("\n".join(f"{name} = {_told(value)}" for name, value in review.found(key).items()), language=None, wrap_lines=True)
    source.show(t, PAGE, *review.sources(key))
    frame.page_link(short.place.page, t("review.try", page=t(f"{short.place.page}.nav")), **dict(short.place.query))


def _progress(t: Text, given: answers.Given, key: str) -> None:
    marks = _marks(given)
    row = [mark for question in QUESTIONS for mark in (*(marks[one] for one in review.parts(question)), "")]
    ask.progress(t, row[:-1], list(SHORT).index(key), f"{PAGE}.strip")


def _result(t: Text, given: answers.Given) -> None:
    if not given:
        st.info(t("quiz.nothing"), icon=":material/quiz:")
        st.button(t("quiz.begin"), key=f"{PAGE}.begin", on_click=_go, args=(QUESTIONS[0], 1), type="primary")
        return
    marks = _marks(given)
    st.markdown(f"#### {t('quiz.score', right=list(marks.values()).count('right'), of=len(SHORT))}")
    rows = {controls.option(t, "question", question): [marks[key] for key in review.parts(question)] for question in QUESTIONS}
    picture.show(figure.rows(rows, t("quiz.rows_alt")), f"{PAGE}.rows")
    unanswered = [key for key, mark in marks.items() if mark == "open"]
    if unanswered:
        key = unanswered[0]
        there = (SHORT[key].question, review.parts(SHORT[key].question).index(key) + 1)
        st.button(t("quiz.unanswered", n=len(unanswered)), key=f"{PAGE}.open", on_click=_go, args=there)
    weak = [key for key, mark in marks.items() if mark in ("wrong", "shown")]
    st.markdown(t("quiz.again") if weak else t("quiz.all_right"))
    with st.container(horizontal=True):
        for question, place in dict.fromkeys((SHORT[key].question, SHORT[key].place) for key in weak):
            frame.page_link(place.page, f"{controls.option(t, 'question', question)} → {t(f'{place.page}.nav')}", **dict(place.query))
    st.button(t("review.again"), key=f"{PAGE}.same", on_click=_again, icon=":material/replay:")


def _marks(given: answers.Given) -> dict[str, str]:
    """Only what was answered is proved; the others cost nothing yet."""
    return {key: answers.mark(given[key], review.truth(key)) if key in given else "open" for key in SHORT}


def _words(t: Text, key: str, option: str) -> str:
    """The words of an option; names of code stand for themselves."""
    return t(f"review.{key}.say.{option}") if t.has(f"review.{key}.say.{option}") else option


def _told(value: object) -> str:
    """As an interactive Python tells it."""
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value}"
    return str(value).replace("\n", "\n    ")


def _go(question: str, part: int) -> None:
    st.session_state[key_of(PAGE, "question")], st.session_state[key_of(PAGE, "part")] = question, part


def _begin() -> None:
    """After another question was chosen: its first short one that is still open."""
    question, given = st.session_state[key_of(PAGE, "question")], answers.of(PAGE, ALL)
    if question != RESULT:
        keys = review.parts(question)
        _go(question, next((i for i, key in enumerate(keys, start=1) if key not in given), 1))


def _again() -> None:
    answers.forget(PAGE, ALL)
    _go(QUESTIONS[0], 1)
