"""The grid of pictures; a click picks one."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

KEY = "data.look.grid"
_ELEMENT = st.components.v2.component("firstlight_sheet", html='<div class="firstlight-sheet"></div>\n', isolate_styles=False,
                                      js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def show(svg: str, picked: int, on_pick: Callable[[], None]) -> None:
    """picked: the picture that gets a frame, where it is in the grid."""
    _ELEMENT(key=KEY, data=f"{picked}\n{svg}".encode(), on_picked_change=on_pick)


def said(key: str) -> int | None:
    """The picture that was clicked in the element of this key; None when the browser said something else."""
    number = st.session_state[key].get("picked") if key in st.session_state else None
    return number if type(number) is int else None
