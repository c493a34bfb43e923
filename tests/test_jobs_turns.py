"""Who is next: learners take turns, however many runs each of them has; and a run that is interrupted learns what it would have learned."""

import contextlib
import dataclasses
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SpecError
from core.train import Tensor, TrainSpec
from core.weights import from_bytes
from jobs import cleanup, client, queue
from jobs.artifacts import WEIGHTS
from jobs.home import run_folder
from jobs.journal import Journal
from jobs.kinds import JOBS
from jobs.kinds.train import TrainJob
from jobs.limits import LIMITS
from jobs.store import AT_WORK, WAITING, one_of, opened
from jobs.worker import carry_out
from tests.jobs_place import place, service, until, until_state  # noqa: F401

LIMIT = LIMITS["laptop"]


def take() -> str | None:
    with opened() as db:
        row = queue.take_next(db)
        return row and row["id"]


def leaves(run: str, state: str = "preempted") -> None:
    """Its worker ends the turn, or the run."""
    with opened() as db:
        Journal(db, run, client.status(run).attempt).end(state, None)


def turns(count: int, state: str = "preempted") -> list[str]:
    """The next runs, with one worker and every run sent back into the line after its turn."""
    taken = []
    for _ in range(count):
        taken.append(take())
        leaves(taken[-1], state)
    return taken


def submitted(*learners: str) -> list[str]:
    return [client.submit("count", {}, learner) for learner in learners]


@pytest.mark.usefixtures("place")
class TestTurns:
    def test_learners_take_turns_however_many_runs_each_has(self):
        a1, a2, b1, c1, c2 = submitted("ann", "ann", "bob", "cleo", "cleo")
        assert turns(9) == [a1, b1, c1] * 3
        client.stop(a1, "ann")
        client.stop(c1, "cleo")
        assert turns(6) == [a2, b1, c2] * 2

    def test_two_workers_take_turns_in_the_same_order(self):
        runs = submitted("ann", "bob", "cleo")
        first, second = take(), take()
        order = [first, second]
        for _ in range(7):                           # whoever has had the longest turn makes room
            leaves(order[-2])
            order.append(take())
        assert order == (runs * 3)[:9]

    def test_after_its_turn_a_run_stands_behind_all_who_waited(self):
        first, *others = submitted("ann", "bob", "cleo", "dora")
        assert take() == first
        late = client.submit("count", {}, "eve")
        leaves(first)
        assert [client.status(run).place for run in (*others, late, first)] == [1, 2, 3, 4, 5]
        assert client.submit("count", {}, "fay")
        assert client.status(first).place == 5

    def test_a_learners_second_run_comes_after_the_others_first_turns(self):
        first, second = submitted("ann", "ann")
        bob, cleo = submitted("bob", "cleo")
        assert take() == first
        leaves(first, "done")
        assert [client.status(run).place for run in (bob, cleo, second)] == [1, 2, 3]
        assert turns(3, "done") == [bob, cleo, second]

    def test_deleting_a_run_that_had_its_turn_brings_nobody_forward(self):
        first, second, bob = submitted("ann", "ann", "bob")
        assert turns(1, "done") == [first]
        client.delete(first, "ann")
        assert turns(2, "done") == [bob, second]

    def test_a_run_that_left_the_line_unserved_costs_its_learner_nothing(self):
        first, _ = submitted("ann", "bob")
        third = client.submit("count", {}, "ann")
        client.stop(third, "ann")
        client.delete(third, "ann")
        assert take() == first

    def test_a_run_whose_worker_died_is_next_again(self):
        first, second = submitted("ann", "bob")
        assert take() == first
        with opened() as db:
            assert queue.go_on_later(db, first, 1, {"code": "worker_killed"}, most=1)
        assert take() == first
        with opened() as db:
            assert not queue.go_on_later(db, first, 2, {"code": "worker_killed"}, most=1)
        assert client.status(first).state == "starting"
        assert take() == second

    def test_a_paused_run_that_comes_back_stands_behind_all_who_waited(self):
        first, second = submitted("ann", "bob")
        assert turns(1, "parked") == [first]
        client.command(first, "ann", "resume")
        assert turns(3) == [second, first, second]

    def test_each_kind_of_worker_has_its_own_line_and_a_learner_works_on_one_of_them(self):
        cpu = client.submit("count", {}, "ann")
        gpu = client.submit("count", {"device": "cuda"}, "ann")
        bob = client.submit("count", {"device": "cuda"}, "bob")
        with opened() as db:
            assert queue.take_next(db, "cpu")["id"] == cpu
            assert (queue.could_start(db, "cpu"), queue.could_start(db, "gpu")) == (0, 1)
            assert queue.take_next(db, "gpu")["id"] == bob
            assert queue.take_next(db, "gpu") is None
        leaves(cpu, "done")
        leaves(bob, "done")
        with opened() as db:
            assert queue.take_next(db, "gpu")["id"] == gpu


