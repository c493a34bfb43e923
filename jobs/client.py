"""What pages and ui may ask of jobs. Plain functions over the store; a run is named by its id.

Importing this file costs no torch. Each function may be called from any thread of any web process on the host.
"""

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass

from core.errors import SpecError
from core.files import write_atomic
from jobs import queue, starter
from jobs.artifacts import artifact, is_plain  # noqa: F401  (artifact is part of the contract)
from jobs.home import home, run_folder
from jobs.kinds import JOBS
from jobs.limits import limits
from jobs.store import ACTIVE, opened, transaction


@dataclass(frozen=True)
class Status:
    """A run as it stands. Times are seconds at work, without waiting and pauses."""

    id: str
    kind: str
    spec: dict
    state: str                     # queued, starting, running, paused, preempted, done, stopped, failed, diverged or lost
    cause: dict | None             # {"code": ..., facts} when it did not simply end
    done: int
    total: int
    elapsed_s: float
    remaining_s: float | None      # at the speed so far; None while nothing is known
    place: int | None              # in the queue, 1 is next; None when not waiting
    attempt: int                   # 0 until a worker first took it

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


def status(run: str) -> Status | None:
    """The run as it stands, None when there is no such run. Revives the service when a waiting or working run has none."""
    with opened() as db:
        row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        found = _status(db, row) if row else None
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
        row = db.execute("SELECT learner, state, attempt FROM runs WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise SpecError("unknown_run", run=run)
        if row["learner"] != learner:
            raise SpecError("not_owner", run=run)
        if name == "stop" and row["state"] in ("queued", "preempted"):
            queue.end(db, run, row["attempt"], "stopped", None)
        elif row["state"] in ACTIVE:
            db.execute("INSERT INTO commands (run, name, args) VALUES (?, ?, ?)", (run, name, json.dumps(args)))


def stop(run: str, learner: str) -> None:
    """End the run and keep what it has. Raises SpecError: "unknown_run", "not_owner"."""
    command(run, learner, "stop")


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
    starter.ensure_service()


def _status(db: sqlite3.Connection, row: sqlite3.Row) -> Status:
    done, total, elapsed_s = row["done"], row["total"], row["elapsed_s"]
    known = done > 0 and total >= done and row["state"] in ACTIVE
    return Status(
        id=row["id"],
        kind=row["kind"],
        spec=json.loads(row["spec"]),
        state=row["state"],
        cause=json.loads(row["cause"]) if row["cause"] else None,
        done=done,
        total=total,
        elapsed_s=elapsed_s,
        remaining_s=elapsed_s * (total - done) / done if known else None,
        place=queue.place(db, row["number"]) if row["state"] == "queued" else None,
        attempt=row["attempt"],
    )
