"""What a learner is told who comes back: the run goes on, or it has ended meanwhile."""

import time

import streamlit as st

from content.text import Text
from jobs import client
from ui import learner
from ui.train.history import History

KNOWN = "train.known"                                # runs that this browser session has looked at or begun
NEWS = "train.news"                                  # the run whose end was news to it
NEWS_S = 24 * 3600                                   # an older end is none


def greet(t: Text, found: client.Status, past: History) -> None:
    """Once for each run, and only to its owner."""
    known = st.session_state.setdefault(KNOWN, set())
    first = found.id not in known
    known.add(found.id)
    if not client.owns(found.id, learner.token()):
        return
    if found.active:
        if first:
            st.toast(t("train.reconnected"), icon=":material/link:")
        return
    if first and found.state == "done" and time.time() - (found.ended or 0.0) < NEWS_S and found.id not in _seen():
        st.session_state[NEWS] = found.id
    _seen().add(found.id)
    if st.session_state.get(NEWS) == found.id:
        _tell(t, found, past)


def begun(run: str) -> None:
    """This session has just started the run."""
    st.session_state.setdefault(KNOWN, set()).add(run)


def _tell(t: Text, found: client.Status, past: History) -> None:
    best = t("train.away_best", accuracy=f"{past.best:.1%}") if past.best is not None else ""
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.success(t("train.away", run=found.id[:4], best=best), icon=":material/task_alt:")
    if button.button(t("train.dismiss"), key="train.dismiss", type="tertiary"):
        st.session_state.pop(NEWS)
        st.rerun()


@st.cache_resource
def _seen() -> set[str]:
    """Runs whose end their owner has seen while this server was up: a refresh is no return."""
    return set()
