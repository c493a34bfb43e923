"""A class at work: python -m benchmarks.classroom [--learners 40] [--minutes 3.5] [--usual-minutes 1.5] [--rounds 4] [--only PART ...]

ours: every learner is a browser session of its own on a fresh server (FIRSTLIGHT_LIMITS=class). All open the train page and press Train
within two seconds, some of them twice at once; then each goes on with exponential pauses, mean 8 s: changes a control, opens another
page, comes back, trains again; one in four stops a later run. The pages poll all the while, as a browser does.
turns: eight learners with runs longer than the measurement, without pages.
usual: the first measurement with benchmarks/usual/app.py, the pattern that most Streamlit trainings follow.
Ends with 1 when ours misses a limit. MNIST is read from FIRSTLIGHT_DATA.
"""

import argparse
import asyncio
import json
import os
import random
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.rerun import warm_up
from benchmarks.server import ROOT, Server, about_machine
from benchmarks.websocket import Tab
from core.data import DATASETS
from core.train import TrainSpec
from jobs import client, starter
from jobs.limits import limits
from jobs.store import AT_WORK

PRESS_S = 2.0                                        # within which everybody presses Train
THINK_S = 8.0                                        # mean
SAMPLE_S = 2.0
TWICE, STOPPERS = 8, 4                               # one in so many presses Train twice at once; stops a later run
WAIT_S = 240.0                                       # for the rest of the runs, after the measurement
PAGE_KNOWS_S = 5.0                                   # after the end of a run, its page must know it
LATE_STOP_S = 120.0                                  # after the measurement, for those who have not stopped a run yet
BATCH_SIZE = 16                                      # 81 steps an epoch; 40 epochs are 5 to 7 s of work on a quiet core
EPOCHS = "train.epochs"                              # the control
WORKERS = 2                                          # of FIRSTLIGHT_LIMITS=class
FAIR_LEARNERS = 8
FAIR = 0.95                                          # Jain, at least


@dataclass(frozen=True)
class Row:
    """A run as it stands. steps and seconds are work done; seconds is None where nobody counts them."""

    id: str
    learner: str
    state: str
    steps: int
    seconds: float | None

    @property
    def over(self) -> bool:
        return self.state not in ("queued", "preempted", "parked", *AT_WORK)


class Store:
    """The runs of our server, read through the client. Nobody here starts a service: that is the server's work."""

    def __init__(self, server: Server) -> None:
        os.environ |= {"FIRSTLIGHT_HOME": str(server.home), "FIRSTLIGHT_LIMITS": "class"}
        starter.ensure_service, self.kept = lambda: None, starter.ensure_service

    def close(self) -> None:
        starter.ensure_service = self.kept

    def of(self, learner: str) -> list[Row]:
        """Oldest first."""
        return [Row(run.id, learner, run.state, run.done, run.elapsed_s) for run in reversed(client.list_runs(learner, "train"))]

    def state(self, run: str) -> str:
        return client.status(run).state


class Log:
    """The runs of the usual page, as its threads tell them."""

    def __init__(self, server: Server) -> None:
        self.path, self.at = server.home / "usual.jsonl", 0
        self.rows: dict[str, Row] = {}

    def close(self) -> None:
        pass

    def of(self, learner: str) -> list[Row]:
        self._read()
        return [row for row in self.rows.values() if row.learner == learner]

    def state(self, run: str) -> str:
        self._read()
        return self.rows[run].state

    def _read(self) -> None:
        if not self.path.exists():
            return
        with self.path.open() as log:
            log.seek(self.at)
            while (line := log.readline()).endswith("\n"):
                told, self.at = json.loads(line), log.tell()
                self.rows[told["run"]] = Row(told["run"], told["learner"], told["state"], told["steps"], None)


