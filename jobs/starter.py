"""Starts the service as a process of its own when none runs. Cheap to call at every glance at a run."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from core.files import write_atomic
from core.lock import is_held
from jobs.home import home
from jobs.limits import name
from jobs.logs import keep_small

ASKED = "limits"               # a file in home
SERVICE = "jobs.service"       # the module that is started
LOOK_S = 1.0                   # how often the lock is looked at
AFTER_FAILURE_S = 5.0          # a service that cannot start is not tried in a tight circle
ROOT = Path(__file__).resolve().parent.parent

_guard = threading.Lock()
_looked: dict[Path, float] = {}                    # home -> when the lock was last looked at, monotonic
_started: dict[Path, subprocess.Popen] = {}        # home -> the service that this process started


def ensure_service() -> None:
    """Make sure that a service holds the lock, or is on its way to it."""
    place, now = home(), time.monotonic()
    if now - _looked.get(place, -LOOK_S) < LOOK_S:
        return
    with _guard:
        if now - _looked.get(place, -LOOK_S) < LOOK_S:
            return
        _looked[place] = now
        mine = _started.get(place)
        if mine and mine.poll() is None:           # poll also lets the system forget a service that has ended
            return
        if is_held(place / "service.lock"):
            return
        if mine and mine.returncode > 0:
            _looked[place] = now + AFTER_FAILURE_S
            del _started[place]
            return
        _started[place] = _start(place)


def ask_limits() -> None:
    """Tell a service that was started under other limits, by an earlier web server, to make room for one with ours."""
    if asked_limits() != name():
        write_atomic(home() / ASKED, lambda file: file.write(name().encode()))


def asked_limits() -> str:
    """The limits that a web server was started with last; "" when none has said so."""
    try:
        return (home() / ASKED).read_text()
    except FileNotFoundError:
        return ""


def _start(place: Path) -> subprocess.Popen:
    """Detached, so that neither Ctrl-C nor the end of the web process ends the trainings."""
    log = place / "service.log"
    keep_small(log)
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    else:
        apart = {"start_new_session": True}
    environment = {**os.environ, "FIRSTLIGHT_HOME": str(place), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", SERVICE], cwd=ROOT, env=environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, **apart,
        )
