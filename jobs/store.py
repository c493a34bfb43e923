"""The store: one SQLite file that the web process, the service and its workers share.

Connections are opened for one piece of work and closed; none is kept across a fork. Write-ahead logging keeps what was
committed when a process is killed, and lets readers read while one process writes.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from jobs.home import home
from jobs.lock import FileLock

AT_WORK = ("starting", "running", "paused")            # a worker process belongs to the run
ACTIVE = ("queued", "preempted", *AT_WORK)
ENDED = ("done", "stopped", "failed", "diverged", "lost")

SCHEMA = f"""
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,          -- order of arrival, which no change of the clock disturbs
    id TEXT NOT NULL UNIQUE, learner TEXT NOT NULL, kind TEXT NOT NULL, spec TEXT NOT NULL,
    state TEXT NOT NULL, cause TEXT, attempt INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    created REAL NOT NULL, started REAL, ended REAL,   -- wall clock, for people only
    elapsed_s REAL NOT NULL DEFAULT 0,                 -- time at work, without pauses
    heartbeat REAL, pid INTEGER, key TEXT
);
CREATE UNIQUE INDEX runs_key ON runs (learner, key) WHERE key IS NOT NULL;
CREATE INDEX runs_learner ON runs (learner, number);
CREATE INDEX runs_active ON runs (state, number) WHERE state IN {ACTIVE};
CREATE TABLE events (
    run TEXT NOT NULL, seq INTEGER NOT NULL, attempt INTEGER NOT NULL, json TEXT NOT NULL,
    PRIMARY KEY (run, seq)                             -- one sequence per run; a later attempt goes on counting
) WITHOUT ROWID;
CREATE TABLE commands (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX commands_run ON commands (run, taken);
"""


def one_of(states: tuple[str, ...]) -> str:
    """The states as SQL text; they are our own constants, never input."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"


@contextlib.contextmanager
def opened() -> Iterator[sqlite3.Connection]:
    """A connection that commits each statement by itself. Waits 5 s for another writer, then raises OperationalError."""
    path = home() / "store.sqlite"
    if not path.exists():
        _create(path)
    db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        yield db
    finally:
        db.close()


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, and alone from the start: what is read inside cannot change before what is written."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:                      # a full disk may have rolled it back already
            db.execute("ROLLBACK")
        raise


def _create(path: Path) -> None:
    """Make the file aside and move it into place whole, so that nobody ever opens half a store."""
    lock = FileLock(path.with_suffix(".lock"))
    if not lock.acquire(wait_s=10.0):
        raise TimeoutError(f"{lock.path} is held")
    try:
        if path.exists():
            return
        aside = path.with_suffix(".new")
        aside.unlink(missing_ok=True)
        db = sqlite3.connect(aside)
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
        db.close()
        aside.replace(path)
    finally:
        lock.release()
