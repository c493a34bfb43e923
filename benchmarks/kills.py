"""Random kills of a class server at work: python -m benchmarks.kills [--kills 60] [--seed 0]

Four learners train on digits and MNIST (from FIRSTLIGHT_DATA) while SIGKILL hits, in random order and at random moments, the worker of a
run (two times of three while it writes its files, or just after it has written a checkpoint), the job service, the process from which
workers are forked, and the web server. A reader looks at every run's records all the while: what it was given once is acknowledged.
After each kill: is the store whole, is everything acknowledged still there and unchanged, are the records numbered without a gap, can
every checkpoint, every weights file and every snapshot be read? At the end: did all runs finish, with the same losses, scores and
weights, bit for bit, as the same spec undisturbed; how much work was done twice? A learner continues what does not go on by itself.
Only processes whose FIRSTLIGHT_HOME is our temporary folder are killed. Ends with 1 when anything was lost.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load as tensors_of

from benchmarks.server import Server, about_machine, processes_of, works_in
from benchmarks.websocket import Tab
from core.data import DATASETS
from core.train import TrainSpec
from jobs import client, starter
from jobs.artifacts import CHECKPOINT, WEIGHTS
from jobs.kinds.train import TrainJob
from jobs.store import AT_WORK, one_of

SHARES = {"worker": 0.45, "service": 0.2, "forks": 0.1, "web": 0.25}
NAMES = {"worker": "worker", "service": "job service", "forks": "the process that forks workers", "web": "web server"}
MOMENTS = ("at random", "writing", "just after a checkpoint")
PAUSE_S = (0.3, 3.5)                                 # between a kill and the next
TARGET_S = 40.0                                      # until there is something to kill
READ_S = 0.05
PATIENCE_S = 3.0                                     # a learner's, before pressing Continue
FINISH_S = 600.0                                     # for the runs that are left after the last kill
LOST_S = 10.0                                        # of work done twice; or one epoch, if that is longer
TIMES = ("at_s", "images_per_s")                     # what differs between two runs of the same spec
SAME = ("start", "loss", "epoch", "reached", "test")

SPECS = [
    TrainSpec(epochs=50, batch_size=16, seed=1),
    TrainSpec(dataset="mnist", batch_size=64, epochs=3, lr=0.001, seed=2),
    TrainSpec(epochs=50, batch_size=32, seed=3, network="lenet5_bn"),
    TrainSpec(dataset="mnist", batch_size=128, epochs=3, optimizer="sgd", lr=0.05, seed=4),
    TrainSpec(epochs=40, batch_size=8, seed=5, optimizer="sgd", lr=0.02),
]


@dataclass
class Found:
    """What went wrong, and how often what was done."""

    wrong: Counter = field(default_factory=Counter)
    count: Counter = field(default_factory=Counter)
    web_s: list[float] = field(default_factory=list)                       # from the kill until a learner sees the run again

    def blame(self, kind: str, what: str) -> None:
        self.wrong[kind] += 1
        print(f"  WRONG: {what}", flush=True)


class Reader(threading.Thread):
    """Somebody who looks at every run all the time. shown: run -> number of the record -> the record, as it was first seen."""

    def __init__(self, found: Found) -> None:
        super().__init__(daemon=True)
        self.found, self.over = found, threading.Event()
        self.shown: dict[str, dict[int, str]] = defaultdict(dict)
        self.runs: list[str] = []
        self.guard = threading.Lock()

    def run(self) -> None:
        while not self.over.is_set():
            for run in list(self.runs):
                try:
                    self.look(run)
                except sqlite3.OperationalError as busy:
                    self.found.count[f"looks refused: {busy}"] += 1
            self.over.wait(READ_S)

    def look(self, run: str) -> None:
        with self.guard:
            told = self.shown[run]
            for event in client.events(run, max(told, default=0)):
                told[event.seq] = json.dumps(event.record)

    def check(self) -> None:
        """Everything that was shown is still there, unchanged and without a gap."""
        with self.guard:
            shown = {run: dict(told) for run, told in self.shown.items()}
        for run, told in shown.items():
            now = {event.seq: json.dumps(event.record) for event in client.events(run)}
            lost = [seq for seq, record in told.items() if now.get(seq) != record]
            if lost:
                self.found.blame("acknowledged", f"run {run}: {len(lost)} acknowledged records lost or changed, first {lost[0]}")
            if list(now) != list(range(1, len(now) + 1)):
                self.found.blame("gaps", f"run {run}: records are not numbered 1 to {len(now)}")
            self.found.count["acknowledged records compared"] += len(told)


class Learners(threading.Thread):
    """Press Train whenever a run has ended, as long as more are wanted, and Continue where a run does not go on by itself."""

    def __init__(self, tokens: list[str], reader: Reader, found: Found, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.tokens, self.reader, self.found, self.chance = tokens, reader, found, chance
        self.more, self.over = True, threading.Event()
        self.spec_of: dict[str, TrainSpec] = {}
        self.latest: dict[str, str] = {}             # learner -> run
        self.left: dict[str, float] = {}             # run -> since when it does not go on

    def run(self) -> None:
        while not self.over.is_set():
            for token in self.tokens:
                try:
                    self.look_after(token)
                except sqlite3.OperationalError as busy:
                    self.found.count[f"looks refused: {busy}"] += 1
            self.over.wait(0.2)

    def look_after(self, token: str) -> None:
        run = self.latest.get(token)
        status = client.status(run, token) if run else None
        if status is None or status.state == "done":
            if self.more:
                self.begin(token)
            return
        if status.active:
            self.left.pop(run, None)
        elif not status.resumable:
            self.found.blame("unfinished", f"run {run} ended {status.state}: {status.cause}")
            self.latest.pop(token)
        elif time.monotonic() - self.left.setdefault(run, time.monotonic()) > PATIENCE_S:
            client.resume(run, token)
            self.found.count["continued by their learner"] += 1
            del self.left[run]

    def begin(self, token: str) -> None:
        spec = SPECS[len(self.spec_of) % len(SPECS)]
        run = client.submit("train", asdict(spec), token, secrets.token_hex(8))
        self.spec_of[run], self.latest[token] = spec, run
        self.reader.runs.append(run)

    def idle(self) -> bool:
        return all((status := client.status(run)) and status.state == "done" for run in self.latest.values())


class Room:
    """The server under fire, and who can be killed in it."""

    def __init__(self, home: Path, tokens: list[str], learners: Learners, found: Found, chance: random.Random) -> None:
        self.home, self.tokens, self.learners, self.found, self.chance = home, tokens, learners, found, chance
        self.server = Server(home, FIRSTLIGHT_LIMITS="class").__enter__()

    def kill(self, target: str, moment: str) -> bool:
        """Whether there was somebody to kill. moment, of a worker: one of MOMENTS."""
        deadline = time.monotonic() + TARGET_S
        while not (pids := self.pids(target)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        run, pid = self.chance.choice(pids)
        if moment != "at random":
            _until(moment, self.home / "runs" / run, pid)
        if not works_in(pid, self.home):              # has just ended by itself
            return self.kill(target, moment) if time.monotonic() < deadline else False
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        if target == "web":
            self.server.process.wait()
            self.server.log.close()
            self.server = Server(self.home, FIRSTLIGHT_LIMITS="class").__enter__()
            self.find_again(began)
        return True

    def pids(self, target: str) -> list[tuple[str, int]]:
        """(run or "", pid)."""
        if target == "web":
            return [("", self.server.process.pid)]
        if target == "worker":
            with contextlib.closing(_read_only(self.home)) as db:
                rows = db.execute(f"SELECT id, pid FROM runs WHERE state IN {one_of(AT_WORK)} AND pid IS NOT NULL").fetchall()
            return [(run, pid) for run, pid in rows if works_in(pid, self.home)]
        word = {"service": "jobs.service", "forks": "multiprocessing.forkserver"}[target]
        found = [("", pid) for pid in processes_of(self.home) if word in _command(pid)]
        oldest = min(found, key=lambda one: _started(one[1]), default=None)    # workers carry the command of the process they come from
        return [oldest] if oldest else []

    def find_again(self, began: float) -> None:
        """A new session of a learner's browser shows the learner's latest run."""
        token = self.chance.choice(self.tokens)
        wanted = self.learners.latest.get(token)

        async def look() -> tuple[str, list[str]]:
            async with Tab(self.server.port, "train", token=token) as tab:
                await tab.run()
                return tab.query, tab.exceptions

        query, exceptions = asyncio.run(look())
        self.found.web_s.append(time.monotonic() - began)
        same = self.learners.latest.get(token) == wanted                       # else another one has begun in the meantime
        if exceptions or (wanted and same and f"run={wanted}" not in query):
            self.found.blame("web", f"after a kill of the web server run {wanted} is not shown: {query!r}, {exceptions}")
        self.found.count["sessions that found their run again"] += 1

    def end(self) -> None:
        """Everything that carries our folder's name."""
        self.server.__exit__()
        for _ in range(100):
            if not (left := processes_of(self.home)):
                break
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if mine := starter._started.get(self.home):
                mine.poll()
            time.sleep(0.05)
        starter._started.pop(self.home, None)


