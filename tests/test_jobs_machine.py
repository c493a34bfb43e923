"""The job service under everything that can happen to it, in any order: clicks, turns, kills, restarts.

Store, queue, client, service and the worker's loop are the real ones. Played are the processes (threads that run only when they are let,
up to the next point at which a process could be ended) and the clock. FIRSTLIGHT_HISTORIES=2000 tries so many new histories of 80 acts
instead of always the same 60 shorter ones.
"""

import json
import math
import os
import shutil
import tempfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count, groupby
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import SpecError
from core.files import write_atomic
from core.lock import FileLock
from jobs import client, service, starter, watch, worker
from jobs.home import _tried, home, run_folder
from jobs.journal import ONCE, Journal
from jobs.kinds import JOBS, Job
from jobs.limits import LIMITS
from jobs.store import ACTIVE, AT_WORK, ENDED, WAITING, opened
from jobs.watch import Watch

HISTORIES = int(os.environ.get("FIRSTLIGHT_HISTORIES", "0"))
LEARNERS = ("ann", "bob", "cleo")
SMALL = replace(LIMITS["laptop"], workers=2, queue=4, turn_s=0.6, pause_s=1.0, save_s=0.7, heartbeat_s=1.5, starting_s=3.0,
                kill_after_s=1.5, kill_grace_s=0.5)
PATIENT_S = 0.3                                      # a process that was let run so often had the chance to speak and to obey
WHOLE_S = 90.0                                       # all that six short runs could need, pauses and silent workers included


class Ended(BaseException):
    """The process is over at this point, with this exit code: by a signal, or by its own os._exit."""


class Time:
    """Stands in for the module `time` in jobs."""

    def __init__(self) -> None:
        self.now, self.offset = 1000.0, 1.7e9        # the wall clock may jump

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now + self.offset

    def strftime(self, form: str) -> str:
        return time.strftime(form, time.gmtime(self.time()))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        stop_here()


class Process:
    """A process of the service's context: nothing of it happens but in `step` and `end`."""

    numbers = count(100)

    def __init__(self, world: "World", target: Callable, args: tuple, name: str) -> None:
        self.world, self.name, self.pid, self.over, self.lost_sight = world, name, next(self.numbers), None, False
        self.service, self.last, self.starved, self.stubborn, self.silent = world.service, world.time.now, False, False, False
        self.orphaned_at: float | None = None
        self._target, self._doom = partial(target, *args), None
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self.thread = threading.Thread(target=self._main, name=name, daemon=True)

    @property
    def exitcode(self) -> int | None:
        """As the service sees it: all seem to have ended when the process is gone that forked them."""
        return service.FORKSERVER_GONE if self.lost_sight and self.over is None else self.over

    def start(self) -> None:
        self.world.alive.append(self)
        self.thread.start()

    def step(self) -> None:
        """Up to the next point at which it can be ended."""
        self.starved |= self.world.time.now - self.last > PATIENT_S
        self._let()
        self.last = self.world.time.now

    def end(self, exitcode: int) -> None:
        if self.over is None:
            self._doom = exitcode
            self._let()

    def terminate(self) -> None:
        healthy = not (self.silent or self.starved or self.world.time.now - self.last > PATIENT_S)
        if healthy:
            self.world.failures.append(AssertionError("a worker that speaks and obeys is ended"))
        if not self.stubborn:
            self.end(-15)

    def kill(self) -> None:
        self.end(-9)

    def close(self) -> None:
        assert self.exitcode is not None

    def stop_here(self) -> None:
        self._back.release()
        self._go.acquire()
        if self._doom is not None:
            raise Ended(self._doom)

    def _let(self) -> None:
        self._go.release()
        assert self._back.acquire(timeout=20)
        if self.over is not None:
            self.thread.join()
            self.world.alive.remove(self)

    def _main(self) -> None:
        _here.process = self
        self._go.acquire()
        try:
            if self._doom is not None:
                raise Ended(self._doom)
            self._target()
            stop_here()                              # its work is done, and it is still there
            self.over = 0
        except Ended as ended:
            self.over = ended.args[0]
        except EOFError:                             # of `serve`, whose service is gone
            self.over = 1
        except BaseException as error:
            self.over = 1
            self.world.failures.append(error)
        finally:
            self._back.release()


