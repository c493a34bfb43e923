"""One question at a time, large: answers to choose from, what came of it, and the way on."""

from collections.abc import Callable, Hashable, Mapping, Sequence

import streamlit as st

from content.text import Text
from figures import quiz as figure
from ui import picture, predict, say
from ui.quiz import answers

BIG = ("<style>.st-key-quiz_answers button p, .st-key-quiz_answers button div{font-size:1.3rem;line-height:1.6}"
       ".st-key-quiz_answers button{padding:.35rem 1rem;height:auto;min-height:2.6rem;border-radius:1.2rem}"
       ".st-key-quiz_answers button[disabled],.st-key-quiz_answers button[disabled] *{color:inherit!important}"
       ".st-key-quiz_typed input{font-size:1.3rem}"
       ".st-key-quiz_said p{font-size:1.15rem}</style>")


def question(words: str) -> None:
    st.html(BIG)
    st.markdown(f"##### {words}")


def progress(t: Text, marks: Sequence[str], current: int, key: str) -> None:
    """How far one is, in words and as squares. marks: of every question, "" between groups; current: from 0."""
    told = [mark for mark in marks if mark]
    words = t("quiz.progress", n=current + 1, of=len(told), right=told.count("right"), answered=len(told) - told.count("open"))
    left, right = st.columns([1, 2.2], vertical_alignment="center")
    left.markdown(words)
    with right:
        picture.show(figure.strip(marks, current, words.replace("**", "")), key)


def choose(t: Text, page: str, about: str, number: Hashable, words: Mapping[str, str]) -> None:
    """The answers as buttons. The first click counts; "just show me" gives the answer away."""
    key = f"{page}.pick.{about}.{number}"
    with st.container(key="quiz_answers"):
        st.pills(t("quiz.answers"), list(words), format_func=lambda code: words.get(code, code), key=key, label_visibility="collapsed",
                 required=True, on_change=_picked, args=(page, about, number, key))
    show(t, page, about, number)


def chosen(t: Text, page: str, about: str, number: Hashable, words: Mapping[str, str], said: str, truth: str) -> None:
    """The same, answered: the right one ticked, and a wrong one that was chosen crossed."""
    signs = {said: "✗ ", truth: "✓ "}
    words = {code: signs.get(code, "") + word for code, word in words.items()}
    with st.container(key="quiz_answers"):
        st.pills(t("quiz.answers"), list(words), default=said or None, format_func=lambda code: words.get(code, code), disabled=True,
                 key=f"{page}.picked.{about}.{number}", label_visibility="collapsed")


def show(t: Text, page: str, about: str, number: Hashable) -> None:
    st.button(t("frame.just_show"), key=f"{page}.show", on_click=answers.give, args=(page, about, number, answers.SHOWN))


def compare(t: Text, said: str, truth: str, words: Callable[[str], str], *why: str) -> None:
    """What was said, what PyTorch says, and why."""
    with st.container(key="quiz_said"):
        if said == answers.SHOWN:
            st.info(say.together(t, f"**{t('quiz.answer', truth=words(truth))}**", *why), icon=":material/lightbulb:")
        else:
            predict.verdict(t, words(said), words(truth), *why)


def steps(t: Text, page: str, back: tuple[Callable, tuple] | None, on: tuple[Callable, tuple], label: str) -> None:
    """The way back and the way on."""
    with st.container(horizontal=True, horizontal_alignment="left"):
        if back:
            st.button(t("quiz.back"), key=f"{page}.back", on_click=back[0], args=back[1], icon=":material/arrow_back:")
        st.button(label, key=f"{page}.next", on_click=on[0], args=on[1], type="primary", icon=":material/arrow_forward:")


def _picked(page: str, about: str, number: Hashable, key: str) -> None:
    picked = st.session_state.get(key)
    if picked is not None:
        answers.give(page, about, number, picked)