def check_store(home: Path, found: Found) -> None:
    with contextlib.closing(_read_only(home)) as db:
        said = db.execute("PRAGMA integrity_check").fetchone()[0]
    found.count["looks at the store"] += 1
    if said != "ok":
        found.blame("store", f"the store: {said}")


def check_files(home: Path, found: Found) -> None:
    for path in sorted((home / "runs").rglob("*")):
        try:
            if path.name == CHECKPOINT:
                kept = torch.load(path, weights_only=True)
                if not {"model", "optimizer", "generator", "order", "counters"} <= set(kept):
                    raise ValueError(f"only {sorted(kept)}")
            elif path.suffix == ".safetensors":
                tensors_of(path.read_bytes())
            else:
                continue
            found.count["files read"] += 1
        except FileNotFoundError:                    # a snapshot has just made room
            continue
        except Exception as broken:
            found.blame("files", f"{path.name} of run {path.parent.name} cannot be read: {type(broken).__name__}: {broken}")


@dataclass(frozen=True)
class Resumed:
    """One time that a run went on. steps: told before, and computed again; seconds: the work that they had taken.

    Records wait for the store at most jobs.journal.FLUSH_S: so much more may have been computed, and told to nobody.
    """

    run: str
    steps: int
    seconds: float
    epoch_steps: int

    @property
    def within(self) -> bool:
        return self.steps <= self.epoch_steps or self.seconds <= LOST_S


