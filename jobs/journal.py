"""What a worker writes about its run, and what it reads: records out, commands in, one transaction each.

Every write names the attempt. When the service has given the run up in the meantime, the write is refused
(`Superseded`), so that a worker that outlived its service can never add to a run that is no longer its own.
"""

import json
import os
import sqlite3
import time

from jobs.kinds import Job
from jobs.store import AT_WORK, ENDED, NEXT_TURN, one_of, transaction

FLUSH_S = 0.2      # records wait at most so long, while they come
BEAT_S = 1.0       # sign of life while nothing else is written
END_PAUSES_S = (0.1, 0.5, 2.0)
ONCE = ("changed", "refused", "resumed")              # records of what a learner or the system did; never computed again


class Superseded(Exception):
    """The run has ended or has a newer attempt: nothing that we hold belongs in the store."""


class Clock:
    """Seconds at work; stands still during a pause."""

    def __init__(self, before_s: float = 0.0) -> None:
        self._sum, self._since = before_s, time.monotonic()

    def read(self) -> float:
        return self._sum + (time.monotonic() - self._since if self._since is not None else 0.0)

    def hold(self) -> None:
        self._sum, self._since = self.read(), None

    def go(self) -> None:
        if self._since is None:
            self._since = time.monotonic()


class Journal:
    """One attempt's pen. Progress is (done, total) as the job last told it."""

    def __init__(self, db: sqlite3.Connection, run: str, attempt: int) -> None:
        self.db, self.run, self.attempt = db, run, attempt
        self.row = db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        if self.row is None:
            raise Superseded(run)                  # deleted before its worker was up
        self.seq = db.execute("SELECT coalesce(max(seq), 0) FROM events WHERE run = ?", (run,)).fetchone()[0]
        self.clock = Clock(self.row["elapsed_s"])
        self.progress = (self.row["done"], self.row["total"])
        self.state = "starting"
        self.resumed_after = json.loads(self.row["cause"]) if self.row["cause"] else None
        self._changed: list[dict] = []             # by the learner, in earlier attempts
        self._told = self._steps_told() if attempt > 1 else set()
        self.lines: list[tuple] = []
        self.written = 0.0                         # monotonic

    def add(self, record: dict) -> None:
        """Stamp a record and keep it for the next write. Raises TypeError when it is not plain JSON.

        A job that goes on from its last checkpoint computes again what it has told since: that is not told twice.
        """
        if self._told and _name(record) in self._told:
            return
        self.seq += 1
        text = json.dumps({**record, "at_s": round(self.clock.read(), 4)}, separators=(",", ":"))
        self.lines.append((self.run, self.seq, self.attempt, text))

    def enter(self, state: str) -> None:
        """Go on in another state of work, visible at once."""
        self.state = state
        self._write(state)
        self.written = 0.0                         # the first record after it is shown at once too

    def flush_when_due(self) -> None:
        if time.monotonic() - self.written >= (FLUSH_S if self.lines else BEAT_S):
            self.flush()

    def flush(self, durable: bool = False) -> None:
        """Write what there is; durable: so that not even a power cut takes it back."""
        self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._write(self.state)

    def catch_up(self, job: Job) -> None:
        """Tell a job that goes on what it has told already, and what was changed just before it was killed."""
        job.told_step = max((step for _, *steps in self._told for step in steps), default=0)
        for record in self._changed:
            if record["step"] == job.progress()[0]:
                job.command(record["command"], record["args"])

    def end(self, state: str, cause: dict | None) -> None:
        """The last records and the end itself, or the end of a turn, together. Tries again, because nothing later would make up for it."""
        ended = time.time() if state in ENDED else None
        for pause_s in END_PAUSES_S:
            try:
                return self._write(state, cause, ended)
            except sqlite3.OperationalError:
                time.sleep(pause_s)
        self._write(state, cause, ended)

    def commands(self) -> list[tuple[str, dict]]:
        """The commands that came since the last look; each is handed out once, and none to an attempt that was given up."""
        rows = self.db.execute(
            f"""SELECT seq, name, args FROM commands WHERE run = ? AND taken = 0
                    AND EXISTS (SELECT 1 FROM runs WHERE id = run AND attempt = ? AND state IN {one_of(AT_WORK)}) ORDER BY seq""",
            (self.run, self.attempt),
        ).fetchall()
        if rows:
            with transaction(self.db):             # all are taken or none: what is not handed out must still wait
                self.db.executemany("UPDATE commands SET taken = ? WHERE seq = ?", [(self.attempt, row["seq"]) for row in rows])
        return [(row["name"], json.loads(row["args"])) for row in rows]

    def owner_away(self, most_s: float | None) -> bool:
        """Whether nobody with the right to stop this run has looked at it for so long; never without a limit."""
        seen = self.db.execute("SELECT seen FROM runs WHERE id = ?", (self.run,)).fetchone()["seen"]
        return most_s is not None and seen is not None and time.time() - seen > most_s

    def _write(self, state: str, cause: dict | None = None, ended: float | None = None) -> None:
        now, at_work = time.time(), state in AT_WORK
        with transaction(self.db):
            changed = self.db.execute(
                f"""UPDATE runs SET state = ?, cause = ?, ended = ?, done = ?, total = ?, elapsed_s = ?, heartbeat = ?, pid = ?,
                        started = coalesce(started, ?), turn = {"turn" if at_work else NEXT_TURN}
                    WHERE id = ? AND attempt = ? AND state IN {one_of(AT_WORK)}""",
                (state, json.dumps(cause, default=str) if cause else None, ended, *self.progress, self.clock.read(), now,
                 os.getpid() if at_work or ended else None, now, self.run, self.attempt),
            )
            if changed.rowcount == 0:
                raise Superseded(self.run)
            self.db.executemany("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, ?, ?)", self.lines)
        self.lines.clear()
        self.written = time.monotonic()

    def _steps_told(self) -> set[tuple]:
        records = [json.loads(row["json"]) for row in self.db.execute("SELECT json FROM events WHERE run = ? ORDER BY seq", (self.run,))]
        self._changed = [record for record in records if record["type"] == "changed"]
        return {_name(record) for record in records} - {None}


def _name(record: dict) -> tuple | None:
    """What makes a record the same one when it is computed again: its type and step. None for what only happens once."""
    if record["type"] == "start":
        return ("start",)
    return (record["type"], record["step"]) if "step" in record and record["type"] not in ONCE else None
