"""A press of a button that submits a run: heard twice it is one run, pressed again later it is another."""

import hashlib
import secrets

import streamlit as st

from jobs import client
from ui import learner

KEY = "press"                                        # drawn anew after each press that was answered


def submit(kind: str, spec: dict, slot: str) -> str:
    """Submit a run and remember its id under `slot` in this browser session. Raises SpecError, as `client.submit` does.

    A second click may interrupt the page after the run was made and before it was remembered; then the number still stands.
    """
    number = st.session_state.setdefault(KEY, secrets.token_hex(8))
    press = f"{number} {kind} {st.session_state.get(slot)} {spec}"
    run = st.session_state[slot] = client.submit(kind, spec, learner.token(), hashlib.sha256(press.encode()).hexdigest()[:16])
    st.session_state[KEY] = secrets.token_hex(8)
    return run
