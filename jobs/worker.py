"""One run in a process of its own: make the job, write down what it tells, obey between two records, keep its files."""

import contextlib
import json
import multiprocessing
import os
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from core.errors import SpecError
from jobs.home import run_folder
from jobs.journal import END_PAUSES_S, Journal, Superseded
from jobs.kinds import Job, load
from jobs.limits import limits
from jobs.store import ENDED, opened

LOOK_S = 0.1           # how often commands are looked for
PAUSED_LOOK_S = 0.02   # the same while nothing else is to do
ORPHAN_GRACE_S = 5.0   # from the death of the service until a worker that hangs is ended by itself
STICKY = 70            # exit code of a worker whose GPU answers nothing any more

QUIET = ("start", "snapshot", "reached")   # records that are no step of the work

NOTHING_LEFT = object()


class Orphaned(Exception):
    """The service is gone, and with it whoever would watch over this worker."""


class TurnOver(Exception):
    """Others wait, or the run was paused and nobody came back for it: save, and give the worker back."""


class Forgotten(Exception):
    """The same for a run that cannot go on later."""


def run(run_id: str, attempt: int, target: str) -> None:
    """Entry of a worker process for one run. target is the job's "module:class"."""
    _settle_in(limits().worker_mb)
    _one(run_id, attempt, target)


def serve(orders: Connection) -> None:
    """Entry of a worker process that takes runs in turn, because a GPU is slow to open: (run, attempt, target) in, run out when over."""
    _settle_in(None)
    while True:
        run_id, attempt, target = orders.recv()
        _one(run_id, attempt, target)
        if (torch := sys.modules.get("torch")) and torch.cuda.is_initialized():
            torch.cuda.empty_cache()
        orders.send(run_id)


def _one(run_id: str, attempt: int, target: str) -> None:
    folder = run_folder(run_id)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):             # of an attempt that was killed while it wrote
        left.unlink(missing_ok=True)
    _speak_into(folder / "worker.log")
    with opened() as db:
        try:
            journal = Journal(db, run_id, attempt)
            journal.enter("starting")
            state, cause = carry_out(journal, target, folder)
            journal.end(state, cause)
        except (Superseded, Orphaned):             # the next service finds an orphan's run at work without a worker, and decides
            return


def carry_out(journal: Journal, target: str, folder: Path) -> tuple[str, dict | None]:
    """Run the job until it ends in one way or another: (end state, cause). Its files are written before it returns."""
    try:
        kind = load(target)
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)               # shared cores: two threads are 16-60 times slower than one
        job = kind(json.loads(journal.row["spec"]), folder if journal.attempt > 1 else None)
        job.folder = folder
        if journal.resumed_after:                  # a turn that simply begins is not worth a word
            done, total = job.progress()
            journal.add({"type": "resumed", **journal.resumed_after, "attempt": journal.attempt, "done": done, "total": total})
        journal.catch_up(job)
        state, cause = _drain(job, journal)
        return _save_at_last(job, journal, state, cause)
    except (Superseded, Orphaned):
        raise
    except SpecError as error:
        return "failed", {"code": error.code, **error.facts}
    except Exception as error:
        traceback.print_exc()                      # into worker.log; the learner reads only the last line
        if _is_sticky(error):
            os._exit(STICKY)                       # nothing works in this process any more; the service goes on with the run in another
        return "failed", {"code": "crashed", "error": f"{type(error).__name__}: {error}"}


def _drain(job: Job, journal: Journal) -> tuple[str, dict | None]:
    desk = Desk(job, journal)
    try:
        state, cause = attend(job, journal, desk)
    except Orphaned:
        _save(job, journal)
        raise
    except TurnOver:
        state, cause = "parked" if desk.paused else "preempted", None
    except Forgotten:
        state, cause = "stopped", {"code": "paused_too_long", "seconds": round(limits().pause_s)}
    except SpecError as error:
        if error.code != "non_finite_loss":
            raise
        state, cause = "diverged", {"code": error.code, **error.facts}
    journal.progress = job.progress()
    return state, cause


def attend(job: Job, journal: Journal, desk: "Desk") -> tuple[str, dict | None]:
    """Drain the job's records and obey its learner: ("done" or "stopped", cause). Raises the classes above and what the job raises."""
    records, saved = iter(job.records()), time.monotonic()
    while desk.may_go_on():
        record = next(records, NOTHING_LEFT)
        if record is NOTHING_LEFT:
            return "done", None
        desk.begin()
        if record is not None:
            journal.add(record)
            desk.steps = max(0, desk.steps - (record["type"] not in QUIET))
        journal.progress = job.progress()
        epoch_over = record is not None and record["type"] == "epoch"
        if epoch_over or time.monotonic() - saved > limits().save_s:
            _save(job, journal)
            saved = time.monotonic()
        _write_or_wait(journal)
        if epoch_over and _owner_away(journal):
            return "stopped", {"code": "owner_away", "minutes": round(limits().away_s / 60)}
    return "stopped", None