def resumed(home: Path, run: str) -> list[Resumed]:
    """From the records: where each attempt began against how far the records before it went."""
    with contextlib.closing(_read_only(home)) as db:
        rows = [json.loads(text) for (text,) in db.execute("SELECT json FROM events WHERE run = ? ORDER BY seq", (run,))]
    found, reached, epoch_steps = [], [(0, 0.0)], 1
    for record in rows:
        if record["type"] == "start":
            epoch_steps = record["steps_per_epoch"]
        elif record["type"] == "resumed":
            step, at_s = reached[-1]
            before_s = max(seconds for done, seconds in reached if done <= record["done"])
            found.append(Resumed(run, max(0, step - record["done"]), max(0.0, at_s - before_s), epoch_steps))
        elif record["type"] == "loss":
            reached.append((record["step"], record["at_s"]))
    return found


def undisturbed(spec: TrainSpec) -> tuple[list[dict], dict]:
    """The records and the weights of the same spec in this process, one thread, never interrupted."""
    with tempfile.TemporaryDirectory(prefix="firstlight-bench-") as folder:
        job = TrainJob(asdict(spec))
        job.folder = Path(folder)
        records = [record for record in job.records() if record is not None]
        job.save(job.folder)
        return comparable(records), tensors_of((job.folder / WEIGHTS).read_bytes())


