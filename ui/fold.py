"""What folds under a click: its content is computed only while it is open."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from content.text import Text


@contextmanager
def fold(label: str, key: str, icon: str) -> Iterator[bool]:
    """`with fold(...) as is_open: if is_open: ...`. The key keeps it open when the language changes."""
    box = st.expander(label, key=f"fold.{key}", icon=icon, on_change="rerun")
    with box:
        yield bool(box.open)


@contextmanager
def deeper(t: Text, key: str) -> Iterator[bool]:
    """Everything beyond a page's first question."""
    with fold(t("frame.deeper"), f"{key}.deeper", ":material/explore:") as is_open:
        yield is_open
