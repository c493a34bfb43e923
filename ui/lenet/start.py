"""Whose untrained weights the left copy wears: those that the seed makes, or those of the introyt1 text."""

import streamlit as st

from content.text import Text
from core import fields
from core.look import LookSpec, meant
from ui.link import key_of

START = key_of("lenet", "start")
BACK = {"start": "fresh"}
TEXT = {"network": "lenet", "start": "text", "picture": "text"}        # what the text's printed output belongs to


def name(t: Text, spec: LookSpec) -> str:
    """Of the left copy."""
    return t("lenet.text") if meant(spec).start == "text" else t("lenet.fresh")


def pictures(network: str) -> tuple[str, ...]:
    """The kinds of picture to choose from: only the text's own network is offered its noise."""
    kinds = fields.rules(LookSpec)["picture"][0].keys
    return kinds if network == "lenet" else tuple(kind for kind in kinds if kind != "text")


def forget(network: str) -> None:
    """Only the text's own network remembers that its left copy wears the text's weights."""
    if network != "lenet":
        st.session_state[START] = "fresh"


def is_text() -> bool:
    """Whether the left copy wears the text's weights."""
    return st.session_state[START] == "text"


def note(t: Text) -> None:
    """What the left copy wears, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("lenet.start.note"), width="content")
        _button(t, "back", BACK, key="lenet.start.back", type="tertiary", icon=":material/undo:")


def buttons(t: Text) -> None:
    """Beside the text's output: look at it above, or go back."""
    with st.container(horizontal=True):
        there = all(st.session_state[key_of("lenet", field)] == value for field, value in TEXT.items())
        _button(t, "look", TEXT, key="lenet.start.look", disabled=there, icon=":material/arrow_upward:",
                help=t("fields.start.help"))
        if st.session_state[START] == "text":
            _button(t, "back", BACK, key="lenet.start.back_below", icon=":material/undo:")


def _button(t: Text, what: str, given: dict[str, str], **more: object) -> None:
    st.button(t(f"lenet.start.{what}"), on_click=_set, args=(given,), **more)


def _set(given: dict[str, str]) -> None:
    for field, value in given.items():
        st.session_state[key_of("lenet", field)] = value
