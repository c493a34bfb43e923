"""How much one place may do at once, by kind of place: a laptop, a class server, a free cloud container."""

import os
from dataclasses import dataclass

from core.errors import SpecError


@dataclass(frozen=True)
class Limits:
    """Counts are runs, times are seconds."""

    workers: int = 1               # runs at work at the same time, on the whole machine
    queue: int = 80                # runs that wait, on the whole machine
    per_learner: int = 2           # runs of one learner that have not ended: one works, one waits
    idle_exit_s: float = 60.0      # the service ends after so long without work
    heartbeat_s: float = 10.0      # a worker that is silent for longer is ended
    starting_s: float = 120.0      # the same until its first record: a first import or a large dataset takes its time
    pause_s: float = 900.0         # a run paused for longer is stopped: it holds a place that others wait for
    kill_after_s: float = 5.0      # from the request to stop until the worker is ended from outside
    kill_grace_s: float = 2.0      # from the polite signal to the one that cannot be ignored


LIMITS = {
    "laptop": Limits(),
    "class": Limits(workers=2),
    "cloud": Limits(),
}


def limits() -> Limits:
    """The row that FIRSTLIGHT_LIMITS names (default laptop). Raises SpecError("unknown_limits")."""
    name = os.environ.get("FIRSTLIGHT_LIMITS") or "laptop"
    if name not in LIMITS:
        raise SpecError("unknown_limits", name=name, known=", ".join(LIMITS))
    return LIMITS[name]
