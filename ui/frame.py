"""The frame around every page: registry, guard, navigation, language, device badge."""

from copy import copy
from dataclasses import dataclass
from functools import cache

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from content.text import Text
from core.errors import SpecError
from jobs import client
from ui import language, link, say, warm


@dataclass(frozen=True)
class Page:
    """A page's place in the course. Its file is pages/KEY.py, its URL /KEY, its words content/KEY.toml."""

    section: str
    icon: str


PAGES: dict[str, Page] = {
    "home": Page("start", ":material/wb_twilight:"),
    "tensors": Page("basics", ":material/grid_on:"),
    "autograd": Page("basics", ":material/keyboard_double_arrow_left:"),
    "layers": Page("networks", ":material/layers:"),
    "lenet": Page("networks", ":material/account_tree:"),
    "architecture": Page("networks", ":material/tune:"),
    "data": Page("data", ":material/photo_library:"),
    "step": Page("training", ":material/footprint:"),
    "train": Page("training", ":material/show_chart:"),
    "twins": Page("training", ":material/compare_arrows:"),
    "runs": Page("training", ":material/stacked_line_chart:"),
    "ladder": Page("lessons", ":material/stairs:"),
    "numbers": Page("lessons", ":material/fact_check:"),
    "clinic": Page("lessons", ":material/healing:"),
    "quiz": Page("lessons", ":material/quiz:"),
}

LOW = ("<style>[data-testid=stMainBlockContainer]{padding-top:2.6rem} h1{padding-bottom:.3rem!important}"
       "[data-testid=stMain] [data-testid=stVerticalBlock]{gap:.6rem}</style>")


def under_app() -> None:
    """Rerun under app.py when a fresh server ran this page as an old-style page, because a folder pages/ exists."""
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def open_page(key: str) -> Text:
    """The title of a page, the way back to its defaults, and the language to go on in."""
    t = language.current()
    st.title(t(f"{key}.title"), anchor=False)
    if st.sidebar.button(t("frame.reset"), key="frame.reset", type="tertiary", icon=":material/restart_alt:", help=t("frame.reset_help")):
        link.reset(key)
        st.rerun()
    _disk(t)
    return t


def _disk(t: Text) -> None:
    """Where runs cannot be kept, say so before somebody relies on it; where they cannot be made, stop."""
    try:
        if not client.keeps():
            st.warning(t("frame.read_only"), icon=":material/cloud_off:")
    except SpecError as error:
        st.error(say.sentence(t, error.code, error.facts), icon=":material/report:")
        st.stop()


def compact() -> None:
    """Less air above and between the parts of a page whose picture must stand in one view with its controls."""
    st.html(LOW)


def question(words: str) -> None:
    """The one question that a page, or a part of it, opens with."""
    st.markdown(f"#### {words}")


def navigation(t: Text) -> st.Page:
    """All pages under their sections."""
    sections: dict[str, list[st.Page]] = {}
    for key, page in PAGES.items():
        sections.setdefault(t(f"frame.section.{page.section}"), []).append(copy(_entry(key, t(f"{key}.nav"), page.icon)))
    return st.navigation(sections, expanded=True)      # of so many pages Streamlit would hide some, and perhaps the one that is open


@cache
def _entry(key: str, title: str, icon: str) -> st.Page:
    """Looks its file up, which for all pages takes longer than most of them. `st.navigation` writes on it: give it a copy."""
    return st.Page(f"pages/{key}.py", title=title, icon=icon, default=key == "home")


def style() -> None:
    """A wide page keeps a readable margin; Streamlit's own is a quarter of a projector's width."""
    st.html("<style>[data-testid=stMainBlockContainer]{padding-left:2.2rem;padding-right:2.2rem;max-width:1240px}</style>")


def sidebar(t: Text) -> None:
    """Language and device, below the navigation."""
    with st.sidebar:
        language.switch(t)
        warm.badge(t)


def page_link(key: str, label: str, **query: str) -> None:
    """A link to a page of ours that keeps the language."""
    st.page_link(f"pages/{key}.py", label=label, icon=PAGES[key].icon, query_params=link.to(**query))