def _save(job: Job, journal: Journal) -> bool:
    """Whether the job's files are written. What led up to them is told first, since a later attempt tells only what follows.

    A full disk or a locked store leaves the old files, from which everything can be computed again.
    """
    with _patience():
        journal.flush(durable=True)
    if journal.lines:
        return False
    try:
        job.save(job.folder)
    except OSError:
        traceback.print_exc()
        return False
    return True


def _save_at_last(job: Job, journal: Journal, state: str, cause: dict | None) -> tuple[str, dict | None]:
    """The files at the end of a run or of its turn. A run that has ended must have them; one that goes on later can do without."""
    for pause_s in (*END_PAUSES_S, 0.0):
        if _save(job, journal):
            return state, cause
        time.sleep(pause_s)
    return ("failed", {"code": "not_saved"}) if state in ENDED else (state, cause)


def _owner_away(journal: Journal) -> bool:
    """False also while the store does not answer."""
    with _patience():
        return journal.owner_away(limits().away_s)
    return False


def _write_or_wait(journal: Journal) -> None:
    """A full disk or a long lock delays the records and does not end the run."""
    with _patience():
        journal.flush_when_due()


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError:
        traceback.print_exc()


class Desk:
    """Where a run's commands are taken: may it go on, must it wait, must it end?"""

    def __init__(self, job: Job, journal: Journal) -> None:
        self.job, self.journal = job, journal
        self.paused, self.steps, self.looked = False, 0, 0.0
        self.turn_over = False                     # the service said so
        self.begun = False                         # until its first record a run is starting, which may take long
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
            if self.turn_over and not self.steps:
                raise TurnOver
            if not self.paused or self.steps:
                self.job.single = self.paused
                if self.begun:
                    self._enter("paused" if self.paused else "running")
                self.journal.clock.go()
                return True
            self.journal.clock.hold()
            self._enter("paused")
            if time.monotonic() - self.heard > limits().pause_s:
                raise TurnOver if self.job.resumable else Forgotten
            _write_or_wait(self.journal)
            time.sleep(PAUSED_LOOK_S)

    def begin(self) -> None:
        """The first record is there."""
        if not self.begun:
            self.begun = True
            self._enter("paused" if self.paused else "running")

    def _commands(self) -> list[tuple[str, dict]]:
        """None while the store is locked: they wait for the next look."""
        with _patience():
            return self.journal.commands()
        return []

    def _obey(self, name: str, args: dict) -> bool:
        """False when the run is to stop."""
        if name == "yield":
            self.turn_over = self.job.resumable
            return True
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
            self._change(name, args)
        return True

    def _change(self, name: str, args: dict) -> None:
        """A word of the job's own. Saved before and after: an attempt that was killed between meets it at the same step again."""
        _save(self.job, self.journal)
        try:
            for record in self.job.command(name, args):
                self.journal.add({**record, "command": name, "args": args})
            _save(self.job, self.journal)
        except SpecError as error:
            self.journal.add({**error.facts, "type": "refused", "code": error.code, "command": name})

    def _enter(self, state: str) -> None:
        """A change of state, or a step's record, is shown at once, or as soon as the store takes it."""
        if self.journal.state != state or (state == "paused" and self.journal.lines):
            with _patience():
                self.journal.enter(state)


def _is_sticky(error: Exception) -> bool:
    """An error after which CUDA refuses everything in this process; a full memory is none."""
    return isinstance(error, RuntimeError) and "CUDA error" in str(error) and type(error).__name__ != "OutOfMemoryError"


def _settle_in(most_mb: int | None) -> None:
    """What holds for the whole process: it is polite, ends with its service, and takes so much memory and no more."""
    if hasattr(os, "nice"):
        os.nice(10)                                # pages answer before trainings go on
    threading.Thread(target=_end_with_service, daemon=True).start()
    if most_mb and sys.platform == "linux":
        import resource

        held_kb = int(Path("/proc/self/status").read_text().split("VmData:")[1].split()[0])
        limit = (held_kb << 10) + (most_mb << 20)
        with contextlib.suppress(ValueError):      # a stricter limit holds already
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


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