_here = threading.local()


def stop_here() -> None:
    """Called by a process: whoever plays decides when, and whether, it goes on."""
    _here.process.stop_here()


class End:
    """One end of a pipe between the service and the process that stays."""

    def __init__(self) -> None:
        self.inbox: deque = deque()
        self.other: End
        self.process: Process | None = None          # at the service's end: who holds the other one

    def send(self, message: object) -> None:
        if self.process and self.process.exitcode is not None:
            raise BrokenPipeError
        self.other.inbox.append(message)

    def poll(self) -> bool:
        return bool(self.inbox) or self.process.exitcode is not None

    def recv(self) -> object:
        while not self.inbox:
            if self.process or _here.process.orphaned_at is not None:
                raise EOFError
            stop_here()
        return self.inbox.popleft()

    def close(self) -> None:
        """The service's copy of the process's end."""


class World:
    """What the service's context makes, and what stands around it."""

    def __init__(self) -> None:
        self.time, self.alive, self.failures = Time(), [], []
        self.service: service.Service | None = None

    def Process(self, target: Callable, args: tuple, name: str = "") -> Process:         # as multiprocessing spells it
        process = Process(self, target, args, name)
        for end in args:
            if isinstance(end, End):
                end.other.process = process
        return process

    def Pipe(self) -> tuple[End, End]:
        ours, theirs = End(), End()
        ours.other, theirs.other = theirs, ours
        return ours, theirs


