"""The learner's hands on a run that goes on: pause, single step, stop, and another learning rate or momentum."""

import time
from dataclasses import dataclass

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.train import TrainSpec
from jobs import client
from jobs.store import WAITING
from ui import controls, learner, say
from ui.link import key_of
from ui.train import current, history, words

LIVE = "train.live"                                  # where the session keeps the run's Settings by name
ANSWER_S = 5.0                                       # so long a run may take to answer; then the widget shows what is in force
ICONS = {"pause": "pause", "resume": "play_arrow", "step": "skip_next", "stop": "stop", "leave": "logout"}


@dataclass
class Setting:
    """One widget. wanted: what the learner has set and the run has not answered yet, since when.

    When something else is in force than the widget shows, a new widget takes its place. Setting the old one would not do: a slow
    browser still sends its last value, which Streamlit takes for the learner's hand, and the run would be told so.
    """

    shown: float
    refused: int = 0
    wanted: float | None = None
    since: float = 0.0
    number: int = 0

    @property
    def part(self) -> str:
        return f"{LIVE}{self.number}"

    def follow(self, in_force: float, refused: int) -> None:
        answered = self.wanted == in_force or refused != self.refused or time.monotonic() - self.since > ANSWER_S
        if self.wanted is None or answered:
            if in_force != self.shown:
                self.shown, self.number = in_force, self.number + 1
            self.wanted, self.refused = None, refused


def draw(t: Text, found: client.Status, past: history.History) -> None:
    """For its owner; everybody else watches."""
    if not client.owns(found.id, learner.token()):
        st.caption(t("train.read_only"))
        return
    st.fragment(_draw)(t, found, past)


def _draw(t: Text, found: client.Status, past: history.History) -> None:
    left, right = st.columns([6, 5], vertical_alignment="bottom")
    with left:
        _settings(t, found, past)
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
        for name in offered(words.state(found)):
            if st.button(t(f"train.do.{name}"), key=f"train.{name}", icon=f":material/{ICONS[name]}:"):
                _tell(t, found.id, "stop" if name == "leave" else name)


def _settings(t: Text, found: client.Status, past: history.History) -> None:
    """The learning rate in force, and the momentum where the optimizer has one; moved, they are set at the next step."""
    spec = current.spec_of(found)
    values = {"lr": spec.lr} | ({"momentum": spec.momentum} if spec.optimizer == "sgd" else {})
    kept = st.session_state.get(LIVE)
    if kept is None or kept[0] != found.id:
        kept = st.session_state[LIVE] = (found.id, {})
    for column, (name, begun) in zip(st.columns(2), values.items(), strict=False):
        setting = kept[1].setdefault(name, Setting(begun))
        setting.follow(past.in_force.get(name, begun), len(past.refused))
        st.session_state.setdefault(key_of(setting.part, name), setting.shown)
        with column:
            controls.control(setting.part, TrainSpec, name, t, on_change=_set, args=(t, found.id, name, setting),
                             disabled=found.state not in ("running", "paused"))


def _set(t: Text, run: str, name: str, setting: Setting) -> None:
    setting.shown = setting.wanted = st.session_state[key_of(setting.part, name)]
    setting.since = time.monotonic()
    _tell(t, run, "set", **{name: setting.wanted})


def _tell(t: Text, run: str, name: str, **values: float) -> None:
    try:
        client.command(run, learner.token(), name, **values)
    except SpecError as error:                       # gone, or no longer ours
        say.refused(t, error)
