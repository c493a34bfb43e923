"""What this learner has at work and done on the ladder, also from an earlier visit: one line, that nothing is lost from sight."""

from collections.abc import Iterator

import streamlit as st

from content.text import Text
from core.ladder import RUNGS
from core.ladder.spec import LadderSpec
from jobs import client
from ui import learner, watch
from ui.ladder import dead, equal, job, result

READS = {"ladder": result.read, "ladder_equal": equal.whole, "ladder_dead": dead.verdicts}
FOLDS = {"ladder_equal": "equal", "ladder_dead": "dead"}


def draw(t: Text, spec: LadderSpec) -> None:
    """The page around it is drawn again when something at work has ended."""
    active = any(run.active for _, run in runs(spec))
    st.fragment(_line, run_every=watch.POLL_S if active else None)(t, spec, active)


def runs(spec: LadderSpec) -> list[tuple[str, client.Status]]:
    """The latest of every rung with this dataset and seed, of the proof and of the trap, by name, in the page's order."""
    found = dict(_all(spec))
    return [(name, found[name]) for name in (*RUNGS, *FOLDS.values()) if name in found]


def _all(spec: LadderSpec) -> Iterator[tuple[str, client.Status]]:
    here = {"dataset": spec.dataset, "seed": spec.seed}
    for kind in READS:
        for run in reversed(client.list_runs(learner.token(), kind)):
            if kind == "ladder_dead" or here.items() <= run.spec.items():
                yield FOLDS.get(kind) or run.spec["rung"], run


def _line(t: Text, spec: LadderSpec, was_active: bool) -> None:
    found = runs(spec)
    working = [name for name, run in found if run.active]
    if was_active and not working:
        st.rerun()
    ended = [name for name, run in found if job.readable(READS[run.kind], run)]
    parts = [t(f"ladder.kept.{word}", names=_listed(t, names)) for word, names in (("running", working), ("ended", ended)) if names]
    if parts:
        st.caption(" · ".join(parts))


def _listed(t: Text, names: list[str]) -> str:
    said = [name.upper() if name in RUNGS else t("ladder.kept.fold", title=t(f"ladder.{name}.title")) for name in names]
    return t("ladder.kept.comma").join(said)
