"""The store: one SQLite file that the web process, the service and its workers share.

A connection is had for one piece of work, then the next one in the same process gets it; no other process ever uses it. Write-ahead
logging keeps what was committed when a process is killed, and lets readers read while one process writes.
"""

import contextlib
import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from core.errors import SpecError
from core.lock import FileLock
from jobs.home import home

AT_WORK = ("starting", "running", "paused")            # a worker process belongs to the run
WAITING = ("queued", "preempted")                      # in line for a worker: for the first time, or for the next turn
ACTIVE = (*WAITING, "parked", *AT_WORK)                # parked: paused, and its worker given back
ENDED = ("done", "stopped", "failed", "diverged", "lost")

KEPT = 4                                               # connections that wait for the next piece of work
_unused_ones: deque[tuple[tuple[int, str, int], sqlite3.Connection]] = deque()

VERSION = 2
# From version 1 to 2: slot, the kind of worker; turn, when a run joined the line or ended its turn, a count and no clock; before_s,
# its elapsed_s when its turn began; resumes, how often the service went on with it unasked; seen, when its owner last looked (wall
# clock); title, the learner's own name for it. The view ranks those who wait: behind everybody who joined before, and behind the end
# of their learner's own last turn. So learners take turns, however many runs each of them has.
TURNS = f"""
ALTER TABLE runs ADD COLUMN slot TEXT NOT NULL DEFAULT 'cpu';
ALTER TABLE runs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN before_s REAL NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN seen REAL;
ALTER TABLE runs ADD COLUMN title TEXT NOT NULL DEFAULT '';
UPDATE runs SET turn = number;
CREATE INDEX runs_turn ON runs (turn);
DROP INDEX runs_active;
CREATE INDEX runs_state ON runs (state, number);
CREATE INDEX runs_last_turn ON runs (learner, turn);
CREATE VIEW line AS
    SELECT id, learner, number, slot, max(turn, coalesce((
        SELECT max(turn) FROM runs AS own WHERE own.learner = waiting.learner AND own.state <> 'queued' AND own.attempt > 0), 0)) AS rank
    FROM runs AS waiting WHERE state IN {WAITING};
"""
NEXT_TURN = "(SELECT coalesce(max(turn), 0) + 1 FROM runs)"

SCHEMA = """
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
CREATE INDEX runs_active ON runs (state, number) WHERE state IN ('queued', 'preempted', 'starting', 'running', 'paused');
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
    """A connection that commits each statement by itself. Waits 5 s for another writer, then raises OperationalError.

    Raises SpecError("store_too_new") when a newer Firstlight has changed the store.
    """
    path = home() / "store.sqlite"
    if not path.exists():
        _create(path)
    file = (os.getpid(), str(path), path.stat().st_ino)        # a folder may have been removed and made anew
    db = _unused(file) or sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)    # one thread at a time has it
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = NORMAL")
        if _version(db) != VERSION:
            _upgrade(db)
        yield db
    except BaseException:
        db.close()
        raise
    if db.in_transaction:                          # a rollback that failed
        db.close()
        return
    _unused_ones.append((file, db))
    while len(_unused_ones) > KEPT:
        with contextlib.suppress(IndexError):      # another thread was faster
            _unused_ones.popleft()[1].close()


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


def _unused(file: tuple[int, str, int]) -> sqlite3.Connection | None:
    """A connection to this very file that nobody has at the moment: opening one takes longer than most questions."""
    while _unused_ones:
        with contextlib.suppress(IndexError):
            known, db = _unused_ones.pop()
            if known == file:
                return db
            db.close()
    return None


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
        db.executescript(SCHEMA + TURNS + f"PRAGMA user_version = {VERSION}")
        db.close()
        aside.replace(path)
    finally:
        lock.release()


def _version(db: sqlite3.Connection) -> int:
    return db.execute("PRAGMA user_version").fetchone()[0] or 1        # version 1 did not say so


def _upgrade(db: sqlite3.Connection) -> None:
    """Bring an older store up to date, whoever opens it first."""
    with transaction(db):
        version = _version(db)
        if version > VERSION:
            raise SpecError("store_too_new", version=version, known=VERSION)
        if version < VERSION:
            for statement in filter(str.strip, TURNS.split(";\n")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
