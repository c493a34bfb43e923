"""The link is the view: the one reader and writer of the URL's query."""

import time
from collections.abc import Mapping

import streamlit as st

from core import fields
from ui import kept
from ui.history import travelled
from ui.language import KEY as LANG
from ui.language import STALE_S

LAST = "link.last"                                   # page -> the query that we wrote last
FIELDS = "link.fields"                               # page -> the session keys of its fields
HERE = "link.here"                                   # (page, when) of the last write
BEFORE = "link.before"                               # page -> queries that ours replaced: a slow browser may still send one of them
KEPT = 20                                            # of them, for each page
VIEW = "view"                                        # the field of a page of several views that says which one is shown


def news(page: str) -> bool:
    """Whether somebody followed a link, or went back: the URL's query is not the one that we wrote for this page.

    A rerun that a widget caused may carry an older query, until the browser has heard of the new one; one that Back caused is meant.
    """
    query = _query()
    here, when = st.session_state.get(HERE, ("", 0.0))
    if here != page:
        return bool(query) or travelled()            # from another page, a plain click keeps what was set here before
    if query == st.session_state.get(LAST, {}).get(page):
        return False
    return query not in st.session_state.get(BEFORE, {}).get(page, []) or travelled() or time.monotonic() - when > STALE_S


def restore(page: str, spec: type) -> list[str]:
    """Before the widgets: put defaults, or a followed link's values, into the session. Names of fields that had to be changed.

    A field that a link does not name has its default. page is a page's key, or "key.part" where a page asks for several specs.
    """
    followed = news(_base(page))
    values, changed = fields.clamped(spec, _query()) if followed else (spec(), [])
    known = st.session_state.setdefault(FIELDS, {}).setdefault(_base(page), set())
    for name in fields.rules(spec):
        key = key_of(page, name)
        known.add(key)
        if followed or key not in st.session_state:
            st.session_state[key] = getattr(values, name)
    return changed


def forgets(page: str, *keys: str) -> None:
    """Session keys beside the page's fields that its "reset" takes back too."""
    st.session_state.setdefault(FIELDS, {}).setdefault(page, set()).update(keys)


def reset(page: str) -> None:
    """Back to the defaults, as if the page were opened for the first time; of several views the one that is shown, which stays."""
    known = st.session_state.get(FIELDS, {}).get(page, set())
    view = st.session_state.get(key_of(page, VIEW)) if key_of(page, VIEW) in known else None
    for key in known:
        if view is None or key.startswith(f"{page}.{view}."):
            st.session_state.pop(key, None)
    kept.forget(f"{page}.{view}." if view else f"{page}.")
    query = {name: value for name, value in st.session_state.get(LAST, {}).get(page, {}).items() if view and name == VIEW}
    _note(page, query)
    write(query)


def key_of(page: str, name: str) -> str:
    """The session key of a field's widget."""
    return f"{page}.{name}"


def keep(page: str, *specs: object, **more: str) -> None:
    """Right after the widgets, before anything can stop the page: write what differs from the defaults, and `more`, into the URL."""
    query = {name: text for spec in specs for name, text in differing(spec).items()}
    query |= {name: value for name, value in more.items() if value}
    _note(_base(page), query)
    write(query)


def amend(page: str, spec: type, name: str) -> None:
    """After a widget in a fragment, which runs without the rest of its page: what that field says now."""
    value, (_, default) = st.session_state[key_of(page, name)], fields.rules(spec)[name]
    query = {key: text for key, text in st.session_state.get(LAST, {}).get(_base(page), {}).items() if key != name}
    if value != default:
        query[name] = fields.as_text(value)
    _note(_base(page), query)
    write(query)


def differing(spec: object) -> dict[str, str]:
    """What differs from the defaults, as a link says it. One that says more is written anew by its page, and Back needs one press more."""
    return {name: fields.as_text(getattr(spec, name)) for name, (_, default) in fields.rules(type(spec)).items()
            if getattr(spec, name) != default}


def write(query: Mapping[str, str]) -> None:
    """Put a query and the language into the URL, unless it stands there already."""
    wanted = {LANG: st.session_state[LANG], **query}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def to(**query: str) -> dict[str, str]:
    """The query of a link to another view, for `st.page_link(query_params=...)`."""
    return {LANG: st.session_state[LANG], **query}


def _note(page: str, query: dict[str, str]) -> None:
    """Remember what the URL will say; the clock runs from the change, not from every rerun."""
    last, here = st.session_state.setdefault(LAST, {}), st.session_state.get(HERE, ("", 0.0))
    if here[0] != page or last.get(page) != query:
        st.session_state[HERE] = (page, time.monotonic())
        before = st.session_state.setdefault(BEFORE, {})
        before[page] = [*before.get(page, []), _query(), last.get(page, {})][-KEPT:]
    last[page] = query


def _query() -> dict[str, str]:
    """The URL's query without the language."""
    return {name: value for name, value in st.query_params.items() if name != LANG}


def _base(page: str) -> str:
    return page.partition(".")[0]