def comparable(records: list[dict]) -> list[dict]:
    """What must be the same, as it is after a journey through JSON."""
    return [json.loads(json.dumps({name: value for name, value in record.items() if name not in TIMES}))
            for record in records if record["type"] in SAME]


def check_runs(learners: Learners, found: Found) -> int:
    """Each run against the undisturbed one. The number of loss values compared."""
    known, points = {}, 0
    for run, spec in learners.spec_of.items():
        if spec not in known:
            known[spec] = undisturbed(spec)
        wanted, weights = known[spec]
        status, told = client.status(run), comparable([event.record for event in client.events(run)])
        if status.state != "done":
            found.blame("unfinished", f"run {run} is {status.state}: {status.cause}")
            continue
        found.count["runs finished"] += 1
        points += sum(record["type"] == "loss" for record in told)
        if told != wanted:
            found.blame("losses", f"run {run} ({spec.dataset}, {status.attempt} attempts): {_difference(told, wanted)}")
        own = tensors_of(client.artifact(run, WEIGHTS).read_bytes())
        if own.keys() != weights.keys() or not all(torch.equal(own[name], weights[name]) for name in own):
            found.blame("weights", f"run {run}: other weights than undisturbed")
    return points


def _difference(told: list[dict], wanted: list[dict]) -> str:
    ours, theirs = ({(one["type"], one.get("step")): one for one in records} for records in (told, wanted))
    missing, extra = [key for key in theirs if key not in ours], [key for key in ours if key not in theirs]
    other = [key for key in ours if key in theirs and ours[key] != theirs[key]]
    twice = len(told) - len(ours)
    first = f"; first: {ours[other[0]]} instead of {theirs[other[0]]}" if other else ""
    return (f"{len(missing)} records missing {missing[:3]}, {len(extra)} too many {extra[:3]}, {twice} told twice, {len(other)} different"
            f" of {len(wanted)}{first}" + ("" if missing or extra or other or twice else ", in another order"))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _started(pid: int) -> int:
    """In ticks since the machine was started."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return sys.maxsize


def _until(moment: str, folder: Path, pid: int) -> None:
    """Until the run's files are just being written, or its checkpoint just was; at most ten seconds, and not without the process."""
    def checkpoint() -> int:
        return (folder / CHECKPOINT).stat().st_mtime_ns if (folder / CHECKPOINT).exists() else 0

    def come() -> bool:
        return any(name.endswith(".part") for name in os.listdir(folder)) if moment == "writing" else checkpoint() != before    # noqa: PTH208

    before, deadline = checkpoint(), time.monotonic() + 10
    while not come() and time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        time.sleep(0.0005)


def _read_only(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / 'store.sqlite'}?mode=ro", uri=True, timeout=5.0)


