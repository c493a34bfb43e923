"""The queue's rules: who may enter, who is next, who waits where. Every function is called with an open store."""

import heapq
import json
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from itertools import count

from core.errors import SpecError
from jobs.limits import Limits
from jobs.store import ACTIVE, AT_WORK, NEXT_TURN, WAITING, one_of, transaction

STOP_ASKED = "EXISTS (SELECT 1 FROM commands WHERE run = runs.id AND name = 'stop' AND taken IN (0, attempt))"
RESUMABLE = ("lost", "stopped")                    # and a run that failed for one of these, none of which is its own fault:
SURVIVED = ("worker_killed", "gpu_restarted", "not_saved")
# Whoever has a run at work lets all others pass.
IN_LINE = f"EXISTS (SELECT 1 FROM runs AS own WHERE own.learner = line.learner AND own.state IN {one_of(AT_WORK)}), rank, line.number"
SET_ASIDE = "CASE state WHEN 'paused' THEN 'parked' ELSE 'preempted' END"           # what was paused waits for its learner


def enter(db: sqlite3.Connection, kind: str, spec: dict, learner: str, key: str | None, limits: Limits) -> str:
    """The id of the new run, or of the run that this key already made.

    Raises SpecError("already_queued") when the learner has his share, SpecError("queue_full") when every place is taken.
    """
    with transaction(db):                          # two clicks at once must not both find the last place free
        if key is not None:
            known = db.execute("SELECT id FROM runs WHERE learner = ? AND key = ?", (learner, key)).fetchone()
            if known:
                return known["id"]
        _admit(db, learner, limits)
        run, now = _fresh_id(db), time.time()
        slot = "cpu" if spec.get("device", "cpu") == "cpu" else "gpu"
        db.execute(
            f"""INSERT INTO runs (id, learner, kind, spec, state, created, seen, key, slot, turn)
                VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, {NEXT_TURN})""",
            (run, learner, kind, json.dumps(spec), now, now, key, slot),
        )
    return run


def enter_again(db: sqlite3.Connection, run: str, limits: Limits) -> None:
    """Put a run that was interrupted or stopped back into the line. Raises as `enter` does, and SpecError("not_resumable")."""
    with transaction(db):
        row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        if row["state"] in ACTIVE:                 # two clicks
            return
        if not may_go_on(row["state"], row["cause"]):
            raise SpecError("not_resumable", run=run)
        _admit(db, row["learner"], limits)
        db.execute("DELETE FROM commands WHERE run = ? AND taken = 0", (run,))      # what ended it must not end it again
        cause = row["cause"] or json.dumps({"code": "continued"})
        db.execute(
            f"UPDATE runs SET state = 'preempted', cause = ?, ended = NULL, resumes = 0, seen = ?, turn = {NEXT_TURN} WHERE id = ?",
            (cause, time.time(), run),
        )


def may_go_on(state: str, cause: str | None) -> bool:
    """Whether an ended run can be taken up where it stopped."""
    return state in RESUMABLE or (state == "failed" and cause is not None and json.loads(cause)["code"] in SURVIVED)


def take_next(db: sqlite3.Connection, slot: str = "cpu") -> sqlite3.Row | None:
    """Give the first waiting run whose learner has none at work to a worker: its row, now `starting`, one attempt higher."""
    with transaction(db):
        row = db.execute(
            f"""SELECT id FROM line WHERE slot = ? AND NOT EXISTS (
                    SELECT 1 FROM runs AS own WHERE own.learner = line.learner AND own.state IN {one_of(AT_WORK)})
                ORDER BY rank, number LIMIT 1""", (slot,)
        ).fetchone()
        if row is None:
            return None
        db.execute("DELETE FROM commands WHERE run = ? AND name = 'yield' AND taken = 0", (row["id"],))        # meant for its last turn
        db.execute(
            "UPDATE runs SET state = 'starting', attempt = attempt + 1, before_s = elapsed_s, pid = NULL WHERE id = ?", (row["id"],)
        )
        return db.execute("SELECT * FROM runs WHERE id = ?", (row["id"],)).fetchone()


