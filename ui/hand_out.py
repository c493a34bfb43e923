"""A link for a whole class: the same view for everybody, each in one's own language."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import streamlit as st

from content.text import Text


def show(t: Text, page: str, query: Mapping[str, str]) -> None:
    """The link, and a warning where only this computer understands it. page: for a browser that does not say its address."""
    here = _here(page)
    st.code(link_of(here, query), language=None, wrap_lines=True)
    if is_local(here):
        st.warning(t("frame.local_address"), icon=":material/lan:")


def link_of(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


def is_local(address: str) -> bool:
    """Whether only this computer understands the address."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _here(page: str) -> str:
    """The page's address as the browser knows it, without a query."""
    return (st.context.url or page).partition("?")[0]
