"""The link that gives everybody the same questions."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from content.text import Text
from ui import link
from ui.fold import fold


def draw(t: Text, page: str, query: Mapping[str, str]) -> None:
    with fold(t("quiz.teacher.title"), f"{page}.teacher", ":material/school:") as is_open:
        if is_open:
            st.markdown(t("quiz.teacher.about"))
            st.code(f"{_here()}?{urlencode(link.to(**query))}", language=None, wrap_lines=True)


def _here() -> str:
    """The page's address as the browser knows it, without a query."""
    return (st.context.url or "quiz").partition("?")[0]
