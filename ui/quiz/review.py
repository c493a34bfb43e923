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
    else:
        keys = review.parts(spec.question)
        key = keys[min(spec.part, len(keys)) - 1]
        ask.progress(t, PAGE, _marks(given), key, _to)
        _short(t, key, given.get(key))
    teacher.draw(t, PAGE, {})


def _short(t: Text, key: str, said: str | None) -> None:
    short, words = SHORT[key], {option: _words(t, key, option) for option in review.options(key)}
    before, behind = review.beside(key)
    back, on = (_to, (before,)) if before else None, (_to, (behind,))
    ask.question(t(f"review.{key}.ask"))
    if said is None:
        ask.choose(t, PAGE, ALL, key, words)
        ask.ways(t, PAGE, ALL, key, back, on)
        return
    truth = review.truth(key)
    ask.chosen(t, PAGE, ALL, key, words, said, truth)
    ask.compare(t, said, truth, lambda option: words[option], _slip(t, key, said), t(f"review.{key}.why"))
    ask.steps(t, PAGE, back, on, t("quiz.next") if behind != RESULT else t("quiz.to_result"))
    st.markdown(t("review.proof"))
    st.code("\n".join(f"{name} = {_told(value)}" for name, value in review.found(key).items()), language=None, wrap_lines=True)
    source.show(t, PAGE, *review.sources(key))
    frame.page_link(short.place.page, t("review.try", page=t(f"{short.place.page}.nav")), **dict(short.place.query))


def _slip(t: Text, key: str, said: str) -> str:
    """What leads to that wrong answer, where it teaches something. number: of the option as SHORT lists them, from 0."""
    number = SHORT[key].options.index(said) if said in SHORT[key].options else ""
    return t(f"review.{key}.slip.{number}") if t.has(f"review.{key}.slip.{number}") else ""


def _result(t: Text, given: answers.Given) -> None:
    if not given:
        st.info(t("quiz.nothing"), icon=":material/quiz:")
        st.button(t("quiz.begin"), key=f"{PAGE}.begin", on_click=_go, args=(QUESTIONS[0], 1), type="primary")
        return
    marks = _marks(given)
    st.markdown(f"#### {t('quiz.score', right=list(marks.values()).count('right'), of=len(SHORT))}")
    ask.progress(t, PAGE, marks, None, _to)
    rows = {controls.option(t, "question", question): [marks[key] for key in review.parts(question)] for question in QUESTIONS}
    picture.show(figure.rows(rows, t("quiz.rows_alt")), f"{PAGE}.rows")
    unanswered = [key for key, mark in marks.items() if mark == "open"]
    if unanswered:
        st.button(t("quiz.unanswered", n=len(unanswered)), key=f"{PAGE}.open", on_click=_to, args=(unanswered[0],))
    weak = [key for key, mark in marks.items() if mark in ("wrong", "shown")]
    st.markdown(t("quiz.again") if weak else t("quiz.all_right"))
    with st.container(horizontal=True):
        for place, questions in _places(weak).items():
            label = t("review.look", page=t(f"{place.page}.nav"), questions=", ".join(questions))
            frame.page_link(place.page, label, **dict(place.query))
    st.button(t("review.again"), key=f"{PAGE}.same", on_click=_again, icon=":material/replay:")


def _places(weak: list[str]) -> dict[review.Place, list[str]]:
    """One place for each page, that of its first weak question -> the numbers of all whose place is there."""
    first: dict[str, review.Place] = {}
    found: dict[review.Place, list[str]] = {}
    for key in weak:
        place = first.setdefault(SHORT[key].place.page, SHORT[key].place)
        found.setdefault(place, []).append(str(list(SHORT).index(key) + 1))
    return found


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


def _to(key: str) -> None:
    """A short question, or the result."""
    _go(*((RESULT, 1) if key == RESULT else (SHORT[key].question, review.parts(SHORT[key].question).index(key) + 1)))


def _begin() -> None:
    """After another question was chosen: its first short one that is still open."""
    question, given = st.session_state[key_of(PAGE, "question")], answers.of(PAGE, ALL)
    if question != RESULT:
        keys = review.parts(question)
        _go(question, next((i for i, key in enumerate(keys, start=1) if key not in given), 1))


def _again() -> None:
    answers.forget(PAGE, ALL)
    _go(QUESTIONS[0], 1)