def could_start(db: sqlite3.Connection, slot: str) -> int:
    """How many learners wait for such a worker and have none at work: for so many a run at work may have to make room."""
    return db.execute(
        f"""SELECT count(DISTINCT learner) FROM line WHERE slot = ? AND NOT EXISTS (
                SELECT 1 FROM runs AS own WHERE own.learner = line.learner AND own.state IN {one_of(AT_WORK)})""", (slot,)
    ).fetchone()[0]


def forecast(db: sqlite3.Connection, limits: Limits) -> dict[str, tuple[int, float]]:
    """For every waiting run its place, 1 is next, and the seconds until its turn."""
    waiting = db.execute(f"SELECT id FROM line ORDER BY {IN_LINE}").fetchall()
    found: dict[str, tuple[int, float]] = {}
    places = {row["id"]: place for place, row in enumerate(waiting, start=1)}
    for run, begins, _, _ in _turns(db, limits):
        if run in places:
            found[run] = places.pop(run), begins
        if not places:
            break
    return found


def _turns(db: sqlite3.Connection, limits: Limits) -> Iterator[tuple[str, float, float, bool]]:
    """The line played forward in order of time: (run, when its turn begins, when it ends, whether that is the end of the run).

    Seconds from now; those at work come first. Each run gets its turn, or its rest at the speed measured so far where that is shorter.
    """
    at_work = db.execute(f"SELECT * FROM runs WHERE state IN {one_of(AT_WORK)}").fetchall()
    waiting = db.execute(f"SELECT runs.* FROM line JOIN runs USING (id) ORDER BY {IN_LINE}").fetchall()
    usual = {kind: _usual_s(db, kind, limits) for kind in {row["kind"] for row in (*at_work, *waiting)}}
    line = {slot: deque((row["id"], _rest_s(row, usual)) for row in waiting if row["slot"] == slot) for slot in ("cpu", "gpu")}
    free: list[tuple[float, int, str, tuple[str, float] | None]] = []      # when each worker is free, and whose run then goes back
    ticket = count()
    for row in at_work:
        left, rest = max(limits.turn_s - (row["elapsed_s"] - row["before_s"]), 0.0), _rest_s(row, usual)
        yield row["id"], 0.0, min(left, rest), rest <= left
        heapq.heappush(free, (min(left, rest), next(ticket), row["slot"], None if rest <= left else (row["id"], rest - left)))
    for slot, workers in (("cpu", limits.workers), ("gpu", limits.gpu_workers)):
        for _ in range(workers - sum(row["slot"] == slot for row in at_work)):
            heapq.heappush(free, (0.0, next(ticket), slot, None))
    while free:
        begins, _, slot, back = heapq.heappop(free)
        if back:
            line[slot].append(back)
        if line[slot]:
            run, rest = line[slot].popleft()
            lasts = min(limits.turn_s, rest)
            yield run, begins, begins + lasts, rest <= lasts
            heapq.heappush(free, (begins + lasts, next(ticket), slot, None if rest <= lasts else (run, rest - lasts)))


def any_waiting(db: sqlite3.Connection) -> bool:
    return db.execute(f"SELECT EXISTS (SELECT 1 FROM runs WHERE state IN {one_of(WAITING)})").fetchone()[0] == 1


def end(db: sqlite3.Connection, run: str, attempt: int, state: str, cause: dict | None) -> bool:
    """End the run of a worker that is gone. False when it has ended already, gave its place back or has a later attempt."""
    changed = db.execute(
        f"""UPDATE runs SET state = ?, cause = ?, ended = ?, turn = {NEXT_TURN}
            WHERE id = ? AND attempt = ? AND state IN {one_of(AT_WORK)}""",
        (state, json.dumps(cause) if cause else None, time.time(), run, attempt),
    )
    return changed.rowcount == 1