@dataclass(frozen=True)
class Place:
    """What is measured. changes: for each page the controls that a learner may find there, and their values; () means its options."""

    name: str
    server: Callable[[], Server]
    books: Callable[[Server], Store | Log]
    changes: dict[str, tuple[tuple[str, tuple], ...]]
    links: bool                                      # the settings can stand in the link
    ask_first: str = ""                              # the button that shows without a prediction


OURS = Place(
    "ours", lambda: Server(FIRSTLIGHT_LIMITS="class"), Store,
    {"": (("home.path", ("45", "90")),), "tensors": (("tensors.create.seed", (1, 2, 3, 4, 5)),),
     "lenet": (("lenet.digit", (1, 2, 3, 4, 5)),), "data": (("data.look.picked", (1, 2, 3, 4, 5)),),
     "train": ((EPOCHS, (10, 20, 30, 50)), ("train.below", ()))},
    links=True, ask_first="predict.train.show")
USUAL = Place(
    "usual", lambda: Server(app=ROOT / "benchmarks" / "usual" / "app.py", STREAMLIT_BROWSER_GATHER_USAGE_STATS="false"), Log,
    {"": (("home.path", (30, 45, 60)),), "network": (("network.digit", (1, 2, 3, 4, 5)),), "train": ((EPOCHS, (10, 20, 30, 50)),)},
    links=False)


