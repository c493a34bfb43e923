"""The answers of this visit. They outlive a change of page or language, and end with the browser's tab."""

import secrets
from dataclasses import replace

import streamlit as st

from core.lessons.clinic.answers import Answer
from ui import predict

KEY = "clinic.answers"                               # card -> Answer
LATEST = "clinic.latest"                             # card -> the change whose outcome is shown
NICKNAME = "clinic.nickname"
VISIT = "clinic.visit"


def answers() -> dict[str, Answer]:
    return st.session_state.setdefault(KEY, {})


def of(cards: tuple[str, ...]) -> tuple[Answer, ...]:
    """The answers to these cards, in their order."""
    return tuple(answers()[card] for card in cards if card in answers())


def first_open(cards: tuple[str, ...]) -> str | None:
    return next((card for card in cards if card not in answers()), None)


def note(card: str) -> None:
    """Keep what was just predicted, before anything is drawn by it. The first prediction counts, also of somebody who is asked again."""
    said = predict.given(f"clinic.{card}", card)
    if said is not None:
        answers().setdefault(card, Answer(card, said))


def tried(card: str, name: str) -> None:
    """A repair was chosen, or is looked at again; each counts once."""
    known = answers()[card]
    if name not in known.tries:
        answers()[card] = replace(known, tries=(*known.tries, name))
    st.session_state.setdefault(LATEST, {})[card] = name


def latest(card: str) -> str | None:
    return st.session_state.get(LATEST, {}).get(card)


def visit() -> str:
    """Tells this learner's receipt from that of another one with the same nickname."""
    return st.session_state.setdefault(VISIT, secrets.token_hex(3))


def forget() -> None:
    """All answers, and the questions they were given to; what comes is another visit."""
    for key in [key for key in st.session_state if str(key).startswith("predict.clinic.")]:
        st.session_state.pop(key, None)
    for key in (KEY, LATEST, VISIT):
        st.session_state.pop(key, None)
