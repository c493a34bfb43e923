"""Which runs are laid over each other: the link's, the learner's own choice, at first the newest. Six places, one colour each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import streamlit as st

from content.text import Text
from core import fields
from core.curves import Course, course
from core.train import TrainSpec
from jobs import client
from jobs.artifacts import PREDICTIONS, WEIGHTS
from ui import learner, link
from ui.train.current import spec_of

PLACES = 6
AT_FIRST = 3                                         # so many of the newest are shown before anybody chose
SLOTS = "runs.slots"                                 # run or None for each place
CHOSEN = "runs.chosen"                               # whether the learner or a link has chosen; else the newest are followed
GONE = "runs.gone"
FOCUS = "runs.focus"                                 # the chosen run that is looked at more closely


@dataclass(frozen=True)
class OverlaySpec:
    """Which curve, along what, and over how many steps a training loss is averaged."""

    curve: str = fields.choice("loss", ("loss", "val_loss", "val_accuracy", "lr"))
    over: str = fields.choice("step", ("step", "epoch", "seconds"))
    mean_steps: int = fields.number(20, 1, 1000, log=True)


@dataclass(frozen=True)
class Facts:
    """What came out of a run: its best validation accuracy, its test, and what was changed on the way; as in `Course`."""

    best: float | None
    tested: dict | None
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """A run on this page. place: its colour, None while it is not chosen; own: the learner may change it.

    evaluation: the learner's latest one of these very weights, at work or complete.
    """

    found: client.Status
    spec: TrainSpec
    place: int | None
    own: bool
    evaluation: client.Status | None = None

    @cached_property
    def course(self) -> Course:
        """What it has told, read when somebody asks."""
        found = self.found
        return _course(found.id, self.spec) if found.active else _ended(found.id, self.spec, found.attempt, found.state)

    @cached_property
    def facts(self) -> Facts:
        """What the table says about every run, without the curves of those that are not drawn."""
        found = self.found
        if found.active or self.place is not None:
            return _facts(self.course)
        return _ended_facts(found.id, self.spec, found.attempt, found.state)

    @property
    def name(self) -> str:
        return self.found.title or self.found.id

    @property
    def ready(self) -> bool:
        """Whether its weights are there and change no more."""
        return not self.found.active and client.artifact(self.found.id, WEIGHTS) is not None


def runs() -> list[Run]:
    """All of the learner's runs, newest first, and before them what a link has brought from other browsers."""
    everything = client.list_runs(learner.token())
    mine = [found for found in everything if found.kind == "train"]
    link.forgets("runs", SLOTS, CHOSEN, GONE, FOCUS)
    slots = _slots(mine)
    own = {found.id: found for found in mine}
    foreign = [found for run in slots if run and run not in own and (found := client.status(run)) and found.kind == "train"]
    known = own | {found.id: found for found in foreign}
    if lost := [run for run in slots if run and run not in known]:
        st.session_state[GONE] = lost
    slots = st.session_state[SLOTS] = [run if run in known else None for run in slots]
    evaluations = {_judged(found): found for found in reversed(everything) if found.kind == "evaluate" and _counts(found)}
    return [_run(found, slots, found.id in own, evaluations.get((found.id, found.done))) for found in (*foreign, *mine)]


def chosen(every: Sequence[Run]) -> list[Run]:
    """The runs that are drawn, by their place."""
    return sorted((run for run in every if run.place is not None), key=lambda run: run.place)


def choose(wanted: Sequence[str]) -> None:
    """The learner's choice. Who stays keeps his place."""
    st.session_state[SLOTS] = placed(st.session_state.get(SLOTS, []), wanted)
    st.session_state[CHOSEN] = True
    st.session_state.pop(GONE, None)


def forget(run: str) -> None:
    """A run that was deleted leaves its place."""
    st.session_state[SLOTS] = [None if kept == run else kept for kept in st.session_state.get(SLOTS, [])]


def query() -> str:
    """The choice as a link writes it: ids by place, nothing between two commas for a free one."""
    return ",".join(run or "" for run in st.session_state[SLOTS]).rstrip(",")


def in_focus(drawn: Sequence[Run]) -> str:
    """The run that is looked at more closely: as chosen, else the first with weights to look at."""
    ids = [run.found.id for run in drawn]
    if st.session_state.get(FOCUS) not in ids:
        st.session_state[FOCUS] = next((run.found.id for run in drawn if run.ready), ids[0] if ids else None)
    return st.session_state[FOCUS] or ""


def gone(t: Text) -> None:
    """A note for runs that a link names and that are on this server no more."""
    for _ in st.session_state.get(GONE, [])[:1]:
        st.info(t("errors.unknown_run"), icon=":material/cloud_off:")


def placed(before: Sequence[str | None], wanted: Sequence[str]) -> list[str | None]:
    """Six places: who is wanted and has one keeps it, the others take the free ones in order."""
    wanted = list(dict.fromkeys(wanted))[:PLACES]
    slots = [run if run in wanted else None for run in [*before, *[None] * PLACES][:PLACES]]
    for run in wanted:
        if run not in slots:
            slots[slots.index(None)] = run
    return slots


def parsed(text: str) -> list[str | None]:
    """The places as a link names them; what can be no id is a free place."""
    parts = [part if part.isascii() and part.isalnum() and len(part) <= 16 else None for part in text.split(",")[:PLACES]]
    return [run if run not in parts[:i] else None for i, run in enumerate(parts)]


def _slots(mine: list[client.Status]) -> list[str | None]:
    asked = st.query_params.get("runs") or st.query_params.get("run")
    if asked and (SLOTS not in st.session_state or link.news("runs")):
        st.session_state[SLOTS], st.session_state[CHOSEN] = placed(parsed(asked), [run for run in parsed(asked) if run]), True
        st.session_state.pop(GONE, None)
        st.session_state[FOCUS] = st.query_params.get("focus")
    elif not st.session_state.get(CHOSEN):
        newest = [found.id for found in mine if found.attempt][:AT_FIRST]
        st.session_state[SLOTS] = placed(st.session_state.get(SLOTS, []), newest)
    return st.session_state[SLOTS]


def _judged(evaluation: client.Status) -> tuple[str, int]:
    """Which run was evaluated, and after how many steps: one that was stopped may have gone on since."""
    return evaluation.spec.get("weights"), evaluation.spec.get("step")


def _counts(evaluation: client.Status) -> bool:
    return evaluation.active or (evaluation.state == "done" and client.artifact(evaluation.id, PREDICTIONS) is not None)


def _run(found: client.Status, slots: list[str | None], own: bool, evaluation: client.Status | None) -> Run:
    return Run(found, spec_of(found), slots.index(found.id) if found.id in slots else None, own, evaluation)


def _course(run: str, spec: TrainSpec) -> Course:
    return course((event.record for event in client.events(run)), spec)


def _facts(told: Course) -> Facts:
    return Facts(told.best, told.tested, told.changed)


@lru_cache(maxsize=64)                               # of drawn runs; a thousand points of three curves are 72 kB
def _ended(run: str, spec: TrainSpec, attempt: int, state: str) -> Course:
    """What an ended run has told does not change, unless it goes on, which is another attempt."""
    return _course(run, spec)


@lru_cache(maxsize=4096)                             # of all runs; reading one takes 5 ms
def _ended_facts(run: str, spec: TrainSpec, attempt: int, state: str) -> Facts:
    return _facts(_course(run, spec))