@dataclass
class Tally:
    """What all learners met."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))       # kind of rerun -> each one's
    presses: Counter = field(default_factory=Counter)                                        # learner -> runs asked for
    stops: list[float] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)                                           # runs
    errors: Counter = field(default_factory=Counter)
    lag: list[float] = field(default_factory=list)   # of our own loop: what the times below cannot be finer than


class Learner:
    def __init__(self, place: Place, tab: Tab, number: int, tally: Tally, books: Store | Log, asked: argparse.Namespace) -> None:
        self.place, self.tab, self.number, self.tally, self.books, self.epochs = place, tab, number, tally, books, asked.epochs
        self.chance = random.Random(f"{asked.seed} {number}")
        self.page, self.stopper, self.has_stopped = "train", number % STOPPERS == 1, False

    async def open(self) -> None:
        """The train page, ready to press Train."""
        self._note("open", await self.tab.run())
        if not self.place.links:
            self._note("open", await self.tab.set(EPOCHS, self.epochs))
        if self.place.ask_first:
            self._note("open", await self.tab.press(self.place.ask_first))

    async def work(self, pressed: float, until: float) -> None:
        """Press Train, go on until the moment, then only look. Moments are time.monotonic."""
        await asyncio.sleep(max(0.0, pressed + self.chance.uniform(0, PRESS_S) - time.monotonic()))
        await self._try(self._train, 2 if self.number % TWICE == 0 else 1)
        while (left := until - time.monotonic()) > (0 if not self.stopper or self.has_stopped else -LATE_STOP_S) and not self.tab.lost:
            pause_s = self.chance.expovariate(1 / THINK_S)
            await asyncio.sleep(min(left, pause_s) if left > 0 else pause_s)
            if time.monotonic() < until or self.stopper:
                await self._try(self._act, until + LATE_STOP_S)

    async def _act(self, until: float) -> None:
        mine = await asyncio.to_thread(self.books.of, self.tab.token)
        if self.page == "train" and mine[-1].over and (self.stopper or self.chance.random() < 0.5):
            if not await self.tab.until(lambda: self.tab.has(EPOCHS), PAGE_KNOWS_S):       # the page asks now and then
                raise LookupError("the train page does not say that the run is over")
            self._note("change", await self.tab.set(EPOCHS, self.epochs))
            if self.tab.shows("train.start"):
                await self._train(2 if self.chance.random() < 1 / TWICE else 1)
        elif self.page == "train" and self.stopper and len(mine) > 1:
            await self._stop(mine[-1], until)
        elif self.stopper and mine[-1].over and self.page != "train":
            await self._go("train")
        elif self.page in self.place.changes and self.chance.random() < 0.6:
            await self._change()
        else:
            others = [page for page in self.tab.pages if page != self.page and (page in self.place.changes or page == "runs")]
            await self._go("train" if "train" in others and self.chance.random() < 0.4 else self.chance.choice(others))

    async def _change(self) -> None:
        here = [change for change in self.place.changes[self.page] if self.tab.has(change[0])]
        if not here:
            raise LookupError(f"page {self.page!r} has no control to change")
        control, values = self.chance.choice(here)
        self._note("change", await self.tab.set(control, self.chance.choice(values or self.tab.choices(control))))

    async def _train(self, times: int) -> None:
        self.tally.presses[self.tab.token] += 1
        self._note("Train", await self.tab.press("train.start", times))

    async def _stop(self, run: Row, until: float) -> None:
        """Let the run work for a moment, then stop it and wait for the store to say so."""
        while (state := await asyncio.to_thread(self.books.state, run.id)) != "running" and time.monotonic() < until:
            if Row(run.id, "", state, 0, None).over:
                return
            await asyncio.sleep(0.2)
        await asyncio.sleep(self.chance.uniform(0.5, 2.0))
        if not await self.tab.until(lambda: self.tab.shows("train.stop"), 5.0) or self.books.state(run.id) != "running":
            return
        began = time.perf_counter()
        self.tally.stopped.add(run.id)
        answer = asyncio.create_task(self.tab.press("train.stop"))
        while not Row(run.id, "", await asyncio.to_thread(self.books.state, run.id), 0, None).over:
            if time.perf_counter() - began > 60:
                raise TimeoutError(f"run {run.id} was not stopped")
            await asyncio.sleep(0.02)
        if self.books.state(run.id) == "stopped":    # else it ended in the meantime
            self.tally.stops.append(time.perf_counter() - began)
            self.has_stopped = True
        self._note("Stop", await answer)

    async def _go(self, page: str) -> None:
        self.page = page
        self._note("page", await self.tab.go(page))

    async def _try(self, act: Callable, *args: object) -> None:
        try:
            await act(*args)
        except (TimeoutError, ConnectionError, LookupError) as error:
            self.tally.errors[f"{type(error).__name__}: {error}"[:150]] += 1

    def _note(self, kind: str, run: object) -> None:
        self.tally.seconds[kind].append(run.seconds)


@dataclass(frozen=True)
class Sample:
    """All runs at one moment, seconds after the first press."""

    at_s: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Outcome:
    place: Place
    learners: list[str]
    tally: Tally
    samples: list[Sample]
    minutes: float
    memory_mb: float
    server_ms: float                                 # of CPU per second

    @property
    def last(self) -> dict[str, Row]:
        return {row.id: row for row in self.samples[-1].rows}

    def first_runs(self) -> dict[str, str]:
        """Learner -> the first run."""
        found = {}
        for sample in self.samples:
            for row in sample.rows:
                found.setdefault(row.learner, row.id)
        return found

    def contended_s(self) -> float | None:
        """From when on fewer first runs were left than workers, so that others had to be served; None when that never happened."""
        firsts = set(self.first_runs().values())
        for sample in self.samples:
            left = firsts - {row.id for row in sample.rows if row.over}
            if len(firsts) == len(self.learners) and len(left) < WORKERS:
                return sample.at_s
        return None

    def service(self, at_s: float, unit: str) -> list[float]:
        """What every learner had been given by then, over all runs."""
        given = dict.fromkeys(self.learners, 0.0)
        sample = [sample for sample in self.samples if sample.at_s <= at_s][-1]
        for row in sample.rows:
            given[row.learner] += getattr(row, unit) or 0.0
        return list(given.values())

    def ended_s(self) -> list[float]:
        """For each first run that was done: seconds from the first press to its end, to SAMPLE_S exactly."""
        firsts, found = set(self.first_runs().values()), {}
        for sample in self.samples:
            for row in sample.rows:
                if row.id in firsts and row.state == "done":
                    found.setdefault(row.id, sample.at_s)
        return list(found.values())


async def attend(place: Place, server: Server, minutes: float, asked: argparse.Namespace) -> Outcome:
    books, tally = place.books(server), Tally()
    links = [f"epochs={asked.epochs}&batch_size={BATCH_SIZE}&seed={n}" if place.links else "" for n in range(asked.learners)]
    tabs = [await Tab(server.port, "train", link, secrets.token_hex(16)).__aenter__() for link in links]
    people = [Learner(place, tab, n, tally, books, asked) for n, tab in enumerate(tabs)]
    try:
        began = time.monotonic()
        for person in people:                        # they come in one after the other
            await person.open()
        print(f"{place.name}: {len(tabs)} learners have opened the train page, {time.monotonic() - began:.1f} s")
        for tab in tabs:
            tab.poll_s.clear()
        cpu_ms, pressed = server.cpu_ms(), time.monotonic() + 1.0
        until = pressed + 60 * minutes
        samples: list[Sample] = []
        watching = [asyncio.create_task(_watch(books, tabs, samples, pressed)), asyncio.create_task(_own_lag(tally))]
        await asyncio.gather(*(person.work(pressed, until) for person in people))
        server_ms = (server.cpu_ms() - cpu_ms) / (time.monotonic() - pressed)
        polls = [seconds for tab in tabs for seconds in tab.poll_s]
        while time.monotonic() < until + WAIT_S and not (samples and all(row.over for row in samples[-1].rows)):
            await asyncio.sleep(0.5)
        await asyncio.sleep(2 * SAMPLE_S)            # the latest sample knows the latest press
        for task in watching:
            task.cancel()
        tally.seconds["poll"] = polls
        for tab in tabs:
            tally.errors.update(f"page: {text}" for text in tab.exceptions)
            tally.errors.update(f"refused: {text[:120]}" for text in tab.alerts)
            tally.errors.update([f"connection: {tab.lost}"] if tab.lost else [])
        return Outcome(place, [tab.token for tab in tabs], tally, samples, minutes, server.memory_mb(), server_ms)
    finally:
        for tab in tabs:
            await tab.__aexit__()
        books.close()


async def _watch(books: Store | Log, tabs: Sequence[Tab], samples: list[Sample], began: float) -> None:
    def look() -> tuple[Row, ...]:
        return tuple(row for tab in tabs for row in books.of(tab.token))

    while True:
        samples.append(Sample(time.monotonic() - began, await asyncio.to_thread(look)))
        await asyncio.sleep(SAMPLE_S)


async def _own_lag(tally: Tally) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.05)
        tally.lag.append(time.perf_counter() - began - 0.05)


def jain(given: Sequence[float]) -> float:
    """1 when all have the same, 1/n when one has everything."""
    return sum(given) ** 2 / (len(given) * sum(x * x for x in given)) if any(given) else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed; nan without any."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def turns(rounds: int) -> list[tuple[float, list[float]]]:
    """Eight learners with endless runs, in turns: (seconds, what each has been given), sampled from the first work on."""
    place = Path(tempfile.mkdtemp(prefix="firstlight-bench-"))
    os.environ |= {"FIRSTLIGHT_HOME": str(place), "FIRSTLIGHT_LIMITS": "class", "TMPDIR": str(place)}
    learners = [secrets.token_hex(16) for _ in range(FAIR_LEARNERS)]
    try:
        runs = [client.submit("train", asdict(TrainSpec(dataset="mnist", batch_size=64, epochs=50, seed=n)), learner)
                for n, learner in enumerate(learners)]
        samples, began = [], None
        length_s = rounds * FAIR_LEARNERS / limits().workers * limits().turn_s
        while began is None or time.monotonic() - began < length_s:
            found = [client.status(run) for run in runs]
            if began is None and any(run.elapsed_s for run in found):
                began = time.monotonic()
            if ended := [f"{run.id}: {run.state}, {run.cause}" for run in found if not run.active]:
                raise RuntimeError(f"ended too early: {ended}")
            if began is not None:
                samples.append((time.monotonic() - began, [run.elapsed_s for run in found]))
            time.sleep(SAMPLE_S if began else 0.1)
        for run, learner in zip(runs, learners, strict=True):
            client.stop(run, learner)
        deadline = time.monotonic() + 30
        while any(client.status(run).active for run in runs) and time.monotonic() < deadline:
            time.sleep(0.2)
        return samples
    finally:
        _end_service(place)
        shutil.rmtree(place, ignore_errors=True)


def _end_service(place: Path) -> None:
    service = starter._started.pop(place, None)
    if service:
        service.send_signal(signal.SIGTERM)          # its workers notice and end
        try:
            service.wait(10)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait()
        time.sleep(1.0)


def rows(outcome: Outcome) -> dict[str, tuple[str, bool | None]]:
    """Every figure with its verdict; None where there is no limit."""
    tally, last = outcome.tally, outcome.last
    made = Counter(row.learner for row in last.values())
    wrong = sum(abs(made[learner] - tally.presses[learner]) for learner in outcome.learners)
    open_runs = [row for row in last.values() if not row.over]
    bad = Counter(row.state for row in last.values() if row.over and row.state not in ("done", "stopped"))
    bad["stopped by nobody"] = sum(row.state == "stopped" and row.id not in tally.stopped for row in last.values())
    bad += Counter()                                 # without zeros
    contended = outcome.contended_s()
    at_s = contended if contended is not None else 60 * outcome.minutes
    during = [sample for sample in outcome.samples if PRESS_S < sample.at_s <= 60 * outcome.minutes]
    busy = statistics.mean(any(row.state in ("running", "paused") for row in sample.rows) for sample in during)
    ended, firsts = outcome.ended_s(), set(outcome.first_runs().values())
    work = [row.seconds for row in last.values() if row.id in firsts and row.state == "done" and row.seconds]
    return {
        "errors": (str(tally.errors.total()), not tally.errors),
        "presses of Train, runs made, wrong": (f"{tally.presses.total()}, {len(last)}, {wrong}", wrong == 0),
        "runs not over in the end, ended badly": (f"{len(open_runs)}, {dict(bad) or 0}", not open_runs and not bad),
        "training busy, share of the time": (f"{busy:.0%}", None),
        "a first run's seconds at work: median": (f"{statistics.median(work):.1f} s" if work else "-", None),
        "a first run over after: median, slowest": (f"{statistics.median(ended):.0f}, {max(ended):.0f} s" if ended else "none", None),
        "fewer first runs left than workers after": (f"{contended:.0f} s" if contended is not None else "never", None),
        "Jain until then, seconds at work": _fair(outcome.service(at_s, "seconds")) if work else ("-", None),
        "Jain until then, steps": _fair(outcome.service(at_s, "steps")),
        "Train answered: median, slowest": _times(tally.seconds["Train"], 0.5, 1.0, limits=(None, 2.0)),
        "rerun after a change: p50, p95": _times(tally.seconds["change"], 0.5, 0.95, limits=(0.1, 0.5)),
        "page opened: p50, p95": _times(tally.seconds["page"], 0.5, 0.95),
        "poll answered: p50, p95": _times(tally.seconds["poll"], 0.5, 0.95),
        "Stop, until the run has ended: p50, p95": _times(tally.stops, 0.5, 0.95, limits=(None, 1.0)),
        "server: CPU per second, memory": (f"{outcome.server_ms:.0f} ms, {outcome.memory_mb:.0f} MB", None),
        "our own clock late: p95": (f"{percentile(tally.lag, 0.95):.3f} s", None),
    }


def _fair(given: Sequence[float]) -> tuple[str, bool]:
    return f"{jain(given):.3f} (limit {FAIR})", jain(given) >= FAIR


def _times(values: Sequence[float], *shares: float, limits: tuple[float | None, ...] = (None, None)) -> tuple[str, bool | None]:
    """The shares' values against their limits. What was never measured keeps no limit."""
    found = [percentile(values, share) for share in shares]
    shown = ", ".join(f"{value:.3f}" for value in found) + f" s of {len(values)}"
    kept = [value <= limit for value, limit in zip(found, limits, strict=True) if limit is not None]
    if kept:
        shown += f" (limit {', '.join('-' if limit is None else f'{limit:g}' for limit in limits)})"
    return shown, all(kept) if kept else None


