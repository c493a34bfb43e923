"""Which run this browser looks at: the link's, else the learner's latest. A refresh finds it again."""

import secrets

import streamlit as st

from content.text import Text
from jobs import client
from ui import learner

KEY = "train.run"
CLICK = "train.click"


def run() -> str | None:
    """The run's id. A link's run comes first, also when it belongs to somebody else."""
    asked = st.query_params.get("run")
    if asked and asked != st.session_state.get(KEY):
        st.session_state[KEY] = asked[:16]
    if KEY not in st.session_state:
        mine = client.list_runs(learner.token(), "train")
        st.session_state[KEY] = mine[0].id if mine else None
    return st.session_state[KEY]


def status(t: Text, run: str | None) -> client.Status | None:
    """The run as it stands; a note when a link names one that is gone."""
    found = client.status(run) if run else None
    if run and found is None:
        st.info(t("errors.unknown_run"), icon=":material/cloud_off:")
    if not (found and found.active):
        client.wake()                                # so that Start does not wait for PyTorch
    return found


def click() -> str:
    """A name for the next press of Start, so that a double click makes one run."""
    return st.session_state.setdefault(CLICK, secrets.token_hex(8))


def begin(run: str) -> None:
    """Look at a run that was just submitted."""
    st.session_state[KEY] = run
    st.session_state.pop(CLICK, None)
    st.query_params["run"] = run
    st.rerun()
