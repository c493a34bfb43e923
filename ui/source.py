"""Show code: the very function that ran, not a second copy."""

import inspect
from collections.abc import Callable

import streamlit as st

from content.text import Text
from ui.fold import fold


def show(t: Text, key: str, *functions: Callable | type, first: tuple[str, str] | None = None) -> None:
    """The source of core's functions, each under the path of its file. first: a file's name and text that come before them."""
    with fold(t("frame.show_code"), f"{key}.code", ":material/code:") as is_open:
        if is_open:
            if first:
                _file(*first)
            for function in functions:
                _file(f"{function.__module__.replace('.', '/')}.py", inspect.getsource(function))


def _file(name: str, text: str) -> None:
    st.caption(f"`{name}`")
    st.code(text.rstrip(), line_numbers=True)
