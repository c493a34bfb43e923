"""How a run ended, in words, and what can be done next."""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from jobs import client
from ui import learner, say
from ui.train import current, words
from ui.train.history import History


def draw(t: Text, found: client.Status, past: History) -> None:
    """Nothing for a run that simply finished."""
    if past.reached:
        st.info(_reached(t, found, past.reached), icon=":material/flag:")
    if found.cause and found.state != "done":
        st.error(_why(t, found), icon=":material/report:")
    elif found.state == "stopped" and found.attempt == 0:
        st.info(t("train.left_queue"), icon=":material/stop_circle:")
    elif found.state == "stopped":
        st.info(t("train.stopped", epoch=words.epoch(found)), icon=":material/stop_circle:")
    if found.resumable and client.owns(found.id, learner.token()):
        _go_on(t, found)


def _why(t: Text, found: client.Status) -> str:
    """A restart in the learner's terms; anything else in those of its code."""
    if found.state == "lost" and found.cause["code"] == "service_restarted" and "at" in found.cause:
        return t("train.lost", at=found.cause["at"], epoch=words.epoch(found), epochs=words.epochs(found))
    return words.cause(t, found.cause)


def _go_on(t: Text, found: client.Status) -> None:
    """From the last checkpoint, if it ever began, or not at all."""
    with st.container(horizontal=True):
        go_on = found.attempt and st.button(t("train.continue"), key="train.continue", icon=":material/play_arrow:")
        discard = st.button(t("train.discard"), key="train.discard", icon=":material/delete:", type="tertiary")
    try:
        if go_on:
            client.resume(found.id, learner.token())
            st.rerun()
        if discard:
            client.delete(found.id, learner.token())
            current.forget()
            st.rerun()
    except SpecError as error:
        say.refused(t, error)


def _reached(t: Text, found: client.Status, record: dict) -> str:
    """Which limit that the learner had set was met."""
    what = record["what"]
    value = f"{record['value']:.1%}" if what == "accuracy" else words.duration(t, record["value"])
    return t(f"train.reached.{what}", value=value, epoch=words.epoch(found, record["step"]))
