"""Show code: the very function that ran, not a second copy."""

import inspect
from collections.abc import Callable

import streamlit as st

from content.text import Text
from ui.fold import fold


def show(t: Text, key: str, *functions: Callable | type) -> None:
    """The source of core's functions, each under the path of its file."""
    with fold(t("frame.show_code"), f"{key}.code", ":material/code:") as is_open:
        if is_open:
            for function in functions:
                st.caption(f"`{function.__module__.replace('.', '/')}.py`")
                st.code(inspect.getsource(function).rstrip(), line_numbers=True)
