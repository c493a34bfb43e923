"""What pages and ui may ask of jobs. Plain functions over the store; a run is named by its id.

Importing this file costs no torch. Each function may be called from any thread of any web process on the host.
"""

import hashlib
import json
import os
import sqlite3
import time
from dataclasses import dataclass

from core.errors import SpecError
from core.files import write_atomic
from jobs import cleanup, queue, starter
from jobs.artifacts import artifact, is_plain  # noqa: F401  (artifact is part of the contract)
from jobs.home import home, keeps, run_folder  # noqa: F401  (keeps is part of the contract)
from jobs.kinds import JOBS
from jobs.limits import limits
from jobs.store import ACTIVE, AT_WORK, NEXT_TURN, WAITING, one_of, opened, transaction

LONGEST_TITLE = 60
HEARD = ("running", "paused")      # a run that starts may still be silent
SEEN_S = 30.0                      # how exactly it is known when an owner last looked


@dataclass(frozen=True)
class Status:
    """A run as it stands. Times are seconds at work, without waiting and pauses."""

    id: str
    kind: str
    spec: dict
    title: str                     # the learner's own name for it, "" without one
    state: str                     # one of store.ACTIVE and store.ENDED
    cause: dict | None             # {"code": ..., facts} when it did not simply end, or was interrupted
    done: int
    total: int
    elapsed_s: float
    silent_s: float                # since a run at work was last heard of; 0 when nothing is expected
    remaining_s: float | None      # at the speed so far; None while nothing is known
    place: int | None              # in the queue, 1 is next; None when not waiting
    wait_s: float | None           # until its turn, at the speeds measured so far; None when not waiting
    others: int                    # other runs at work at this moment
    attempt: int                   # turns so far; 0 until a worker first took it
    created: float                 # wall clock, as `ended`
    ended: float | None
    resumable: bool                # `resume` would go on with it

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


@dataclass(frozen=True)
class Event:
    seq: int
    record: dict


def submit(kind: str, spec: dict, learner: str, key: str | None = None) -> str:
    """Queue a run and return its id. The same learner and key give the same run, so that a double click makes one.

    Raises SpecError: "unknown_kind", "already_queued", "queue_full".
    """
    if kind not in JOBS:
        raise SpecError("unknown_kind", kind=kind, known=", ".join(JOBS))
    with opened() as db:
        run = queue.enter(db, kind, spec, learner, key, limits())
    starter.ensure_service()
    return run


def status(run: str, learner: str | None = None) -> Status | None:
    """The run as it stands, None when there is no such run. Revives the service when a waiting or working run has none.

    learner: who is looking. As long as its owner looks now and then, a run goes on; see `Limits.away_s`.
    """
    with opened() as db:
        row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        found = _status(db, row) if row else None
        if found and found.active and row["learner"] == learner and time.time() - (row["seen"] or 0.0) > SEEN_S:
            db.execute("UPDATE runs SET seen = ? WHERE id = ?", (time.time(), run))
    if found and found.active:
        starter.ensure_service()
    return found


def events(run: str, after: int = 0) -> list[Event]:
    """What the run has told since the event numbered `after`, in order; 0 means from the start."""
    with opened() as db:
        rows = db.execute("SELECT seq, json FROM events WHERE run = ? AND seq > ? ORDER BY seq", (run, after)).fetchall()
    return [Event(row["seq"], json.loads(row["json"])) for row in rows]


def command(run: str, learner: str, name: str, **args: object) -> None:
    """Ask the run for something between two records: "pause", "step", "resume", "stop" or a word of its kind.

    A run that has ended takes no commands, and that is no error: the click may have crossed its end.
    Raises SpecError: "unknown_run", "not_owner".
    """
    with opened() as db, transaction(db):
        state = _own(db, run, learner)["state"]
        if name == "stop" and state not in AT_WORK:
            queue.leave(db, run)
        elif state == "preempted" and name == "pause":
            db.execute("UPDATE runs SET state = 'parked' WHERE id = ?", (run,))
        elif state in ACTIVE:
            db.execute("INSERT INTO commands (run, name, args) VALUES (?, ?, ?)", (run, name, json.dumps(args)))
            if state == "parked" and name in ("resume", "step"):
                db.execute(f"UPDATE runs SET state = 'preempted', turn = {NEXT_TURN} WHERE id = ?", (run,))


