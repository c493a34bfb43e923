"""The queue's rules: who may enter, who is next, who waits where. Every function is called with an open store."""

import json
import secrets
import sqlite3
import time

from core.errors import SpecError
from jobs.limits import Limits
from jobs.store import ACTIVE, AT_WORK, one_of, transaction


def enter(db: sqlite3.Connection, kind: str, spec: dict, learner: str, key: str | None, limits: Limits) -> str:
    """The id of the new run, or of the run that this key already made.

    Raises SpecError("already_queued") when the learner has his share, SpecError("queue_full") when every place is taken.
    """
    with transaction(db):                          # two clicks at once must not both find the last place free
        if key is not None:
            known = db.execute("SELECT id FROM runs WHERE learner = ? AND key = ?", (learner, key)).fetchone()
            if known:
                return known["id"]
        own = db.execute(f"SELECT count(*) FROM runs WHERE learner = ? AND state IN {one_of(ACTIVE)}", (learner,)).fetchone()[0]
        if own >= limits.per_learner:
            raise SpecError("already_queued", limit=limits.per_learner)
        waiting = db.execute("SELECT count(*) FROM runs WHERE state = 'queued'").fetchone()[0]
        if waiting >= limits.queue:
            raise SpecError("queue_full", size=limits.queue)
        run = _fresh_id(db)
        db.execute(
            "INSERT INTO runs (id, learner, kind, spec, state, created, key) VALUES (?, ?, ?, ?, 'queued', ?, ?)",
            (run, learner, kind, json.dumps(spec), time.time(), key),
        )
    return run


def take_next(db: sqlite3.Connection) -> sqlite3.Row | None:
    """Give the oldest waiting run whose learner has none at work to a worker: its row, now `starting`, one attempt higher."""
    with transaction(db):
        row = db.execute(
            f"""SELECT id FROM runs AS waiting WHERE state = 'queued' AND NOT EXISTS (
                    SELECT 1 FROM runs AS own WHERE own.learner = waiting.learner AND own.state IN {one_of(AT_WORK)})
                ORDER BY number LIMIT 1"""
        ).fetchone()
        if row is None:
            return None
        db.execute("UPDATE runs SET state = 'starting', attempt = attempt + 1, pid = NULL WHERE id = ?", (row["id"],))
        return db.execute("SELECT * FROM runs WHERE id = ?", (row["id"],)).fetchone()


def place(db: sqlite3.Connection, number: int) -> int:
    """How far from the front a waiting run is; 1 is next."""
    return db.execute("SELECT count(*) FROM runs WHERE state = 'queued' AND number <= ?", (number,)).fetchone()[0]


def any_waiting(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT EXISTS (SELECT 1 FROM runs WHERE state = 'queued')").fetchone()[0] == 1


def end(db: sqlite3.Connection, run: str, attempt: int, state: str, cause: dict | None) -> bool:
    """End a run from outside its worker. False when it has ended already or a later attempt is at work."""
    changed = db.execute(
        f"UPDATE runs SET state = ?, cause = ?, ended = ? WHERE id = ? AND attempt = ? AND state IN {one_of(ACTIVE)}",
        (state, json.dumps(cause) if cause else None, time.time(), run, attempt),
    )
    return changed.rowcount == 1


def _fresh_id(db: sqlite3.Connection) -> str:
    while True:
        run = secrets.token_hex(4)
        if not db.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone():
            return run