ACTS = ("submit", "take", "take", "preempt", "preempt", "done", "stop", "park", "unpark", "lose", "continue", "delete", "interrupt")


@contextlib.contextmanager
def emptied() -> Iterator[sqlite3.Connection]:
    with opened() as db:
        for table in ("runs", "events", "commands"):
            db.execute(f"DELETE FROM {table}")
        yield db


@settings(derandomize=True, deadline=None, database=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 9)), min_size=20, max_size=90),
       workers=st.integers(1, 3))
def test_nobody_gets_two_turns_while_another_who_could_run_waits_throughout(acts, workers, place):  # noqa: F811
    """A turn that was interrupted, and goes on, is not a second one. Whoever comes back into the line begins to wait anew."""
    passed: dict[str, Counter] = {}                  # learner who waits -> turns that each other learner began meanwhile
    going_on: set[str] = set()                       # runs whose turn was interrupted
    with emptied() as db:
        for name, learner, n in acts:
            act(db, name, f"learner{learner}", n, workers, passed, going_on)
            now_waiting = startable(db)
            for gone in set(passed) - now_waiting:
                del passed[gone]
            for come in now_waiting - set(passed):
                passed[come] = Counter()
            assert all(counted <= 1 for turns in passed.values() for counted in turns.values()), passed


def startable(db: sqlite3.Connection) -> set[str]:
    """Learners who wait and have none at work, found without the queue's own question."""
    rows = db.execute("SELECT learner, state FROM runs").fetchall()
    return {row["learner"] for row in rows if row["state"] in WAITING} - {row["learner"] for row in rows if row["state"] in AT_WORK}


def act(db: sqlite3.Connection, name: str, learner: str, n: int, workers: int, passed: dict[str, Counter], going_on: set[str]) -> None:
    def one(*states: str) -> sqlite3.Row | None:
        rows = db.execute(f"SELECT * FROM runs WHERE state IN {one_of(states)} ORDER BY number").fetchall()
        return rows[n % len(rows)] if rows else None

    if name == "submit":
        with contextlib.suppress(SpecError):
            queue.enter(db, "count", {}, learner, None, LIMIT)
    elif name == "take" and db.execute(f"SELECT count(*) FROM runs WHERE state IN {one_of(AT_WORK)}").fetchone()[0] < workers:
        before, row = startable(db), queue.take_next(db)
        assert (row and row["learner"]) in (before or {None})
        if row and row["id"] not in going_on:
            for waits, others in passed.items():
                others[row["learner"]] += waits != row["learner"]
        going_on.discard(row and row["id"])
    elif name in ("preempt", "park", "done") and (row := one(*AT_WORK)):
        Journal(db, row["id"], row["attempt"]).end({"preempt": "preempted", "park": "parked"}.get(name, name), None)
    elif name == "lose" and (row := one(*AT_WORK)):
        queue.end(db, row["id"], row["attempt"], "lost", {"code": "service_restarted"})
    elif name == "interrupt" and (row := one(*AT_WORK)):
        if queue.go_on_later(db, row["id"], row["attempt"], {"code": "worker_killed"}, 1):
            going_on.add(row["id"])
    elif name == "stop" and (row := one(*WAITING, "parked")):
        queue.leave(db, row["id"])
        going_on.discard(row["id"])
    elif name == "unpark" and (row := one("parked")):
        client.command(row["id"], row["learner"], "resume")
        passed.pop(row["learner"], None)
    elif name == "continue" and (row := one("lost", "stopped")):
        with contextlib.suppress(SpecError):
            queue.enter_again(db, row["id"], LIMIT)
            passed.pop(row["learner"], None)
    elif name == "delete" and (row := one("done", "lost", "stopped")):
        cleanup.forget(db, row["id"])