def stop(run: str, learner: str) -> None:
    """End the run and keep what it has. Raises SpecError: "unknown_run", "not_owner"."""
    command(run, learner, "stop")


def resume(run: str, learner: str) -> None:
    """Go on with a run that was interrupted or stopped, from its last checkpoint.

    Raises SpecError: "unknown_run", "not_owner", "not_resumable", and as `submit` does.
    """
    with opened() as db:
        _own(db, run, learner)
        queue.enter_again(db, run, limits())
    starter.ensure_service()


def rename(run: str, learner: str, title: str) -> None:
    """Give the run a name of the learner's own; "" takes it away. Raises SpecError: "unknown_run", "not_owner"."""
    with opened() as db:
        _own(db, run, learner)
        shown = "".join(c for c in title if c.isprintable()).strip()[:LONGEST_TITLE]
        db.execute("UPDATE runs SET title = ? WHERE id = ?", (shown, run))


def delete(run: str, learner: str) -> None:
    """Forget an ended run and its files. Raises SpecError: "unknown_run", "not_owner", "still_active"."""
    with opened() as db:
        _own(db, run, learner)
        if not cleanup.forget(db, run):
            _own(db, run, learner)                 # somebody else may have been faster
            raise SpecError("still_active", run=run)


def owns(run: str, learner: str) -> bool:
    """Whether the learner may stop and change the run; everybody else only reads it."""
    with opened() as db:
        return db.execute("SELECT 1 FROM runs WHERE id = ? AND learner = ?", (run, learner)).fetchone() is not None


def list_runs(learner: str, kind: str | None = None) -> list[Status]:
    """The learner's runs, newest first."""
    with opened() as db:
        rows = db.execute(
            "SELECT * FROM runs WHERE learner = ? AND (? IS NULL OR kind = ?) ORDER BY number DESC", (learner, kind, kind)
        ).fetchall()
        return [_status(db, row) for row in rows]


def put(learner: str, name: str, data: bytes) -> str:
    """Keep an uploaded file and return the id under which `artifact` finds it; the same upload gives the same id.

    Raises SpecError("bad_name") when name is not a plain file name.
    """
    if not is_plain(name):
        raise SpecError("bad_name", name=name)
    seal = hashlib.sha256(learner.encode() + b"\0" + name.encode() + b"\0")    # so that nobody can aim at another's file
    seal.update(data)
    upload = "up" + seal.hexdigest()[:8]
    write_atomic(run_folder(upload) / name, lambda file: file.write(data))
    return upload


def wake() -> None:
    """Have the service up and torch loaded before the first click, and keep an idle one for another while."""
    lock = home() / "service.lock"
    if lock.exists():
        os.utime(lock)
    starter.ask_limits()
    starter.ensure_service()


def _own(db: sqlite3.Connection, run: str, learner: str) -> sqlite3.Row:
    """The run, if it is the learner's to change. Raises SpecError: "unknown_run", "not_owner"."""
    row = db.execute("SELECT learner, state FROM runs WHERE id = ?", (run,)).fetchone()
    if row is None:
        raise SpecError("unknown_run", run=run)
    if row["learner"] != learner:
        raise SpecError("not_owner", run=run)
    return row


def _status(db: sqlite3.Connection, row: sqlite3.Row) -> Status:
    done, total, elapsed_s, active = row["done"], row["total"], row["elapsed_s"], row["state"] in ACTIVE
    known = done > 0 and total >= done and active
    place, wait_s = queue.forecast(db, limits()).get(row["id"], (None, None)) if row["state"] in WAITING else (None, None)
    at_work = db.execute(f"SELECT count(*) FROM runs WHERE state IN {one_of(AT_WORK)}").fetchone()[0] if active else 0
    return Status(
        id=row["id"],
        kind=row["kind"],
        spec=json.loads(row["spec"]),
        title=row["title"],
        state=row["state"],
        cause=json.loads(row["cause"]) if row["cause"] else None,
        done=done,
        total=total,
        elapsed_s=elapsed_s,
        silent_s=max(0.0, time.time() - row["heartbeat"]) if row["state"] in HEARD and row["heartbeat"] else 0.0,
        remaining_s=elapsed_s * (total - done) / done if known else None,
        place=place,
        wait_s=wait_s,
        others=at_work - (row["state"] in AT_WORK) if active else 0,
        attempt=row["attempt"],
        created=row["created"],
        ended=row["ended"],
        resumable=not active and queue.may_go_on(row["state"], row["cause"]),
    )
