"""Which run this browser looks at: the link's, else the learner's latest. A refresh finds it again."""

import dataclasses

import streamlit as st

from content.text import Text
from core.fields import clamped
from core.train import TrainSpec, check_transforms
from jobs import client
from ui import learner, link, press
from ui.train import arrival

KEY = "train.run"


def run() -> str | None:
    """The run's id. A link's run comes first, also when it belongs to somebody else."""
    asked = st.query_params.get("run")
    if asked and asked != st.session_state.get(KEY) and (KEY not in st.session_state or link.news("train")):
        st.session_state[KEY] = asked[:16]
    if KEY not in st.session_state:
        mine = client.list_runs(learner.token(), "train")
        st.session_state[KEY] = mine[0].id if mine else None
    return st.session_state[KEY]


def status(t: Text, run: str | None) -> client.Status | None:
    """The run as it stands; a note when a link names one that is gone, or something that is no training."""
    found = client.status(run, learner.token()) if run else None
    if run and found is None:
        st.info(t("train.gone"), icon=":material/cloud_off:")
    elif found and found.kind != "train":
        st.info(t("errors.unknown_run"), icon=":material/cloud_off:")
        found = None
    if not (found and found.active):
        client.wake()                                # so that Start does not wait for PyTorch
    return found


def spec_of(found: client.Status) -> TrainSpec:
    """What a run was told, also when an older version of the program told it."""
    return clamped(TrainSpec, found.spec)[0]


def begin(spec: TrainSpec) -> None:
    """Submit a run and look at it. Raises SpecError."""
    check_transforms(spec)
    started = press.submit("train", dataclasses.asdict(spec), KEY)
    arrival.begun(started)
    link.keep("train", spec, run=started)
    st.rerun()


def forget() -> None:
    """Look at no run, until one is started or a link names one."""
    st.session_state[KEY] = None