# the same seed, the same curve

SPEC = TrainSpec(epochs=3, train_images=120, batch_size=8)                 # 108 pictures to learn from: 14 steps, three times


def alone(spec: TrainSpec, folder: Path) -> tuple[list[dict], dict[str, Tensor]]:
    """What a run tells that nothing interrupts, without what depends on how fast the machine is; and its weights."""
    job = TrainJob(dataclasses.asdict(spec))
    job.folder = folder
    records = [json.loads(json.dumps(record)) for record in job.records() if record]
    return timeless(records), job.state.model.state_dict()


def timeless(records: list[dict]) -> list[dict]:
    return [{name: value for name, value in record.items() if name not in ("images_per_s", "at_s")} for record in records]


def same_weights(folder: Path, weights: dict[str, Tensor]) -> None:
    kept = from_bytes((folder / WEIGHTS).read_bytes(), SPEC.network).state_dict()
    assert kept.keys() == weights.keys()
    assert all(kept[name].equal(tensor) for name, tensor in weights.items())


def told(run: str) -> list[dict]:
    return timeless([event.record for event in client.events(run)])


@pytest.mark.parametrize("looks", [4, 5, 17])              # so many that the test at the end fits into a turn
def test_a_run_sent_back_again_and_again_learns_the_same_as_one_that_was_alone(looks, place, monkeypatch):  # noqa: F811
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)
    monkeypatch.setattr("jobs.worker.LOOK_S", 0.0)
    records, weights = alone(SPEC, place / "alone")
    calls = 0

    def commands(self: Journal) -> list[tuple[str, dict]]:
        nonlocal calls
        calls += 1
        return [("yield", {})] if calls % looks == 0 else []

    monkeypatch.setattr(Journal, "commands", commands)
    run, attempts = client.submit("train", dataclasses.asdict(SPEC), "ann"), 0
    folder = run_folder(run)
    folder.mkdir(parents=True)
    while take():
        with opened() as db:
            attempts += 1
            journal = Journal(db, run, attempts)
            journal.enter("starting")
            journal.end(*carry_out(journal, JOBS["train"], folder))
    assert client.status(run).state == "done"
    assert attempts > 45 / looks
    assert told(run) == records
    same_weights(folder, weights)


@pytest.mark.skipif(os.name == "nt", reason="ends processes by signal")
def test_a_run_among_seven_others_draws_the_same_curve_as_one_that_was_alone(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_PRELOAD", "jobs.preload jobs.kinds.train tests.jobs_count")
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)
    monkeypatch.setattr("tests.jobs_place.DEADLINE_S", 300.0)               # eight take turns, perhaps on a busy machine
    spec = TrainSpec(epochs=8, batch_size=32)
    others = [client.submit("count", {"to": 100_000, "every_s": 0.02, "resumable": True}, f"learner{n}") for n in range(7)]
    run = client.submit("train", dataclasses.asdict(spec), "ann")
    records, weights = alone(spec, service / "alone")
    until(lambda: client.status(run).attempt >= 2 or not client.status(run).active, "a second turn")
    found = until_state(run, "done")
    assert found.attempt >= 2
    assert all(client.status(other).attempt >= 1 for other in others)
    for n, other in enumerate(others):
        client.stop(other, f"learner{n}")
    assert told(run) == records
    same_weights(run_folder(run), weights)
