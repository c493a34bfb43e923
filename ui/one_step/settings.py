"""What the steps are taken with: below the question while it is open, and below the picture from then on."""

import streamlit as st

from content.text import Text
from ui import controls, link
from ui.link import key_of

FIELDS, WIDTHS = ("optimizer", "lr", "forget"), (2.1, 1.1, 1.6)


def row(t: Text, page: str, spec: type, usual: dict[str, float]) -> None:
    """usual: by optimizer, a learning rate with which the loss goes down, taken when the optimizer is changed."""
    link.forgets(page.partition(".")[0], _own(page))
    clicked = {"optimizer": {"on_change": _follow, "args": (page, usual)}, "lr": {"on_change": _keep, "args": (page,)}}
    for column, name in zip(st.columns(WIDTHS), FIELDS, strict=True):
        with column:
            controls.control(page, spec, name, t, **clicked.get(name, {}))


def _follow(page: str, usual: dict[str, float]) -> None:
    """A rate that the learner chose, here or by a link, stays."""
    lr = key_of(page, "lr")
    if not st.session_state.get(_own(page)) and st.session_state[lr] in usual.values():
        st.session_state[lr] = usual[st.session_state[key_of(page, "optimizer")]]


def _keep(page: str) -> None:
    st.session_state[_own(page)] = True


def _own(page: str) -> str:
    """The session key that says whether the learner has set the learning rate."""
    return f"{page}.own_lr"
