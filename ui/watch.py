"""A short job on the page: start it with a button, see how far it is, then show its last record."""

from collections.abc import Callable

import streamlit as st

from content.text import Text
from core.errors import SpecError
from jobs import client
from ui import learner, press, say

POLL_S = 0.5
UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)      # what reading records of another version raises


def start(t: Text, slot: str, kind: str, spec: dict) -> bool:
    """Submit a job and remember it under `slot` in this browser session. False when one is at work there, or it was refused, which is said.

    The page has called `learner.remember`.
    """
    now = found(slot)
    if now and now.active:
        return False
    try:
        press.submit(kind, spec, slot)
    except SpecError as refused:
        say.refused(t, refused)
        return False
    return True


def panel(t: Text, slot: str, done: Callable[[dict], None], text: Callable[[client.Status], str]) -> None:
    """What the job under `slot` does; done(record) shows the last record of a job that ended well. Nothing without a job."""
    run = st.session_state.get(slot)
    found = client.status(run) if run else None
    if found is None:
        return
    if found.active:
        st.fragment(_poll, run_every=POLL_S)(t, run, text)
    elif found.state == "done":
        done(client.events(run)[-1].record)
    elif found.cause:
        st.warning(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")


def live(t: Text, found: client.Status, place: str, tick: Callable[[client.Status], None]) -> None:
    """A job at work or ended: why it ended, a way to stop it, and what tick draws, anew while it is at work.

    The page around it is drawn again when the job has ended.
    """
    if found.cause and not found.active:
        st.warning(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")
    if found.active and client.owns(found.id, learner.token()) and st.button(t("frame.stop"), key=f"{place}.stop", icon=":material/stop:"):
        stop(t, found.id)
    st.fragment(_tick, run_every=POLL_S if found.active else None)(found.id, found.active, tick)


def _tick(run: str, active: bool, tick: Callable[[client.Status], None]) -> None:
    found = client.status(run, learner.token())
    if found is None or found.active != active:
        st.rerun()
    tick(found)


def offer(t: Text, slot: str, found: client.Status | None, kind: str, spec: dict, label: str, key: str) -> None:
    """A button that starts a job under `slot`, unless one is at work there; the first one is the page's main button."""
    if found and found.active:
        return
    if st.button(label, key=key, type="secondary" if found else "primary", icon=":material/play_arrow:") and start(t, slot, kind, spec):
        st.rerun()


def again(slot: str, kind: str, spec: dict) -> None:
    """Remember under `slot` the learner's latest job that was told the same, also one of an earlier visit: its result stays."""
    if slot not in st.session_state:
        st.session_state[slot] = next((run.id for run in client.list_runs(learner.token(), kind) if run.spec == spec), None)


def found(slot: str) -> client.Status | None:
    """The job under `slot` as it stands. Its owner is here: so it goes on."""
    run = st.session_state.get(slot)
    return client.status(run, learner.token()) if run else None


def _poll(t: Text, run: str, text: Callable[[client.Status], str]) -> None:
    found = client.status(run)
    if found is None or not found.active:
        st.rerun()
    st.progress(min(found.done / max(found.total, 1), 1.0), text(found) if found.total else t("frame.waiting"))
    if st.button(t("frame.stop"), key=f"stop.{run}", icon=":material/stop:"):
        stop(t, run)


def stop(t: Text, run: str) -> None:
    """Stop a job, or say why not: it may be gone, or somebody else's."""
    try:
        client.stop(run, learner.token())
    except SpecError as refused:
        say.refused(t, refused)
