"""The job service, `python -m jobs.service`: one per FIRSTLIGHT_HOME, started by the client, gone when idle.

It gives waiting runs to workers in turn, watches these, and writes down the end of those that cannot do it themselves.
Workers are forked from a process that has torch loaded (Linux) or spawned (elsewhere): a fresh one for each run on the processor, one
that stays for all runs on the GPU.
"""

import json
import logging
import multiprocessing
import multiprocessing.connection
import os
import sqlite3
import sys
import threading
import time

from core.lock import FileLock
from jobs import cleanup, queue, starter, worker
from jobs.code_version import fingerprint
from jobs.home import home, run_folder
from jobs.kinds import JOBS
from jobs.limits import limits, name
from jobs.logs import keep_small
from jobs.store import AT_WORK, one_of, opened, transaction
from jobs.watch import Watch

FORKS = sys.platform == "linux"
PRELOAD = ["jobs.preload"]     # imported by the process that workers are forked from
TICK_S = 0.03                  # how often the queue and the workers are looked at
TIDY_S = 2.0                   # how often logs and the code's version are looked at
CLEAN_S = 60.0                 # how often old runs are looked for
FORKSERVER_GONE = 255          # the exit code that every worker then seems to have

log = logging.getLogger("jobs.service")


class Service:
    """The workers at work, and what the next tick must know. Moments are monotonic seconds."""

    def __init__(self, db: sqlite3.Connection, lock: FileLock) -> None:
        self.db, self.lock, self.limits = db, lock, limits()
        self.processes = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        self.watches: list[Watch] = []
        self.gpu: tuple[multiprocessing.process.BaseProcess, multiprocessing.connection.Connection] | None = None
        self.warm = threading.Event()
        self.code, self.outdated = fingerprint(), False
        self.woken = lock.path.stat().st_mtime
        self.busy = self.tidied = self.cleaned = time.monotonic()

    def run(self) -> None:
        """Work until there was nothing to do for a while, or until the code on disk is newer than ours."""
        self.repair()
        self.warm_up()
        while self.watches or not (self.outdated or time.monotonic() - self.busy > self.limits.idle_exit_s):
            try:
                self.tick()
            except (sqlite3.OperationalError, OSError):    # a full disk or a long lock: the workers go on, so does their watch
                log.exception("the store or the disk did not answer")
                time.sleep(1.0)
            self.rest()
        if self.gpu:
            self.gpu[0].terminate()

    def repair(self) -> None:
        """Runs that a dead service left at work have no worker that counts: they go on, or their learners are asked."""
        with transaction(self.db):
            left = self.db.execute(f"SELECT id, state, done, total FROM runs WHERE state IN {one_of(AT_WORK)}").fetchall()
            for row in left:
                log.warning("run %s: its service is gone", row["id"])
                cause = {"code": "service_restarted", "at": time.strftime("%H:%M"), "done": row["done"], "total": row["total"]}
                aside = "parked" if row["state"] == "paused" else "preempted"
                state, ended = ("lost", time.time()) if self.limits.asks else (aside, None)
                if queue.told_to_stop(self.db, row["id"]):
                    state, cause, ended = "stopped", None, time.time()
                self.db.execute("UPDATE runs SET state = ?, cause = ?, ended = ?, pid = NULL WHERE id = ?",
                                (state, cause and json.dumps(cause), ended, row["id"]))
        queue.catch_up(self.db)

    def warm_up(self) -> None:
        """Have the process from which workers are forked load what they need, while runs can still be queued and stopped."""
        if not FORKS:
            self.warm.set()
            return
        self.warm.clear()
        self.processes.set_forkserver_preload(PRELOAD)
        threading.Thread(target=self._fork_once, daemon=True).start()

    def _fork_once(self) -> None:
        """The first fork returns when the preload is over, and would hold up the loop until then."""
        try:
            first = self.processes.Process(target=time.sleep, args=(0,))
            first.start()
            first.join()
        except BaseException:
            log.exception("workers cannot be forked")
            os._exit(1)                            # the client tries again after a while; a service without workers helps nobody
        log.info("workers can start")
        self.warm.set()

    def tick(self) -> None:
        self.collect()
        self.look_after()
        waiting = queue.any_waiting(self.db)
        if waiting and self.warm.is_set() and not self.outdated:
            self.launch()
        now = time.monotonic()
        if waiting or self.watches:
            self.busy = now
        if now - self.tidied >= TIDY_S:
            self.tidied = now
            self.tidy()
        if now - self.cleaned >= CLEAN_S:
            self.cleaned = now
            cleanup.make_room(self.db, self.limits)

    def collect(self) -> None:
        """Let go of workers whose run is over, and write down the end of those that are gone without having done so."""
        over = [(watch, seen) for watch in self.watches if (seen := watch.look()) != "at work"]
        for watch, seen in over:
            self.watches.remove(watch)
            if seen == "gone":
                self.account_for(watch)
                if watch.process.exitcode == FORKSERVER_GONE and FORKS:
                    self.warm_up()
                if watch.orders:
                    self.gpu = None
                watch.process.close()
        if over:
            queue.catch_up(self.db)

    def account_for(self, watch: Watch) -> None:
        """What a worker leaves that is gone without a word."""
        state, cause = watch.end_state()
        self.go_on_or_end(watch.run, watch.attempt, state, cause)

    def go_on_or_end(self, run: str, attempt: int, state: str, cause: dict) -> None:
        """A run whose worker died goes on by itself the first time, unless it was to stop."""
        if queue.told_to_stop(self.db, run):
            state, cause = "stopped", {"code": "stop_forced"}
        again = state == "failed" and queue.go_on_later(self.db, run, attempt, cause, self.limits.resumes)
        if again or queue.end(self.db, run, attempt, state, cause):
            log.warning("run %s: %s, %s", run, "goes on later" if again else state, cause)

    def look_after(self) -> None:
        """See that every worker lives, speaks, obeys, and makes room when it has had its turn."""
        if not self.watches:
            return
        rows = self.db.execute(
            f"""SELECT id, attempt, state, heartbeat, elapsed_s - before_s AS turn_s, {queue.STOP_ASKED} AS stop
                FROM runs WHERE state IN {one_of(AT_WORK)}"""
        )
        now_at_work = {(row["id"], row["attempt"]): row for row in rows}
        for watch in self.watches:
            row = now_at_work.get((watch.run, watch.attempt))
            watch.see(row["heartbeat"] if row else None, bool(row and row["stop"]))
            watch.enforce(row["state"] if row else "ended", self.limits)
        for slot, workers in self.slots():
            here = [watch for watch in self.watches if watch.slot == slot and (watch.run, watch.attempt) in now_at_work]
            wanted = len(here) if self.outdated else queue.could_start(self.db, slot) - (workers - len(here))
            self.make_room(wanted, [(now_at_work[watch.run, watch.attempt], watch) for watch in here])

    def make_room(self, wanted: int, at_work: list[tuple[sqlite3.Row, Watch]]) -> None:
        """Ask as many runs as others wait for to save and go on later: paused ones, then those that have had the longest turn.

        One that was asked and stayed, because it cannot be interrupted, is asked again after all others.
        """
        wanted -= sum(watch.yields for _, watch in at_work)
        had = [(watch.told_to_yield is None, row["state"] == "paused", row["turn_s"], watch) for row, watch in at_work
               if not watch.yields and (self.outdated or row["state"] == "paused" or row["turn_s"] >= self.limits.turn_s)]
        had.sort(key=lambda one: one[:3], reverse=True)
        for *_, watch in had[: max(wanted, 0)]:
            watch.told_to_yield = time.monotonic()
            self.db.execute("INSERT INTO commands (run, name, args) VALUES (?, 'yield', '{}')", (watch.run,))

    def slots(self) -> list[tuple[str, int]]:
        return [("cpu", self.limits.workers), ("gpu", self.limits.gpu_workers)]

    def launch(self) -> None:
        """Give waiting runs to workers while there is room."""
        for slot, workers in self.slots():
            while self.warm.is_set() and sum(watch.slot == slot for watch in self.watches) < workers:
                row = queue.take_next(self.db, slot)
                if row is None:
                    break
                self.begin(row)

    def begin(self, row: sqlite3.Row) -> None:
        run, attempt, target = row["id"], row["attempt"], JOBS.get(row["kind"])
        if target is None:                         # queued by other code than ours
            cause = {"code": "unknown_kind", "kind": row["kind"], "known": ", ".join(JOBS)}
            queue.end(self.db, run, attempt, "failed", cause)
            return
        try:
            watch = self.on_gpu(run, attempt, target) if row["slot"] == "gpu" else self.on_processor(run, attempt, target)
        except (EOFError, ConnectionError):        # the process that forks workers, or the GPU's, died while it was asked
            log.exception("run %s found nobody to begin it", run)
            on_gpu, at = row["slot"] == "gpu", time.strftime("%H:%M")
            cause = {"code": "gpu_restarted", "at": at} if on_gpu else {"code": "worker_killed", "exitcode": FORKSERVER_GONE, "at": at}
            self.go_on_or_end(run, attempt, "failed", cause)
            if on_gpu:
                self.gpu = None
            else:
                self.warm_up()
            return
        except OSError as error:                   # no memory, no processes left
            log.exception("run %s could not be started", run)
            queue.end(self.db, run, attempt, "failed", {"code": "crashed", "error": f"{type(error).__name__}: {error}"})
            return
        self.watches.append(watch)
        log.info("run %s: attempt %d in process %d", run, attempt, watch.process.pid)

    def on_processor(self, run: str, attempt: int, target: str) -> Watch:
        process = self.processes.Process(target=worker.run, args=(run, attempt, target), name=f"run {run}")
        process.start()
        return Watch(run, attempt, process)

    def on_gpu(self, run: str, attempt: int, target: str) -> Watch:
        """One process takes all runs in turn: a GPU takes seconds to open, and its memory is not shared."""
        if self.gpu is None or self.gpu[0].exitcode is not None:
            ours, theirs = self.processes.Pipe()
            process = self.processes.Process(target=worker.serve, args=(theirs,), name="gpu")
            process.start()
            theirs.close()                         # so that its end is heard
            self.gpu = process, ours
        process, orders = self.gpu
        orders.send((run, attempt, target))
        return Watch(run, attempt, process, "gpu", orders)

    def tidy(self) -> None:
        """Keep the logs small; learn of newer code, of a folder that was removed, and of learners about to begin."""
        for path in [home() / "service.log", *(run_folder(watch.run) / "worker.log" for watch in self.watches)]:
            keep_small(path)
        if not self.lock.path.exists() or fingerprint() != self.code or starter.asked_limits() not in ("", name()):
            self.outdated = True
        elif (woken := self.lock.path.stat().st_mtime) != self.woken:
            self.woken, self.busy = woken, time.monotonic()

    def rest(self) -> None:
        """Until the next tick, or until a worker ends."""
        if self.watches:
            multiprocessing.connection.wait([watch.orders or watch.process.sentinel for watch in self.watches], TICK_S)
        else:
            time.sleep(TICK_S)


def main() -> None:
    """Serve, if nobody else does."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    lock = FileLock(home() / "service.lock")
    try:
        while lock.acquire(wait_s=1.0):
            log.info("service up")
            with opened() as db:
                service = Service(db, lock)
                service.run()
                log.info("service ends")
                lock.release()
                if service.outdated or not queue.any_waiting(db):    # else a run came in between the last look and the release
                    break
    except BaseException:
        log.exception("service failed")
        os._exit(1)                                # an ordinary exit waits for the workers, and they for us


if __name__ == "__main__":
    main()
