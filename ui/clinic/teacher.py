"""For a teacher: the link that gives a class the same cards, and where the receipts go."""

from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import streamlit as st

from content.text import Text
from core.lessons.clinic.deck import START, ClinicSpec
from ui import link
from ui.fold import fold


def draw(t: Text, spec: ClinicSpec) -> None:
    with fold(t("clinic.teacher.title"), "clinic.teacher", ":material/school:") as is_open:
        if is_open:
            st.markdown(t("clinic.teacher.link"))
            st.code(link_of(st.context.url or "", spec), language=None, wrap_lines=True)
            if is_local(st.context.url or ""):
                st.warning(t("clinic.teacher.local"), icon=":material/lan:")
            st.markdown(t("clinic.teacher.receipts"))


def link_of(address: str, spec: ClinicSpec) -> str:
    """Opens these cards at the first, in the language of whoever follows it."""
    query = link.differing(replace(spec, card=START))
    return f"{address}?{urlencode(query)}" if query else address


def is_local(address: str) -> bool:
    """Whether only this computer understands the address."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
