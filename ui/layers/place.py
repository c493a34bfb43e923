"""Which of several things is explained, such as a number of the output: a slider over those that there are, which also plays them."""

import streamlit as st

from content.text import Text
from ui.link import key_of


def choose(t: Text, page: str, name: str, count: int) -> int:
    """Under the field of that name; counted from 0. Of a single one there is nothing to choose."""
    key = key_of(page, name)
    st.session_state[key] = min(st.session_state[key], count - 1)
    if count == 1:
        return 0
    return st.slider(t(f"fields.{name}.label"), 0, count - 1, key=key, help=t(f"fields.{name}.help"), persist_state="session")