def plan(kills: int, chance: random.Random) -> list[str]:
    """Targets in random order, each its share."""
    targets = [target for target, share in SHARES.items() for _ in range(max(1, round(share * kills)))]
    targets = (targets + ["worker"] * kills)[:kills]
    chance.shuffle(targets)
    return targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if not DATASETS["mnist"].present():
        sys.exit("MNIST is not there: set FIRSTLIGHT_DATA")
    torch.set_num_threads(1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # so that what was started is ended
    home = Path(tempfile.mkdtemp(prefix="firstlight-bench-"))
    os.environ |= {"FIRSTLIGHT_HOME": str(home), "FIRSTLIGHT_LIMITS": "class", "TMPDIR": str(home)}
    print(about_machine(), flush=True)
    try:
        good = fire(home, asked.kills, random.Random(asked.seed))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(not good)


def fire(home: Path, kills: int, chance: random.Random) -> bool:
    found, tokens = Found(), [f"{chance.getrandbits(128):032x}" for _ in range(4)]
    reader = Reader(found)
    learners = Learners(tokens, reader, found, chance)
    room = Room(home, tokens, learners, found, chance)
    killed, moments, began = Counter(), Counter(), time.monotonic()
    try:
        reader.start()
        learners.start()
        for number, target in enumerate(plan(kills, chance), start=1):
            time.sleep(chance.uniform(*PAUSE_S))
            moment = MOMENTS[killed["worker"] % len(MOMENTS)] if target == "worker" else "at random"
            if not room.kill(target, moment):
                found.blame("target", f"no {NAMES[target]} to kill within {TARGET_S:.0f} s")
                continue
            killed[target] += 1
            moments[moment] += target == "worker"
            check_store(home, found)
            reader.check()
            check_files(home, found)
            if number % 10 == 0:
                print(f"{number} kills, {time.monotonic() - began:.0f} s, {len(learners.spec_of)} runs begun", flush=True)
        learners.more = False
        deadline = time.monotonic() + FINISH_S
        while not learners.idle() and time.monotonic() < deadline:
            time.sleep(0.5)
        learners.over.set()
        learners.join()
        reader.over.set()
        reader.join()
        for run in reader.runs:
            reader.look(run)
        check_store(home, found)
        reader.check()
        check_files(home, found)
        points = check_runs(learners, found)
        again = [one for run in learners.spec_of for one in resumed(home, run)]
        parts = len(list((home / "runs").rglob("*.part")))
    finally:
        learners.over.set()
        reader.over.set()
        room.end()
    return told(found, killed, moments, points, again, parts, len(learners.spec_of), reader)


def told(found: Found, killed: Counter, moments: Counter, points: int, again: list[Resumed], parts: int, runs: int,
         reader: Reader) -> bool:
    for one in again:
        if not one.within:
            found.blame("twice", f"run {one.run}: {one.steps} steps, {one.seconds:.1f} s of work, were done twice; an epoch is "
                        f"{one.epoch_steps} steps")
    wrong, count = found.wrong, found.count
    seen, done = sum(len(told) for told in reader.shown.values()), count["runs finished"]
    print(f"\n{sum(killed.values())} kills: " + ", ".join(f"{NAMES[target]} {killed[target]}" for target in SHARES)
          + f"; of the workers {', '.join(f'{times} {moment}' for moment, times in moments.items() if times)}")
    rows = [
        ("store damaged", f"{wrong['store']} of {count['looks at the store']} looks", "store"),
        ("acknowledged records lost or changed", f"{wrong['acknowledged']} of {seen:,}, each compared after every kill", "acknowledged"),
        ("gaps in the numbers", f"{wrong['gaps']}", "gaps"),
        ("files that cannot be read", f"{wrong['files']} of {count['files read']:,}", "files"),
        ("runs finished", f"{done} of {runs}", "unfinished"),
        ("other losses or scores than undisturbed", f"{wrong['losses']} of {done} runs, {points:,} losses, bit for bit", "losses"),
        ("other weights than undisturbed", f"{wrong['weights']} of {done} runs, bit for bit", "weights"),
        ("times that a run went on after a kill", f"{len(again)}, {count['continued by their learner']} of them by their learner", ""),
    ]
    if again:
        most = max(again, key=lambda one: one.seconds)
        rows.append(("work done twice: median, most", f"{statistics.median(one.seconds for one in again):.2f}, {most.seconds:.2f} s"
                     f" ({most.steps} steps, {most.steps / most.epoch_steps:.2f} epochs)", "twice"))
    if found.web_s:
        rows.append(("run shown again after a web kill", f"{count['sessions that found their run again']} sessions, median "
                     f"{statistics.median(found.web_s):.1f}, slowest {max(found.web_s):.1f} s", "web"))
    rows += [(what, str(times), "") for what, times in count.items() if what.startswith("looks refused")]
    rows.append(("unfinished temporary files left", str(parts), ""))
    for name, value, kind in rows:
        print(f"  {name:42s} {value:56s} {'' if not kind else 'FAIL' if wrong[kind] else 'pass'}")
    return not wrong


if __name__ == "__main__":
    main()