def told(outcome: Outcome) -> bool:
    """Print one outcome. Whether every limit is kept."""
    print(f"\n{outcome.place.name}: {len(outcome.learners)} learners, {outcome.minutes:g} minutes")
    table = rows(outcome)
    for name, (value, verdict) in table.items():
        print(f"  {name:42s} {value:46s} {'' if verdict is None else 'pass' if verdict else 'FAIL'}")
    for error, times in outcome.tally.errors.most_common(8):
        print(f"    {times} x {error}")
    return all(verdict is not False for _, verdict in table.values())


def told_turns(samples: list[tuple[float, list[float]]], rounds: int) -> bool:
    """Jain over seconds at work since the start, at the end and in the last round. Until then all eight want more, all the time."""
    from_s = samples[-1][0] * (rounds - 1) / rounds
    figures = [jain(given) for at_s, given in samples if at_s >= from_s]
    end, worst, workers = figures[-1], min(figures), limits().workers
    good = end >= FAIR
    grain = jain([rounds] * workers + [rounds - 1] * (FAIR_LEARNERS - workers))
    print(f"\nturns: {FAIR_LEARNERS} learners on {workers} workers, {samples[-1][0]:.0f} s, all of them wanting more all the time")
    print(f"  seconds at work at the end: {', '.join(f'{x:.0f}' for x in sorted(samples[-1][1]))}")
    print(f"  Jain over the seconds at work since the start: at the end {end:.3f} (limit {FAIR}) {'pass' if good else 'FAIL'}")
    print(f"  in the last of {rounds} rounds: mean {statistics.mean(figures):.3f}, worst {worst:.3f}; turns of {limits().turn_s:.0f} s "
          f"allow {grain:.3f} at the worst moment")
    return good


