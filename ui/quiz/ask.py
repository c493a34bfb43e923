"""One question at a time, large: answers to choose from, what came of it, and the ways on."""

from collections.abc import Callable, Hashable, Mapping

import streamlit as st

from content.text import Text
from ui import predict, say, scroll
from ui.quiz import answers

BIG = ("<style>[data-testid=stMainBlockContainer]{padding-top:3.2rem}"
       ".st-key-quiz_answers button p, .st-key-quiz_answers button div{font-size:1.25rem;line-height:1.5}"
       ".st-key-quiz_answers button{padding:.3rem 1rem;height:auto;min-height:2.5rem;border-radius:1.2rem}"
       ".st-key-quiz_answers button[disabled],.st-key-quiz_answers button[disabled] *{color:inherit!important}"
       ".st-key-quiz_progress{row-gap:.4rem}.st-key-quiz_progress [data-testid=stMarkdown] p{white-space:nowrap}"
       ".st-key-quiz_progress button{min-width:1.65rem;min-height:1.65rem;height:auto;padding:.1rem .25rem;border-radius:.3rem}"
       ".st-key-quiz_progress [data-testid=stButtonGroup]>div{gap:.25rem}"
       ".st-key-quiz_typed input{font-size:1.25rem}"
       ".st-key-quiz_said p{font-size:1.1rem}</style>")
SIGNS = {"right": ":green[**✓**]", "wrong": ":red[**✗**]", "shown": "–", "open": ""}
Way = tuple[Callable, tuple]                         # what a button calls, and with what


def question(words: str) -> None:
    st.markdown(f"##### {words}")


def progress(t: Text, page: str, marks: Mapping[Hashable, str], current: Hashable | None, go: Callable[[Hashable], None]) -> None:
    """How far one is, in words, and a button for every question that leads there. current: None on the result, which says it all.

    Called right above the question, which comes into sight when it is another one.
    """
    st.html(BIG)
    scroll.here(f"{current}", f"{page}.here")
    told, key = list(marks.values()), f"{page}.strip"
    st.session_state[key] = current
    with st.container(key="quiz_progress", horizontal=True, vertical_alignment="center"):
        if current is None:
            st.markdown(t("quiz.jump"), width="content")
        else:
            at = list(marks).index(current) + 1
            words = t("quiz.progress", n=at, of=len(told), right=told.count("right"), answered=len(told) - told.count("open"))
            st.markdown(words, width="content")
        labels = {question: _square(i, mark, current is None) for i, (question, mark) in enumerate(marks.items(), start=1)}
        st.pills(t("quiz.jump"), list(marks), format_func=lambda question: labels.get(question, ""), key=key, label_visibility="collapsed",
                 on_change=_jump, args=(key, current, go), required=current is not None, wrap=True)


def choose(t: Text, page: str, about: str, number: Hashable, words: Mapping[str, str]) -> None:
    """The answers as buttons. The first click counts."""
    key = f"{page}.pick.{about}.{number}"
    with st.container(key="quiz_answers"):
        st.pills(t("quiz.answers"), list(words), format_func=lambda code: words.get(code, code), key=key, label_visibility="collapsed",
                 required=True, on_change=_picked, args=(page, about, number, key))


def chosen(t: Text, page: str, about: str, number: Hashable, words: Mapping[str, str], said: str, truth: str) -> None:
    """The same, answered: the right one ticked, and a wrong one that was chosen crossed."""
    signs = {said: "✗ ", truth: "✓ "}
    words = {code: signs.get(code, "") + word for code, word in words.items()}
    with st.container(key="quiz_answers"):
        st.pills(t("quiz.answers"), list(words), default=said or None, format_func=lambda code: words.get(code, code), disabled=True,
                 key=f"{page}.picked.{about}.{number}", label_visibility="collapsed")


def compare(t: Text, said: str, truth: str, words: Callable[[str], str], *why: str, who: str = "") -> None:
    """What was said, what is right, and why. who: whose truth it is, where somebody was asked."""
    with st.container(key="quiz_said"):
        if said == answers.SHOWN:
            st.info(say.together(t, f"**{t('quiz.answer', truth=words(truth))}**", *why), icon=":material/lightbulb:")
        elif who:
            predict.verdict(t, words(said), words(truth), *why, who=who)
        elif said == truth:
            st.success(say.together(t, f"**{t('quiz.right', answer=words(said))}**", *why), icon=":material/check_circle:")
        else:
            wrong = t("quiz.wrong", said=words(said), truth=words(truth))
            st.warning(say.together(t, f"**{wrong}**", *why), icon=":material/lightbulb:")


def steps(t: Text, page: str, back: Way | None, on: Way, label: str) -> None:
    """Of an answered question: the way back and the way on."""
    with _row():
        _back(t, page, back)
        st.button(label, key=f"{page}.next", on_click=on[0], args=on[1], type="primary", icon=":material/arrow_forward:")


def ways(t: Text, page: str, about: str, number: Hashable, back: Way | None, on: Way) -> None:
    """Of an open one: back, past it, or the answer given away."""
    with _row():
        _back(t, page, back)
        st.button(t("quiz.skip"), key=f"{page}.skip", on_click=on[0], args=on[1], icon=":material/arrow_forward:")
        st.button(t("frame.just_show"), key=f"{page}.show", on_click=answers.give, args=(page, about, number, answers.SHOWN))


def _row() -> st.delta_generator.DeltaGenerator:
    return st.container(horizontal=True, horizontal_alignment="left")


def _back(t: Text, page: str, way: Way | None) -> None:
    if way:
        st.button(t("quiz.back"), key=f"{page}.back", on_click=way[0], args=way[1], icon=":material/arrow_back:")


def _square(number: int, mark: str, both: bool) -> str:
    """The sign in the number's place; both where there is room."""
    return f"{number} {SIGNS[mark]}".strip() if both else SIGNS[mark] or str(number)


def _jump(key: str, current: Hashable | None, go: Callable[[Hashable], None]) -> None:
    there = st.session_state.get(key)
    if there not in (None, current):
        go(there)


def _picked(page: str, about: str, number: Hashable, key: str) -> None:
    picked = st.session_state.get(key)
    if picked is not None:
        answers.give(page, about, number, picked)
