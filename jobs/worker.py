"""One run in a process of its own: make the job, write down what it tells, obey between two records, keep its files."""

import json
import multiprocessing
import os
import sqlite3
import sys
import threading
import time
import traceback
from pathlib import Path

from core.errors import SpecError
from jobs.home import run_folder
from jobs.journal import Journal, Superseded
from jobs.kinds import Job, load
from jobs.limits import limits
from jobs.store import opened

LOOK_S = 0.1           # how often commands are looked for
PAUSED_LOOK_S = 0.02   # the same while nothing else is to do
ORPHAN_GRACE_S = 5.0   # from the death of the service until a worker that hangs is ended by itself

NOTHING_LEFT = object()


class Orphaned(Exception):
    """The service is gone, and with it whoever would watch over this worker."""


class Forgotten(Exception):
    """The run was paused and nobody came back for it."""


def run(run_id: str, attempt: int, target: str) -> None:
    """Entry of the worker process. target is the job's "module:class"."""
    folder = run_folder(run_id)
    folder.mkdir(parents=True, exist_ok=True)
    _speak_into(folder / "worker.log")
    if hasattr(os, "nice"):
        os.nice(10)                                # pages answer before trainings go on
    threading.Thread(target=_end_with_service, daemon=True).start()
    with opened() as db:
        journal = Journal(db, run_id, attempt)
        try:
            journal.enter("starting")
            state, cause = carry_out(journal, target, folder)
            journal.end(state, cause)
        except Superseded:
            return


def carry_out(journal: Journal, target: str, folder: Path) -> tuple[str, dict | None]:
    """Run the job until it ends in one way or another: (end state, cause). Its files are written before it returns."""
    try:
        kind = load(target)
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)               # shared cores: two threads are 16-60 times slower than one
        job = kind(json.loads(journal.row["spec"]), folder if journal.attempt > 1 else None)
        journal.enter("running")
        state, cause = _drain(job, journal, folder)
        job.save(folder)
        return state, cause
    except Superseded:
        raise
    except SpecError as error:
        return "failed", {"code": error.code, **error.facts}
    except Exception as error:
        traceback.print_exc()                      # into worker.log; the learner reads only the last line
        return "failed", {"code": "crashed", "error": f"{type(error).__name__}: {error}"}


def _drain(job: Job, journal: Journal, folder: Path) -> tuple[str, dict | None]:
    try:
        state, cause = attend(job, journal, folder), None
    except Orphaned:
        state, cause = "lost", {"code": "service_restarted"}
    except Forgotten:
        state, cause = "stopped", {"code": "paused_too_long", "minutes": round(limits().pause_s / 60)}
    except SpecError as error:
        if error.code != "non_finite_loss":
            raise
        state, cause = "diverged", {"code": error.code, **error.facts}
    journal.progress = job.progress()
    return state, cause


def attend(job: Job, journal: Journal, folder: Path) -> str:
    """Drain the job's records and obey its learner: "done" or "stopped". Raises the classes above and what the job raises."""
    desk, records = Desk(job, journal), iter(job.records())
    while desk.may_go_on():
        record = next(records, NOTHING_LEFT)
        if record is NOTHING_LEFT:
            return "done"
        if record is not None:
            journal.add(record)
            desk.steps = max(0, desk.steps - 1)
            if record.get("type") == "epoch":
                job.save(folder)
        journal.progress = job.progress()
        _write_or_wait(journal)
    return "stopped"


def _write_or_wait(journal: Journal) -> None:
    """A full disk or a long lock delays the records and does not end the run."""
    try:
        journal.flush_when_due()
    except sqlite3.OperationalError:
        traceback.print_exc()


class Desk:
    """Where a run's commands are taken: may it go on, must it wait, must it end?"""

    def __init__(self, job: Job, journal: Journal) -> None:
        self.job, self.journal = job, journal
        self.paused, self.steps, self.looked = False, 0, 0.0
        self.heard = 0.0                           # when a command last came, monotonic

    def may_go_on(self) -> bool:
        """True when the next record may be computed, False when the run is to stop. Returns late while it is paused."""
        if not self.paused and time.monotonic() - self.looked < LOOK_S:
            return True
        while True:
            self.looked = time.monotonic()
            if _orphaned():
                raise Orphaned
            if not all(self._obey(name, args) for name, args in self._commands()):
                return False
            if not self.paused or self.steps:
                self._enter("running" if not self.paused else "paused")
                self.journal.clock.go()
                return True
            self.journal.clock.hold()
            self._enter("paused")
            if time.monotonic() - self.heard > limits().pause_s:
                raise Forgotten
            self.journal.flush_when_due()
            time.sleep(PAUSED_LOOK_S)

    def _commands(self) -> list[tuple[str, dict]]:
        """None while the store is locked: they wait for the next look."""
        try:
            return self.journal.commands()
        except sqlite3.OperationalError:
            traceback.print_exc()
            return []

    def _obey(self, name: str, args: dict) -> bool:
        """False when the run is to stop."""
        self.heard = time.monotonic()
        if name == "pause":
            self.paused = True
        elif name == "resume":
            self.paused, self.steps = False, 0
        elif name == "step":
            self.paused, self.steps = True, self.steps + 1
        elif name == "stop":
            return False
        else:
            try:
                self.job.command(name, args)
            except SpecError as error:
                self.journal.add({**error.facts, "type": "refused", "code": error.code, "command": name})
        return True

    def _enter(self, state: str) -> None:
        """A change of state, or a step's record, is shown at once."""
        if self.journal.state != state or (state == "paused" and self.journal.lines):
            self.journal.enter(state)


def _orphaned() -> bool:
    service = multiprocessing.parent_process()
    return service is not None and not service.is_alive()


def _end_with_service() -> None:
    """End a worker that cannot notice by itself, in a record that never comes, that its service is gone."""
    multiprocessing.parent_process().join()
    time.sleep(ORPHAN_GRACE_S)
    os._exit(1)


def _speak_into(log: Path) -> None:
    """Send this process's output to the run's own log."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
