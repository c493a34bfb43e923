"""The answers of a learner. They outlive a change of page or language and, for some hours, a reload."""

import secrets
from dataclasses import replace

import streamlit as st

from core.lessons.clinic.answers import Answer
from ui import kept, predict

KEY = "clinic.answers"                               # card -> Answer
LATEST = "clinic.latest"                             # card -> the change whose outcome is shown
NICKNAME = "clinic.nickname"
VISIT = "clinic.visit"
SHELVES = {KEY: "answers.clinic", LATEST: "latest.clinic"}                 # named so that "reset", which is for settings, leaves them


def answers() -> dict[str, Answer]:
    """This learner's, changed in place; after a reload those of before, and what was predicted need not be asked again."""
    if KEY not in st.session_state:
        for key, name in SHELVES.items():
            st.session_state[key] = kept.of(name)
        for card, known in st.session_state[KEY].items():
            predict.remember(f"clinic.{card}", card, known.said)
    return st.session_state[KEY]


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
    st.session_state[LATEST][card] = name


def latest(card: str) -> str | None:
    answers()
    return st.session_state[LATEST].get(card)


def visit() -> str:
    """Tells this learner's receipt from that of another one with the same nickname."""
    return st.session_state.setdefault(VISIT, kept.of("visit.clinic").setdefault("id", secrets.token_hex(3)))


def forget() -> None:
    """All answers, and the questions they were given to; what comes is another visit."""
    for key in [key for key in st.session_state if str(key).startswith("predict.clinic.")]:
        st.session_state.pop(key, None)
    for name in (*SHELVES.values(), "visit.clinic"):
        kept.forget(name)
    for key in (KEY, LATEST, VISIT):
        st.session_state.pop(key, None)
