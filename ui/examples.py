"""Examples to take and change: a click writes one into the page's fields, and stays no choice of its own."""

from collections.abc import Mapping

import streamlit as st

from content.text import Text
from ui import link
from ui.link import key_of


def offer(t: Text, part: str, examples: Mapping[str, Mapping[str, object]]) -> None:
    """examples: what a button says -> the fields that it sets. part: "page.view", whose fields they are."""
    key = f"{part}.example"
    link.forgets(part.partition(".")[0], key)
    st.pills(t("frame.examples"), list(examples), format_func=lambda text: text, key=key, on_change=_take, args=(part, examples))


def _take(part: str, examples: Mapping[str, Mapping[str, object]]) -> None:
    key = f"{part}.example"
    for name, value in examples.get(st.session_state[key], {}).items():
        st.session_state[key_of(part, name)] = value
    st.session_state[key] = None