def together(outcomes: Sequence[Outcome]) -> None:
    """Side by side."""
    tables = [rows(outcome) for outcome in outcomes]
    print("\n" + " " * 44 + "".join(f"{outcome.place.name:46s}" for outcome in outcomes))
    for name in tables[0]:
        print(f"  {name:42s}" + "".join(f"{table[name][0]:46s}" for table in tables))


def measure(place: Place, minutes: float, asked: argparse.Namespace) -> Outcome:
    with place.server() as server:
        if place is OURS:
            warm_up(server)
        outcome = asyncio.run(attend(place, server, minutes, asked))
        if outcome.tally.errors:
            print(server.said())
        return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=3.5)
    parser.add_argument("--usual-minutes", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=4, help="of turns, which the longest part takes: 80 s each")
    parser.add_argument("--epochs", type=int, default=40, help="of each run; all first runs together should take most of the minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", choices=("ours", "turns", "usual"), default=("ours", "turns", "usual"))
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))     # so that what was started is ended
    print(about_machine())
    good, outcomes = True, []
    if "ours" in asked.only:
        outcomes.append(measure(OURS, asked.minutes, asked))
        good &= told(outcomes[-1])
    if "turns" in asked.only:
        if not DATASETS["mnist"].present():
            sys.exit("turns: MNIST is not there: set FIRSTLIGHT_DATA")
        good &= told_turns(turns(asked.rounds), asked.rounds)
    if "usual" in asked.only:
        outcomes.append(measure(USUAL, asked.usual_minutes, asked))
        told(outcomes[-1])
    if len(outcomes) == 2:
        together(outcomes)
    sys.exit(not good)


if __name__ == "__main__":
    main()
