"""Which number of the output is explained: a slider over all of them, which plays the window's way over the input."""

import streamlit as st

from content.text import Text
from ui.link import key_of


def choose(t: Text, page: str, count: int) -> int:
    """Under the field `place`; counted from 0, row by row. Of a single number there is nothing to choose."""
    key = key_of(page, "place")
    st.session_state[key] = min(st.session_state[key], count - 1)
    if count == 1:
        return 0
    return st.slider(t("fields.place.label"), 0, count - 1, key=key, help=t("fields.place.help"), persist_state="session")
