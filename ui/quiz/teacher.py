"""The link that gives everybody the same questions."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from content.text import Text
from ui.fold import fold

LOCAL = ("localhost", "127.0.0.1", "::1")            # addresses that only this machine knows


def draw(t: Text, page: str, query: Mapping[str, str]) -> None:
    """The link names no language: everybody keeps one's own."""
    with fold(t("quiz.teacher.title"), f"{page}.teacher", ":material/school:") as is_open:
        if is_open:
            st.markdown(t("quiz.teacher.about"))
            here = _here()
            st.code(f"{here}?{urlencode(query)}" if query else here, language=None, wrap_lines=True)
            if urlsplit(here).hostname in LOCAL:
                st.warning(t("quiz.teacher.local"), icon=":material/link_off:")


def _here() -> str:
    """The page's address as the browser knows it, without a query."""
    return (st.context.url or "quiz").partition("?")[0]
