"""A store of its own for a test, and a service of its own that ends with the test."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.lock import FileLock
from jobs import client, starter
from jobs.home import home
from jobs.kinds import JOBS
from jobs.service import Service
from jobs.store import opened

DEADLINE_S = 60.0


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh FIRSTLIGHT_HOME with the counting job and nobody to run it."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    monkeypatch.delenv("FIRSTLIGHT_LIMITS", raising=False)
    monkeypatch.setitem(JOBS, "count", "tests.jobs_count:CountJob")
    monkeypatch.setattr(starter, "ensure_service", lambda: None)
    return tmp_path


@contextlib.contextmanager
def a_service() -> Iterator[Service]:
    """One that has just begun, in this process and with nothing done yet."""
    lock = FileLock(home() / "service.lock")
    assert lock.acquire()
    try:
        with opened() as db:
            yield Service(db, lock)
    finally:
        lock.release()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh FIRSTLIGHT_HOME in which a run finds the tests' service."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    monkeypatch.delenv("FIRSTLIGHT_LIMITS", raising=False)
    monkeypatch.setitem(JOBS, "count", "tests.jobs_count:CountJob")
    monkeypatch.setattr(starter, "SERVICE", "tests.jobs_service")
    yield tmp_path
    starter.LOOK_S, look_s = 1e9, starter.LOOK_S   # nobody starts another one now
    if process := starter._started.pop(tmp_path, None):
        process.kill()
        process.wait()
    with opened() as db:
        workers = [row["pid"] for row in db.execute("SELECT pid FROM runs WHERE ended IS NULL AND pid IS NOT NULL")]
    for pid in workers:
        kill(pid)
    starter.LOOK_S = look_s


def service_pid(place: Path) -> int:
    return starter._started[place].pid


def worker_pid(run: str) -> int:
    with opened() as db:
        return db.execute("SELECT pid FROM runs WHERE id = ?", (run,)).fetchone()["pid"]


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:                        # it has gone this very moment, or this system has no /proc
        return not Path("/proc").exists()


def until(true: Callable[[], object], what: str = "") -> object:
    """The first true answer. Fails after a deadline that only a broken service misses."""
    deadline = time.monotonic() + DEADLINE_S
    while not (answer := true()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {DEADLINE_S} s for {what or true}")
        time.sleep(0.01)
    return answer


def until_state(run: str, *states: str) -> client.Status:
    return until(lambda: (s := client.status(run)) and s.state in states and s, f"{run} to be {states}, is {client.status(run)}")


def until_events(run: str, count: int) -> list[client.Event]:
    return until(lambda: len(found := client.events(run)) >= count and found, f"{count} events of {run}")
