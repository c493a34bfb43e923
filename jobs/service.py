"""The job service, `python -m jobs.service`: one per FIRSTLIGHT_HOME, started by the client, gone when idle.

It gives waiting runs to workers, watches these, and writes down the end of those that cannot do it themselves.
Workers are forked from a process that has torch loaded (Linux) or spawned (elsewhere).
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

from jobs import queue, worker
from jobs.code_version import fingerprint
from jobs.home import home, run_folder
from jobs.kinds import JOBS
from jobs.limits import limits
from jobs.lock import FileLock
from jobs.logs import keep_small
from jobs.store import AT_WORK, one_of, opened
from jobs.watch import Watch

FORKS = sys.platform == "linux"
PRELOAD = ["jobs.preload"]     # imported by the process that workers are forked from
TICK_S = 0.03                  # how often the queue and the workers are looked at
TIDY_S = 2.0                   # how often logs and the code's version are looked at
FORKSERVER_GONE = 255          # the exit code that every worker then seems to have

log = logging.getLogger("jobs.service")


class Service:
    """The workers at work, and what the next tick must know. Moments are monotonic seconds."""

    def __init__(self, db: sqlite3.Connection, lock: FileLock) -> None:
        self.db, self.lock, self.limits = db, lock, limits()
        self.processes = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        self.watches: list[Watch] = []
        self.warm = threading.Event()
        self.code, self.outdated = fingerprint(), False
        self.woken = lock.path.stat().st_mtime
        self.busy = self.tidied = time.monotonic()

    def run(self) -> None:
        """Work until there was nothing to do for a while, or until the code on disk is newer than ours."""
        self.repair()
        self.warm_up()
        while self.watches or not (self.outdated or time.monotonic() - self.busy > self.limits.idle_exit_s):
            try:
                self.tick()
            except sqlite3.OperationalError:       # a full disk or a long lock: the workers go on, so does their watch
                log.exception("the store did not answer")
                time.sleep(1.0)
            self.rest()

    def repair(self) -> None:
        """Runs that a dead service left at work have no worker that counts: say so."""
        left = self.db.execute(
            f"UPDATE runs SET state = 'lost', cause = ?, ended = ? WHERE state IN {one_of(AT_WORK)} RETURNING id",
            (json.dumps({"code": "service_restarted"}), time.time()),
        ).fetchall()
        for row in left:
            log.warning("run %s: its service is gone", row["id"])

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

    def collect(self) -> None:
        """Write down the end of workers that are gone without having done so."""
        for watch in [watch for watch in self.watches if watch.process.exitcode is not None]:
            self.watches.remove(watch)
            state, cause = watch.end_state()
            if queue.end(self.db, watch.run, watch.attempt, state, cause):
                log.warning("run %s: %s, %s", watch.run, state, cause)
            if watch.process.exitcode == FORKSERVER_GONE and FORKS:
                self.warm_up()
            watch.process.close()

    def look_after(self) -> None:
        """See that every worker lives, speaks and obeys."""
        if not self.watches:
            return
        rows = self.db.execute(
            f"""SELECT id, attempt, state, heartbeat,
                    EXISTS (SELECT 1 FROM commands WHERE run = runs.id AND name = 'stop') AS stop
                FROM runs WHERE state IN {one_of(AT_WORK)}"""
        )
        now_at_work = {(row["id"], row["attempt"]): row for row in rows}
        for watch in self.watches:
            row = now_at_work.get((watch.run, watch.attempt))
            watch.see(row["heartbeat"] if row else None, bool(row and row["stop"]))
            watch.enforce(row["state"] if row else "ended", self.limits)

    def launch(self) -> None:
        """Give waiting runs to workers while there is room."""
        while len(self.watches) < self.limits.workers and (row := queue.take_next(self.db)):
            run, attempt, target = row["id"], row["attempt"], JOBS.get(row["kind"])
            if target is None:                     # queued by other code than ours
                cause = {"code": "unknown_kind", "kind": row["kind"], "known": ", ".join(JOBS)}
                queue.end(self.db, run, attempt, "failed", cause)
                continue
            process = self.processes.Process(target=worker.run, args=(run, attempt, target), name=f"run {run}")
            try:
                process.start()
            except OSError as error:               # no memory, no processes left
                log.exception("run %s could not be started", run)
                queue.end(self.db, run, attempt, "failed", {"code": "crashed", "error": f"{type(error).__name__}: {error}"})
                continue
            self.watches.append(Watch(run, attempt, process))
            log.info("run %s: attempt %d in process %d", run, attempt, process.pid)

    def tidy(self) -> None:
        """Keep the logs small; learn of newer code, of a folder that was removed, and of learners about to begin."""
        for path in [home() / "service.log", *(run_folder(watch.run) / "worker.log" for watch in self.watches)]:
            keep_small(path)
        if not self.lock.path.exists() or fingerprint() != self.code:
            self.outdated = True
        elif (woken := self.lock.path.stat().st_mtime) != self.woken:
            self.woken, self.busy = woken, time.monotonic()

    def rest(self) -> None:
        """Until the next tick, or until a worker ends."""
        if self.watches:
            multiprocessing.connection.wait([watch.process.sentinel for watch in self.watches], TICK_S)
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
