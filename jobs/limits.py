"""How much one place may do at once, by kind of place: a laptop, a class server, a free cloud container."""

import os
from dataclasses import dataclass

from core.errors import SpecError


@dataclass(frozen=True)
class Limits:
    """Counts are runs, times are seconds, sizes are megabytes. The first ones are shown to learners, in this order."""

    workers: int = 1               # runs at work on the processor at the same time
    gpu_workers: int = 1           # the same on a GPU
    per_learner: int = 2           # runs of one learner that have not ended: one works, one waits
    queue: int = 80                # runs that wait, on the whole machine
    turn_s: float = 20.0           # a run that has had so long makes room for the next learner, and goes on later
    away_s: float | None = None    # the owner was not seen for longer: the run stops at the end of its epoch
    pause_s: float = 30.0          # a run paused for longer gives its worker back and waits on disk
    asks: bool = True              # after a restart a learner is asked whether the run goes on; else it simply does
    worker_mb: int = 3000          # memory that a run may take on the processor
    disk_mb: int = 4000            # all runs together; the oldest that have ended make room. Uploads may take a quarter as much again
    keep_days: int = 90            # ended runs are kept for so long
    resumes: int = 1               # a run whose worker died goes on by itself so often
    idle_exit_s: float = 60.0      # the service ends after so long without work
    heartbeat_s: float = 10.0      # a worker that is silent for longer is ended
    starting_s: float = 120.0      # the same until its first record: a first import or a large dataset takes its time
    save_s: float = 10.0           # at work between two checkpoints, at most
    kill_after_s: float = 5.0      # from the request to stop until the worker is ended from outside
    kill_grace_s: float = 2.0      # from the polite signal to the one that cannot be ignored


LIMITS = {
    "laptop": Limits(),
    "class": Limits(workers=2, away_s=600.0, asks=False, worker_mb=2000, disk_mb=8000, keep_days=30),
    "cloud": Limits(away_s=600.0, worker_mb=1000, disk_mb=500, keep_days=7),
}


def name() -> str:
    """The kind of place that FIRSTLIGHT_LIMITS names, default laptop. Raises SpecError("unknown_limits")."""
    named = os.environ.get("FIRSTLIGHT_LIMITS") or "laptop"
    if named not in LIMITS:
        raise SpecError("unknown_limits", name=named, known=", ".join(LIMITS))
    return named


def limits() -> Limits:
    return LIMITS[name()]
