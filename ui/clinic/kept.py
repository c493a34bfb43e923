"""The answers of this visit. They outlive a change of page or language, and end with the browser's tab."""

from dataclasses import replace

import streamlit as st

from core.lessons.clinic.answers import Answer

KEY = "clinic.answers"                               # card -> Answer
NICKNAME = "clinic.nickname"


def answers() -> dict[str, Answer]:
    return st.session_state.setdefault(KEY, {})


def predicted(card: str, said: str) -> None:
    """The first prediction counts, also when somebody asks to be asked again."""
    answers().setdefault(card, Answer(card, said))


def tried(card: str, name: str) -> None:
    """A repair was chosen; each counts once."""
    known = answers()[card]
    if name not in known.tries:
        answers()[card] = replace(known, tries=(*known.tries, name))


def forget() -> None:
    """All answers, and the questions they were given to."""
    for key in [key for key in st.session_state if str(key).startswith("predict.clinic.")]:
        st.session_state.pop(key, None)
    st.session_state.pop(KEY, None)
