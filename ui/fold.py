"""What folds under a click: its content is computed only while it is open."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from content.text import Text

DRAWN = "folds"                                      # key -> (label, whether it was open) of the run before


@contextmanager
def fold(label: str, key: str, icon: str) -> Iterator[bool]:
    """`with fold(...) as is_open: if is_open: ...`. The key keeps it open when the language changes."""
    slot, drawn = f"fold.{key}", st.session_state.setdefault(DRAWN, {})
    before, was_open = drawn.get(key, (label, False))
    if before != label:                              # Streamlit takes it for another fold, and would close it
        st.session_state[slot] = was_open
    box = st.expander(label, key=slot, icon=icon, on_change="rerun")
    drawn[key] = (label, bool(box.open))
    with box:
        yield bool(box.open)


@contextmanager
def deeper(t: Text, key: str) -> Iterator[bool]:
    """Everything beyond a page's first question."""
    with fold(t("frame.deeper"), f"{key}.deeper", ":material/explore:") as is_open:
        yield is_open