def go_on_later(db: sqlite3.Connection, run: str, attempt: int, cause: dict, most: int) -> bool:
    """Put the run of a worker that is gone back to where it stood in the line. False when that has happened `most` times already."""
    changed = db.execute(
        f"""UPDATE runs SET state = {SET_ASIDE}, cause = ?, resumes = resumes + 1, pid = NULL
            WHERE id = ? AND attempt = ? AND resumes < ? AND state IN {one_of(AT_WORK)}""",
        (json.dumps(cause), run, attempt, most),
    )
    return changed.rowcount == 1


def told_to_stop(db: sqlite3.Connection, run: str) -> bool:
    """Whether its learner has pressed Stop since this attempt began or before; what ends its worker then is the end of the run."""
    return db.execute(f"SELECT 1 FROM runs WHERE id = ? AND {STOP_ASKED}", (run,)).fetchone() is not None


def leave(db: sqlite3.Connection, run: str) -> None:
    """End a run that no worker has."""
    db.execute(
        f"UPDATE runs SET state = 'stopped', cause = NULL, ended = ? WHERE id = ? AND state IN {one_of((*WAITING, 'parked'))}",
        (time.time(), run),
    )


def catch_up(db: sqlite3.Connection) -> None:
    """Obey what learners said while workers gave their runs back and listened no more: Stop, and Resume or Step after a pause."""
    late = "EXISTS (SELECT 1 FROM commands WHERE run = runs.id AND taken = 0 AND name IN {})"
    stopped = f"SELECT id FROM runs WHERE state IN {one_of((*WAITING, 'parked'))} AND {late.format(one_of(('stop',)))}"
    for row in db.execute(stopped).fetchall():
        leave(db, row["id"])
    wanted = late.format(one_of(("resume", "step")))
    db.execute(f"UPDATE runs SET state = 'preempted', turn = {NEXT_TURN} WHERE state = 'parked' AND {wanted}")


def _admit(db: sqlite3.Connection, learner: str, limits: Limits) -> None:
    own = db.execute(f"SELECT count(*) FROM runs WHERE learner = ? AND state IN {one_of(ACTIVE)}", (learner,)).fetchone()[0]
    if own >= limits.per_learner:
        raise SpecError("already_queued", limit=limits.per_learner)
    if db.execute(f"SELECT count(*) FROM runs WHERE state IN {one_of(WAITING)}").fetchone()[0] >= limits.queue:
        raise SpecError("queue_full", size=limits.queue, minutes=max(1, round(_place_free_s(db, limits) / 60)))


def _place_free_s(db: sqlite3.Connection, limits: Limits) -> float:
    """Seconds until the first of all runs has ended: only then is there one less. At most an hour."""
    soonest = 3600.0
    for _, begins, ends, over in _turns(db, limits):
        if begins >= soonest:
            break
        soonest = min(soonest, ends) if over else soonest
    return soonest


def _usual_s(db: sqlite3.Connection, kind: str, limits: Limits) -> float:
    """Seconds at work of the latest runs of a kind; one turn while there is none."""
    found = db.execute(
        "SELECT avg(elapsed_s) FROM (SELECT elapsed_s FROM runs WHERE kind = ? AND state = 'done' ORDER BY number DESC LIMIT 20)", (kind,)
    ).fetchone()[0]
    return limits.turn_s if found is None else found


def _rest_s(row: sqlite3.Row, usual: dict[str, float]) -> float:
    """What is left of a run at the speed measured so far."""
    if row["done"] > 0 and row["total"] >= row["done"]:
        return row["elapsed_s"] * (row["total"] - row["done"]) / row["done"]
    return usual[row["kind"]]


def _fresh_id(db: sqlite3.Connection) -> str:
    while True:
        run = secrets.token_hex(4)
        if not db.execute("SELECT 1 FROM runs WHERE id = ?", (run,)).fetchone():
            return run
