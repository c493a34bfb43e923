"""The learner's hands on a run that goes on: pause, single step, stop, and another learning rate or momentum."""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.train import TrainSpec
from jobs import client
from jobs.store import WAITING
from ui import controls, learner, say
from ui.link import key_of
from ui.train import current, history

LIVE = "train.live"                                  # the page part whose widgets these are
SHOWN = "train.live.shown"                           # (run, values in force, refusals) that the widgets were set to
ICONS = {"pause": "pause", "resume": "play_arrow", "step": "skip_next", "stop": "stop", "leave": "logout"}


def draw(t: Text, found: client.Status, past: history.History) -> None:
    """For its owner; everybody else watches."""
    if not client.owns(found.id, learner.token()):
        st.caption(t("train.read_only"))
        return
    st.fragment(_draw)(t, found, past)


def _draw(t: Text, found: client.Status, past: history.History) -> None:
    _follow(found, past)
    left, right = st.columns([6, 5], vertical_alignment="bottom")
    with left:
        _settings(t, found)
    with right:
        _buttons(t, found)
    if past.refused:
        st.warning(say.sentence(t, past.refused[-1]["code"], past.refused[-1]), icon=":material/report:")


def offered(state: str) -> tuple[str, ...]:
    """What can be done with an active run."""
    if state in WAITING:
        return ("leave",) if state == "queued" else ("pause", "stop")
    return {"running": ("pause", "stop"), "paused": ("resume", "step", "stop"), "parked": ("resume", "stop")}.get(state, ("stop",))


def _buttons(t: Text, found: client.Status) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        for name in offered(found.state):
            if st.button(t(f"train.do.{name}"), key=f"train.{name}", icon=f":material/{ICONS[name]}:"):
                _tell(t, found.id, "stop" if name == "leave" else name)


def _settings(t: Text, found: client.Status) -> None:
    """The learning rate in force, and the momentum where the optimizer has one; moved, they are set at the next step."""
    names = ("lr", "momentum") if current.spec_of(found).optimizer == "sgd" else ("lr",)
    for column, name in zip(st.columns(2), names, strict=False):
        with column:
            controls.control(LIVE, TrainSpec, name, t, on_change=_set, args=(t, found.id, name),
                             disabled=found.state not in ("running", "paused"))


def _follow(found: client.Status, past: history.History) -> None:
    """Have the widgets show what is in force: at first, when it has changed, and when a change was refused."""
    spec = current.spec_of(found)
    values = {"lr": spec.lr, "momentum": spec.momentum} | past.in_force
    now = (found.id, values, len(past.refused))
    if st.session_state.get(SHOWN) != now:
        st.session_state[SHOWN] = now
        for name, value in values.items():
            st.session_state[key_of(LIVE, name)] = value


def _set(t: Text, run: str, name: str) -> None:
    _tell(t, run, "set", **{name: st.session_state[key_of(LIVE, name)]})


def _tell(t: Text, run: str, name: str, **values: float) -> None:
    try:
        client.command(run, learner.token(), name, **values)
    except SpecError as error:                       # gone, or no longer ours
        say.refused(t, error)
