"""A box to choose from whose shown words follow the language."""

from typing import Any

import streamlit as st

from content.text import Text

DRAWN = "boxes"                                      # key -> the language in which a box was drawn last


def choose(t: Text, label: str, words: dict[Any, str], key: str, **more: Any) -> Any:
    """The chosen one of the keys of `words`; `words` says how each is shown."""
    drawn = st.session_state.setdefault(DRAWN, {})
    if drawn.get(key, t.lang) != t.lang and key in st.session_state:
        st.session_state[key] = st.session_state[key]                      # else the browser goes on showing the old word
    drawn[key] = t.lang
    return st.selectbox(label, list(words), format_func=lambda code: words.get(code, code), key=key, **more)
