"""Which pair this browser looks at, and what it was told."""

import dataclasses
from dataclasses import dataclass

import streamlit as st

from content.text import Text
from core.fields import as_text, clamped, rules
from core.train import TrainSpec
from core.twins import CHANGES, Change, is_setting
from jobs import client
from ui import learner, link, press

PAGE = "twins"
KEY = "twins.run"


@dataclass(frozen=True)
class Asked:
    """The first twin's settings, what differs, and the second twin's value there; None where nothing has a value."""

    first: TrainSpec
    change: str
    other: object

    @property
    def as_change(self) -> Change:
        return Change(self.change, "" if self.other == CHANGES[self.change] else as_text(self.other))

    @property
    def as_job(self) -> dict:
        return {"first": dataclasses.asdict(self.first), "field": self.change, "value": self.other}


def run() -> str | None:
    """The pair's id. A link's comes first, also when it belongs to somebody else."""
    asked = st.query_params.get("run")
    if asked and asked != st.session_state.get(KEY) and (KEY not in st.session_state or link.news(PAGE)):
        st.session_state[KEY] = asked[:16]
    if KEY not in st.session_state:
        mine = client.list_runs(learner.token(), "twins")
        st.session_state[KEY] = mine[0].id if mine else None
    return st.session_state[KEY]


def status(t: Text, run: str | None) -> client.Status | None:
    """The pair as it stands; a note when a link names one that is gone, or something else."""
    found = client.status(run, learner.token()) if run else None
    if found and found.kind != "twins":
        found = None
    if run and found is None:
        st.info(t("errors.unknown_run"), icon=":material/cloud_off:")
    if not (found and found.active):
        client.wake()                                # so that Start does not wait for PyTorch
    return found


def asked_of(found: client.Status) -> Asked:
    """What a pair was told, also when an older version of the program told it."""
    change = found.spec["field"] if found.spec.get("field") in CHANGES else "nothing"
    other = rules(TrainSpec)[change][0].read(found.spec.get("value"), CHANGES[change]) if is_setting(change) else None
    return Asked(clamped(TrainSpec, found.spec.get("first") or {})[0], change, other)


def begin(asked: Asked) -> None:
    """Submit a pair and look at it. Raises SpecError."""
    started = press.submit("twins", asked.as_job, KEY)
    link.keep(PAGE, asked.first, asked.as_change, run=started)
    st.rerun()