class PlayedJob(Job):
    """spec: to (records), pace (seconds each), resumable, trouble at half its way: silent, stubborn, bad, diverge or gpu."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        stop_here()
        self.spec, self.at, self.total, self.resumable = spec, 0, spec["to"], spec["resumable"]
        self.trouble_at = -(-self.total // 2)
        if resume and self.resumable and (resume / "at.txt").exists():
            self.at = int((resume / "at.txt").read_text())

    def records(self) -> Iterator[dict | None]:
        while self.at < self.total:
            world, began = _here.process.world, _here.process.world.time.now
            while world.time.now < began + self.spec["pace"]:
                stop_here()
            yield None
            self.at += 1
            if self.at == self.trouble_at:
                self._trouble(self.spec["trouble"])
            yield {"type": "epoch" if self.at % 4 == 0 else "count", "step": self.at}
        yield {"type": "test", "step": self.at}

    def _trouble(self, trouble: str | None) -> None:
        if trouble in ("silent", "stubborn"):
            _here.process.silent, _here.process.stubborn = True, trouble == "stubborn"
            while True:
                stop_here()
        if trouble == "bad":
            raise ZeroDivisionError
        if trouble == "diverge":
            raise SpecError("non_finite_loss", step=self.at)
        if trouble == "gpu":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")

    def progress(self) -> tuple[int, int]:
        return self.at, self.total

    def command(self, name: str, args: dict) -> list[dict]:
        return [{"type": "changed", "step": self.at, "name": name, "value": args["value"]}]

    def save(self, folder: Path) -> None:
        stop_here()
        write_atomic(folder / "at.txt", lambda file: file.write(str(self.at).encode()), sync=False)
        stop_here()


SPECS = st.fixed_dictionaries({
    "to": st.sampled_from([40, 9, 2]), "pace": st.sampled_from([0.1, 0.04]), "resumable": st.sampled_from([True, True, False]),
    "trouble": st.sampled_from([None] * 6 + ["silent", "stubborn", "bad", "diverge", "gpu"]),
    "device": st.sampled_from(["cpu", "cpu", "cpu", "cuda"]),
})


class Classroom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.runs: dict[str, SimpleNamespace] = {}   # what we know about each: learner, spec, key, stopped, killed
        self.keys = count()
        self.rows: dict[str, dict] = {}              # as the last look found them
        self.events: dict[str, list[tuple]] = {}
        self.changed: set[str] = set()               # ended runs that the last act may have changed
        self.sound, self.hurried = True, False       # hurried: newer code had all runs make room
        self.patch = patch = pytest.MonkeyPatch()
        self.folder = tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        patch.setenv("FIRSTLIGHT_HOME", self.folder)
        patch.setitem(LIMITS, "laptop", SMALL)
        patch.delenv("FIRSTLIGHT_LIMITS", raising=False)
        patch.setitem(JOBS, "played", f"{__name__}:PlayedJob")
        patch.setattr(starter, "ensure_service", lambda: None)
        for module in ("client", "cleanup", "journal", "queue", "service", "watch", "worker"):
            patch.setattr(f"jobs.{module}.time", self.world.time)
        patch.setattr(service, "fingerprint", lambda: (1, 1))
        patch.setattr(service, "Watch", self._watch)
        patch.setattr(service.Service, "warm_up", lambda self: None)
        patch.setattr(watch, "YIELD_S", 0.5)
        patch.setattr(worker, "_settle_in", lambda most_mb: None)
        patch.setattr(worker, "_speak_into", lambda log: None)
        patch.setattr(worker, "_orphaned", lambda: _here.process.orphaned_at is not None)
        patch.setattr(worker, "os", SimpleNamespace(_exit=_exit))
        patch.setattr(worker.traceback, "print_exc", lambda: None)
        patch.setattr(Journal, "_write", _write)
        self.spectator = opened()
        self.db = self.spectator.__enter__()
        self.service_db = None

    def _watch(self, *args: object) -> Watch:
        """The time of the first sign of life comes from our clock too."""
        made = Watch(*args)
        made.heard = self.world.time.now
        return made

    # what learners do

    @initialize(asks=st.booleans(), specs=st.lists(SPECS, min_size=3, max_size=3))
    def a_lesson_begins(self, asks: bool, specs: list[dict]) -> None:
        self.patch.setitem(LIMITS, "laptop", replace(SMALL, asks=asks))
        self._serve()
        for learner, spec in zip(LEARNERS, specs, strict=True):
            self._submit(learner, spec)
            self.nothing_is_wrong()

    @rule(learner=st.sampled_from(LEARNERS), spec=SPECS)
    def submit(self, learner: str, spec: dict) -> None:
        own = [row for row in self.rows.values() if row["learner"] == learner and row["state"] in ACTIVE]
        waiting = [row for row in self.rows.values() if row["state"] in WAITING]
        refusal = ("already_queued" if len(own) >= SMALL.per_learner else "queue_full" if len(waiting) >= SMALL.queue else None)
        if refusal:
            with pytest.raises(SpecError, match=refusal):
                self._submit(learner, spec)
        else:
            self._submit(learner, spec)

    @precondition(lambda self: self.runs)
    @rule(n=st.integers(0, 99), word=st.sampled_from(["stop", "pause", "resume", "step", "note"]))
    def command(self, n: int, word: str) -> None:
        run, known = self._pick(n, ACTIVE)
        before = self.rows[run]
        client.command(run, known.learner, word, **({"value": n} if word == "note" else {}))
        if before["state"] in ACTIVE:
            if word in ("pause", "step", "resume"):
                known.paused_until = before["attempt"] + 1 if word == "resume" else math.inf
                known.last_word = word
            if word == "stop" and not known.stopped:
                known.stopped, known.stopped_in = True, before["attempt"]
            if word == "stop" and before["state"] not in AT_WORK:
                assert self._row(run)["state"] == "stopped"

    @precondition(lambda self: self.runs)
    @rule(n=st.integers(0, 99))
    def go_on(self, n: int) -> None:
        run, known = self._pick(n, ENDED)
        found = client.status(run)
        try:
            client.resume(run, known.learner)
        except SpecError as error:
            refusal = error.code
        else:
            refusal = None
        if found.active or refusal is None:
            assert refusal is None
            assert found.active or found.resumable
            assert client.status(run).active
        else:
            assert refusal in ("already_queued", "queue_full") if found.resumable else refusal == "not_resumable"
        if not found.active and refusal is None:
            known.stopped, known.stopped_s, known.killed = False, 0.0, 0
            self.changed.add(run)

    @precondition(lambda self: self.runs)
    @rule(n=st.integers(0, 99), act=st.sampled_from(["look", "rename", "delete", "submit_once_more", "somebody_else"]))
    def something_else(self, n: int, act: str) -> None:
        run, known = self._pick(n, ENDED if act == "delete" else (*ACTIVE, *ENDED))
        getattr(self, f"_{act}")(run, known, n)

    def _look(self, run: str, known: SimpleNamespace, n: int) -> None:
        row, found = self.rows[run], client.status(run, known.learner)
        assert (found.state, found.attempt, found.elapsed_s) == (row["state"], row["attempt"], row["elapsed_s"])
        assert (found.place is None) == (found.wait_s is None) == (row["state"] not in WAITING)
        assert found.place is None or 1 <= found.place <= sum(other["state"] in WAITING for other in self.rows.values())
        assert found.wait_s is None or 0 <= found.wait_s <= SMALL.turn_s * len(self.rows)
        assert found.others == sum(other["state"] in AT_WORK for key, other in self.rows.items() if key != run) * found.active
        assert [event.seq for event in client.events(run, after=3)] == [seq for seq, *_ in self.events.get(run, [])[3:]]

    def _rename(self, run: str, known: SimpleNamespace, n: int) -> None:
        client.rename(run, known.learner, "x" * n)
        self.changed.add(run)
        assert client.status(run).title == "x" * min(n, 60)

    def _delete(self, run: str, known: SimpleNamespace, n: int) -> None:
        if self.rows[run]["state"] in ACTIVE:
            with pytest.raises(SpecError, match="still_active"):
                client.delete(run, known.learner)
            return
        client.delete(run, known.learner)
        for kept in (self.runs, self.rows, self.events):
            kept.pop(run, None)
        assert not run_folder(run).exists()

    def _submit_once_more(self, run: str, known: SimpleNamespace, n: int) -> None:
        before = self._all()
        assert client.submit("played", known.spec, known.learner, known.key) == run
        assert self._all() == before

    def _somebody_else(self, run: str, known: SimpleNamespace, n: int) -> None:
        other, before = LEARNERS[(LEARNERS.index(known.learner) + 1 + n % 2) % 3], self._all()
        for act in (client.delete, client.resume, partial(client.rename, title="mine"),
                    *(partial(client.command, name=word) for word in ("pause", "resume", "step", "note", "stop"))):
            with pytest.raises(SpecError, match="not_owner"):
                act(run, other)
        client.status(run, other)
        client.events(run)
        assert self._all() == before
        assert not client.owns(run, other)

    # what processes and clocks do

    @precondition(lambda self: self._busy())
    @rule(n=st.integers(0, 9), steps=st.integers(1, 12))
    def work(self, n: int, steps: int) -> None:
        process = self._busy()[n % len(self._busy())]
        for _ in range(steps):
            self.world.time.now += 0.05
            if process.over is None:
                process.step()

    @rule()
    def tick(self) -> None:
        self._tick()

    @rule(seconds=st.sampled_from([0.3, 1.0, 3.0]))
    def time_passes(self, seconds: float) -> None:
        self._pass(seconds)

    @precondition(lambda self: self.world.service)
    @rule(n=st.integers(0, 9), what=st.sampled_from(["worker"] * 4 + ["service", "forkserver", "newer code", "wall clock"]))
    def disaster(self, n: int, what: str) -> None:
        if what == "service":
            self._leave_service()
        elif what == "newer code":
            self.world.service.outdated = self.hurried = True
        elif what == "forkserver":
            for process in self.world.alive:
                process.lost_sight |= process.service is self.world.service
                self._blame(process)
        elif what == "wall clock":
            self.world.time.offset += 3600.0 * (n - 4.5) * 20
        elif busy := self._busy():
            busy[n % len(busy)].end(-9)
            self._blame(busy[n % len(busy)])

    # what must always hold

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.sound = False
        for error in self.world.failures:
            raise AssertionError("in a process") from error
        rows = {row["id"]: dict(row) for row in self.db.execute("SELECT * FROM runs")}
        assert set(rows) == set(self.runs)
        for run, row in rows.items():
            self._one_run(run, row)
        at_work = [row for row in rows.values() if row["state"] in AT_WORK]
        assert len({row["learner"] for row in at_work}) == len(at_work)
        for learner in LEARNERS:
            assert sum(row["learner"] == learner and row["state"] in ACTIVE for row in rows.values()) <= SMALL.per_learner
        for slot, workers in (("cpu", SMALL.workers), ("gpu", SMALL.gpu_workers)):
            assert sum(row["slot"] == slot for row in at_work) <= workers
        self._told()
        self.rows, self.sound = rows, True
        self.changed.clear()

    def _one_run(self, run: str, row: dict) -> None:
        known, before = self.runs[run], self.rows.get(run)
        cause = row["cause"] and json.loads(row["cause"])["code"]
        assert row["state"] in (*ACTIVE, *ENDED)
        assert (row["ended"] is None) == (row["state"] in ACTIVE)
        assert (row["learner"], json.loads(row["spec"])) == (known.learner, known.spec)
        if before:
            assert row["elapsed_s"] >= before["elapsed_s"]
            assert row["attempt"] >= before["attempt"]
            if before["state"] in ENDED and run not in self.changed:
                assert row == before
            if row["state"] == "preempted" and before["state"] in AT_WORK and cause is None and row["attempt"] == before["attempt"]:
                whole_turn = row["elapsed_s"] - row["before_s"] >= SMALL.turn_s
                assert whole_turn or self.hurried or known.paused_until >= row["attempt"], "it was sent away before its turn was over"
        live = [each for each in self.world.service.watches if each.run == run and each.process.exitcode is None
                and each.attempt == row["attempt"]] if self.world.service else []
        assert len(live) <= 1
        trouble = known.spec["trouble"]
        if row["state"] == "stopped":
            assert known.stopped or cause == "paused_too_long", (known, row)
            assert cause in (None, "stop_forced", "paused_too_long")
        elif row["state"] == "lost":
            assert cause in ("service_restarted", "worker_silent")
        elif row["state"] == "failed":
            assert cause in ("worker_killed", {"bad": "crashed", "gpu": "gpu_restarted"}.get(trouble))
            assert known.killed > SMALL.resumes or cause != "worker_killed" or (known.killed and trouble == "gpu")
        elif row["state"] == "diverged":
            assert (cause, trouble) == ("non_finite_loss", "diverge")
        elif row["state"] == "done":
            assert (cause, trouble) == (None, None)

    def _told(self) -> None:
        """Events are numbered, stay what they were, come from rising attempts, and tell no step twice; a whole run told all of them."""
        found = defaultdict(list)
        for row in self.db.execute("SELECT * FROM events ORDER BY run, seq"):
            found[row["run"]].append((row["seq"], row["attempt"], row["json"]))
        assert set(found) <= set(self.runs)
        for run in self.runs:
            told, before = found[run], self.events.get(run, [])
            if told == before:
                continue
            assert told[: len(before)] == before
            assert [seq for seq, *_ in told] == list(range(1, len(told) + 1))
            assert [attempt for _, attempt, _ in told] == sorted(attempt for _, attempt, _ in told)
            records = [json.loads(text) for *_, text in told]
            assert [record["at_s"] for record in records] == sorted(record["at_s"] for record in records)
            steps = [record["step"] for record in records if record["type"] not in ONCE]
            assert steps == sorted(steps)
            assert all(len(list(same)) == 1 for _, same in groupby(
                (record["type"], record["step"]) for record in records if record["type"] not in ONCE))
            if self.runs[run].stopped:
                late = [record for (_, attempt, _), record in zip(told, records, strict=True) if attempt > self.runs[run].stopped_in]
                assert {record["type"] for record in late} <= {*ONCE}, "it went on although it was to stop"
            self.events[run] = told
        for run, row in self.rows.items():
            if row["state"] == "done" and run in self.events:
                steps = [json.loads(text)["step"] for *_, text in self.events[run] if json.loads(text)["type"] not in ONCE]
                assert steps == [*range(1, row["total"] + 1), row["total"]]

    def teardown(self) -> None:
        """Left to itself, and told to go on where it was paused, every run comes to an end."""
        try:
            if self.sound:
                self._wind_up()
        finally:
            for process in list(self.world.alive):
                process.end(-9)
            if self.world.service:
                self._leave_service()
            self.spectator.__exit__(None, None, None)
            self.patch.undo()
            _tried.pop(Path(self.folder), None)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _wind_up(self) -> None:
        until = self.world.time.now + WHOLE_S
        while waits := [row for row in self.rows.values() if row["state"] in ACTIVE]:
            assert self.world.time.now < until, f"waits for ever: {waits}"
            for row in waits:
                if row["state"] in ("paused", "parked"):
                    client.command(row["id"], row["learner"], "resume")
            self._pass(1.0)
            self.nothing_is_wrong()

    # how it is played

    def _pick(self, n: int, states: tuple[str, ...]) -> tuple[str, SimpleNamespace]:
        """A run in one of these states, if there is one."""
        here = [run for run in self.runs if self.rows[run]["state"] in states] or list(self.runs)
        return here[n % len(here)], self.runs[here[n % len(here)]]

    def _busy(self) -> list[Process]:
        """Processes that have a run; the one on the GPU stays without."""
        served = [each.process for each in self.world.service.watches] if self.world.service else []
        return [process for process in self.world.alive if process in served or process.name != "gpu"]

    def _blame(self, process: Process) -> None:
        for each in self.world.service.watches:
            if each.process is process and each.run in self.runs:
                self.runs[each.run].killed += 1

    def _submit(self, learner: str, spec: dict) -> str:
        key = str(next(self.keys))
        run = client.submit("played", spec, learner, key)
        self.runs[run] = SimpleNamespace(learner=learner, spec=spec, key=key, killed=0, paused_until=-1, last_word=None, overdue_s=0.0,
                                         stopped=False, stopped_in=0, stopped_s=0.0)
        return run

    def _row(self, run: str) -> dict:
        return dict(self.db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone())

    def _all(self) -> list[tuple]:
        return [tuple(row) for table in ("runs", "events", "commands") for row in self.db.execute(f"SELECT * FROM {table}")]

    def _serve(self) -> None:
        """As `python -m jobs.service` begins, when its workers can be forked."""
        lock = FileLock(home() / "service.lock")
        assert lock.acquire()
        self.service_db = opened()
        self.world.service = served = service.Service(self.service_db.__enter__(), lock)
        served.processes = self.world
        served.repair()
        served.warm.set()

    def _leave_service(self) -> None:
        """It is gone: its workers are orphans from now on."""
        for process in self.world.alive:
            if process.service is self.world.service:
                process.orphaned_at = self.world.time.now
        self.world.service.lock.release()
        self.service_db.__exit__(None, None, None)
        self.world.service = None

    def _tick(self) -> None:
        if self.world.service and self.world.service.outdated and not self.world.service.watches:
            self._leave_service()
        if self.world.service is None:               # the next glance of a learner starts one
            self._serve()
        served = self.world.service
        served.tick()
        if not served.outdated:
            self._nobody_waits_beside_a_free_worker(served)

    def _nobody_waits_beside_a_free_worker(self, served: service.Service) -> None:
        rows = [dict(row) for row in self.db.execute("SELECT * FROM runs")]
        busy = {row["learner"] for row in rows if row["state"] in AT_WORK}
        for slot, workers in (("cpu", SMALL.workers), ("gpu", SMALL.gpu_workers)):
            startable = [row for row in rows if row["state"] in WAITING and row["slot"] == slot and row["learner"] not in busy]
            assert not startable or sum(each.slot == slot for each in served.watches) == workers
        held = {each.run for each in served.watches}
        for row in rows:
            if row["state"] == "parked" and row["id"] not in held and self.runs[row["id"]].last_word != "pause":
                wanted = "SELECT count(*) FROM commands WHERE run = ? AND name IN ('resume', 'step') AND taken = 0"
                assert self.db.execute(wanted, (row["id"],)).fetchone()[0] == 0, "a click is forgotten"

    def _pass(self, seconds: float) -> None:
        """All processes go on side by side, and the service looks at them."""
        until = self.world.time.now + seconds
        while self.world.time.now < until:
            self.world.time.now += 0.05
            for process in list(self.world.alive):
                for _ in range(3):
                    if process.over is None:
                        process.step()
                if process.orphaned_at is not None and self.world.time.now - process.orphaned_at > worker.ORPHAN_GRACE_S:
                    process.end(1)
            self._tick()
            self._count(0.05)

    def _count(self, seconds: float) -> None:
        """How long runs go on that were to stop, or to make room."""
        rows = [dict(row) for row in self.db.execute("SELECT * FROM runs")]
        busy = {row["learner"] for row in rows if row["state"] in AT_WORK}
        wanted = {row["slot"] for row in rows if row["state"] in WAITING and row["learner"] not in busy}
        for row in rows:
            known, at_work = self.runs[row["id"]], row["state"] in AT_WORK
            known.stopped_s += seconds * (known.stopped and at_work)
            assert known.stopped_s < 5.0, "it does not stop"
            over = at_work and row["slot"] in wanted and row["elapsed_s"] - row["before_s"] >= SMALL.turn_s
            known.overdue_s = known.overdue_s + seconds if over and known.spec["resumable"] and not known.spec["trouble"] else 0.0
            assert known.overdue_s < 1.5, "it does not make room"


def _exit(code: int) -> None:
    raise Ended(code)


_really_write = Journal._write


def _write(self: Journal, *args: object) -> None:
    """Whatever happens to a process may happen just before it writes."""
    stop_here()
    _really_write(self, *args)


TestClassroom = Classroom.TestCase
TestClassroom.settings = settings(
    max_examples=HISTORIES or 60, stateful_step_count=80 if HISTORIES else 50, derandomize=not HISTORIES, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


# moments that were once wrong, spelled out

GOOD = {"to": 24, "pace": 0.1, "resumable": True, "trouble": None, "device": "cpu"}


@pytest.fixture
def room() -> Iterator[Classroom]:
    room = Classroom()
    room._serve()
    yield room
    room.nothing_is_wrong()
    room.teardown()


def state(run: str) -> str:
    return client.status(run).state


def at_work(room: Classroom, learner: str, **spec: object) -> tuple[str, Process]:
    """A run that has told something, and its process."""
    run = room._submit(learner, {**GOOD, **spec})
    room._pass(0.5)
    assert state(run) == "running"
    return run, next(each.process for each in room.world.service.watches if each.run == run)


def untaken(run: str) -> int:
    with opened() as db:
        return db.execute("SELECT count(*) FROM commands WHERE run = ? AND taken = 0", (run,)).fetchone()[0]


def test_a_stop_that_was_obeyed_does_not_end_the_run_that_was_continued(room):
    run, _ = at_work(room, "ann")
    room.runs[run].stopped = True
    client.stop(run, "ann")
    room._pass(1.0)
    assert state(run) == "stopped"
    room.runs[run].stopped = False
    client.resume(run, "ann")
    room._pass(8.0)
    assert (state(run), client.status(run).attempt) == ("done", 2)


@pytest.mark.parametrize("gone", ["worker", "service", "service, nobody is asked"])
def test_a_run_that_is_about_to_stop_does_not_go_on_when_its_worker_dies(room, monkeypatch, gone):
    monkeypatch.setitem(LIMITS, "laptop", replace(SMALL, asks=gone == "service"))
    run, process = at_work(room, "ann")
    room.runs[run].stopped = room.runs[run].stopped_in = True
    client.stop(run, "ann")
    while untaken(run):
        room.world.time.now += 0.05
        process.step()
    process.end(-9)
    if gone != "worker":
        room._leave_service()
    room._tick()
    assert state(run) == "stopped"
    room._pass(1.0)
    assert (state(run), client.status(run).attempt) == ("stopped", 1)


@pytest.mark.parametrize("word", ["resume", "step"])
def test_a_word_that_comes_while_a_paused_run_gives_its_worker_back_is_heard(room, word):
    run, process = at_work(room, "ann")
    client.command(run, "ann", "pause")
    room._pass(0.5)
    now = None
    while now != room.world.time.now:              # until it waits for no word any more, because its time is over
        now = room.world.time.now
        process.step()
    client.command(run, "ann", word)
    room._pass(0.2)
    room.runs[run].last_word = word
    room._pass(1.0)
    assert state(run) in (("running", "done") if word == "resume" else ("paused", "parked"))
    assert untaken(run) == 0


def test_one_run_that_cannot_be_interrupted_keeps_no_other_from_making_room(room):
    stays, _ = at_work(room, "ann", resumable=False)
    goes, _ = at_work(room, "bob")
    waits = room._submit("cleo", GOOD)
    room._pass(1.5)
    assert (state(stays), state(goes), state(waits)) == ("running", "preempted", "running")


def test_for_one_learner_who_waits_only_one_run_makes_room(room):
    runs = [at_work(room, learner)[0] for learner in ("ann", "bob")]
    waits = room._submit("cleo", GOOD)
    while state(waits) == "queued":
        room._pass(0.05)
        assert sum(each.told_to_yield is not None for each in room.world.service.watches) <= 1
    assert sorted(state(run) for run in runs) == ["preempted", "running"]


def test_the_word_to_make_room_is_meant_for_one_turn(room):
    run, process = at_work(room, "ann")
    with opened() as db:
        db.execute("INSERT INTO commands (run, name, args) VALUES (?, 'yield', '{}')", (run,))
    process.end(-9)
    room._pass(8.0)
    assert (state(run), client.status(run).attempt) == ("done", 2)


def test_a_worker_that_was_given_up_takes_no_commands(room):
    run, given_up = at_work(room, "ann")
    given_up.lost_sight = True
    room._tick()
    assert client.status(run).attempt == 2
    client.command(run, "ann", "pause")
    for _ in range(9):
        room.world.time.now += 0.05
        if given_up.over is None:
            given_up.step()
    room._pass(0.5)
    assert state(run) == "paused"


def test_a_run_deleted_before_its_worker_is_up_hurts_nobody(room):
    run = room._submit("ann", GOOD)
    room._tick()
    room._leave_service()
    room._tick()
    client.delete(run, "ann")
    del room.runs[run]
    for _ in range(9):
        for process in list(room.world.alive):
            process.step()
    assert room.world.alive == []
