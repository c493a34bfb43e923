"""The link is the view: the one reader and writer of the URL's query."""

from collections.abc import Mapping

import streamlit as st

from core import fields
from ui.language import KEY as LANG

LAST = "link.last"                                   # page -> the query that we wrote last
FIELDS = "link.fields"                               # page -> the session keys of its fields


def restore(page: str, spec: type) -> list[str]:
    """Before the widgets: put defaults and a new link's values into the session. Names of fields that had to be changed.

    A query that we wrote ourselves is no news; anything else is a link that somebody followed. A field that a link does not
    name has its default. page is a page's key, or "key.part" where a page asks for several specs.
    """
    query = {k: v for k, v in st.query_params.items() if k != LANG}
    followed = bool(query) and query != st.session_state.get(LAST, {}).get(_base(page))
    values, changed = fields.clamped(spec, query) if followed else (spec(), [])
    known = st.session_state.setdefault(FIELDS, {}).setdefault(_base(page), set())
    for name in fields.rules(spec):
        key = key_of(page, name)
        known.add(key)
        if followed or key not in st.session_state:
            st.session_state[key] = getattr(values, name)
    return changed


def reset(page: str) -> None:
    """Back to the defaults, as if the page were opened for the first time."""
    for key in st.session_state.get(FIELDS, {}).get(page, ()):
        st.session_state.pop(key, None)
    st.session_state.get(LAST, {}).pop(page, None)
    write({})


def key_of(page: str, name: str) -> str:
    """The session key of a field's widget."""
    return f"{page}.{name}"


def keep(page: str, *specs: object, **more: str) -> None:
    """Right after the widgets, before anything can stop the page: write what differs from the defaults, and `more`, into the URL."""
    query = {name: fields.as_text(getattr(spec, name)) for spec in specs
             for name, (_, default) in fields.rules(type(spec)).items() if getattr(spec, name) != default}
    query |= {name: value for name, value in more.items() if value}
    st.session_state.setdefault(LAST, {})[_base(page)] = query
    write(query)


def write(query: Mapping[str, str]) -> None:
    """Put a query and the language into the URL, unless it stands there already."""
    wanted = {LANG: st.session_state[LANG], **query}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def to(spec: object | None = None, **more: str) -> dict[str, str]:
    """The query of a link to another view, for `st.page_link(query_params=...)`."""
    query = {name: fields.as_text(getattr(spec, name)) for name in fields.rules(type(spec))} if spec else {}
    return {LANG: st.session_state[LANG], **query, **more}


def _base(page: str) -> str:
    return page.partition(".")[0]
