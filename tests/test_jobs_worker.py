"""The worker's loop in this process: records, commands and ends without waiting for anything."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import client, queue
from jobs.journal import Clock, Journal, Superseded
from jobs.limits import LIMITS
from jobs.store import opened, transaction
from jobs.worker import carry_out
from tests.jobs_count import CountJob
from tests.jobs_place import place  # noqa: F401

TARGET = "tests.jobs_count:CountJob"


def work(run: str, folder: Path, target: str = TARGET) -> tuple[str, dict | None]:
    """What a worker process does, after the service has taken the run."""
    with opened() as db:
        row = queue.take_next(db)
        assert row["id"] == run
        journal = Journal(db, run, row["attempt"])
        end = carry_out(journal, target, folder)
        journal.end(*end)
    return end


def test_a_run_to_its_end(place):  # noqa: F811
    run = client.submit("count", {"to": 3}, "ann")
    assert work(run, place) == ("done", None)
    assert [(event.seq, event.record["at"]) for event in client.events(run)] == [(1, 1), (2, 2), (3, 3)]
    assert (place / "count.txt").read_text() == "3"


def test_commands_given_while_waiting_are_obeyed_in_order_before_the_first_record(place):  # noqa: F811
    run = client.submit("count", {"to": 9}, "ann")
    for name, args in (("stride", {"by": 4}), ("dance", {}), ("pause", {}), ("resume", {})):
        client.command(run, "ann", name, **args)
    assert work(run, place) == ("done", None)
    records = [event.record for event in client.events(run)]
    assert [record.get("at") for record in records] == [None, None, 4, 8, 12]
    assert (records[0]["type"], records[0]["value"]) == ("changed", 4)
    assert (records[1]["type"], records[1]["code"], records[1]["command"]) == ("refused", "unknown_command", "dance")


def test_a_step_runs_exactly_one_record_and_silence_does_not_count(place, monkeypatch):  # noqa: F811
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], pause_s=0.1))
    run = client.submit("count", {"to": 9}, "ann")
    client.command(run, "ann", "step")
    client.command(run, "ann", "step")
    assert work(run, place) == ("stopped", {"code": "paused_too_long", "seconds": 0})
    assert [event.record["at"] for event in client.events(run)] == [1, 2]


def test_a_pause_that_nobody_ends_ends_the_run_and_keeps_its_files(place, monkeypatch):  # noqa: F811
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], pause_s=0.05))
    run = client.submit("count", {}, "ann")
    client.command(run, "ann", "pause")
    work(run, place)
    assert (client.status(run).state, client.status(run).cause["code"]) == ("stopped", "paused_too_long")
    assert (place / "count.txt").read_text() == "0"


def test_the_last_finite_state_of_a_diverged_run_is_kept(place):  # noqa: F811
    run = client.submit("count", {"trouble": "diverge", "at": 2}, "ann")
    assert work(run, place) == ("diverged", {"code": "non_finite_loss", "step": 2, "lr": 5.0})
    assert (place / "count.txt").exists()


@pytest.mark.parametrize(("target", "error"), [
    ("tests.jobs_missing:Job", "ModuleNotFoundError: No module named 'tests.jobs_missing'"),
    ("tests.jobs_count:Missing", "AttributeError: module 'tests.jobs_count' has no attribute 'Missing'"),
])
def test_a_kind_whose_code_is_missing_says_so(target, error, place, capsys):  # noqa: F811
    run = client.submit("count", {}, "ann")
    assert work(run, place, target) == ("failed", {"code": "crashed", "error": error})
    assert "Traceback" in capsys.readouterr().err


def test_a_record_that_is_no_json_fails_the_run_and_keeps_what_came_before(place, monkeypatch, capsys):  # noqa: F811
    records = [{"type": "count", "at": 1}, {"type": "count", "at": {2}}]
    monkeypatch.setattr("tests.jobs_count.CountJob.records", lambda self: iter(records))
    run = client.submit("count", {}, "ann")
    assert work(run, place)[1]["error"].startswith("TypeError: Object of type set")
    assert [event.seq for event in client.events(run)] == [1]


def test_a_later_attempt_goes_on_counting_events_and_tells_only_what_was_not_told(place):  # noqa: F811
    run = client.submit("count", {"to": 2}, "ann")
    work(run, place)
    with opened() as db:
        db.execute("UPDATE runs SET state = 'queued', ended = NULL, spec = '{\"to\": 4}' WHERE id = ?", (run,))
    work(run, place)
    assert [event.seq for event in client.events(run)] == [1, 2, 3, 4]
    assert client.status(run).attempt == 2
    with opened() as db:
        assert [row["attempt"] for row in db.execute("SELECT attempt FROM events ORDER BY seq")] == [1, 1, 2, 2]


def test_an_attempt_that_was_given_up_cannot_write(place):  # noqa: F811
    run = client.submit("count", {}, "ann")
    with opened() as db:
        queue.take_next(db)
        journal = Journal(db, run, 1)
        journal.enter("running")
        queue.end(db, run, 1, "lost", {"code": "service_restarted"})
        journal.add({"type": "count"})
        with pytest.raises(Superseded):
            journal.end("done", None)
    assert client.status(run).cause == {"code": "service_restarted"}
    assert client.events(run) == []


def test_the_clock_stands_still_during_a_pause(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("jobs.journal.time.monotonic", lambda: now[0])
    clock = Clock(before_s=2.0)
    now[0] = 103.0
    clock.hold()
    now[0] = 150.0
    assert clock.read() == 5.0
    clock.go()
    now[0] = 151.0
    assert clock.read() == 6.0


def test_a_transaction_that_fails_leaves_nothing(place):  # noqa: F811
    run = client.submit("count", {}, "ann")

    def half(db: sqlite3.Connection) -> None:
        with transaction(db):
            db.execute("UPDATE runs SET state = 'done' WHERE id = ?", (run,))
            raise KeyError

    with opened() as db:
        with pytest.raises(KeyError):
            half(db)
        assert not db.in_transaction
    assert client.status(run).state == "queued"


def test_a_commit_that_fails_leaves_the_connection_usable(place):  # noqa: F811
    def orphan_row(db: sqlite3.Connection) -> None:
        with transaction(db):
            db.execute("INSERT INTO child VALUES (1)")

    with opened() as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        db.execute("CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(sqlite3.IntegrityError):
            orphan_row(db)
        with transaction(db):
            assert db.execute("SELECT count(*) FROM child").fetchone()[0] == 0


@pytest.mark.parametrize("every_s", [0.0, 0.21])               # refused at the end; refused on the way
def test_records_wait_while_the_store_is_locked_and_are_written_later(every_s, place, monkeypatch, capsys):  # noqa: F811
    refusals = [sqlite3.OperationalError("database is locked")] * 2
    write = Journal._write

    def sometimes(self: Journal, *args: object, **named: object) -> None:
        if self.lines and refusals:
            raise refusals.pop()
        write(self, *args, **named)

    monkeypatch.setattr(Journal, "_write", sometimes)
    run = client.submit("count", {"to": 5, "every_s": every_s}, "ann")
    assert work(run, place) == ("done", None)
    assert [event.seq for event in client.events(run)] == [1, 2, 3, 4, 5]
    assert refusals == []
    assert "database is locked" in capsys.readouterr().err


def no_room(self: CountJob, folder: Path) -> None:
    raise OSError(28, "no space left on device")


def test_a_full_disk_on_the_way_delays_saving_and_the_run_goes_on(place, monkeypatch, capsys):  # noqa: F811
    tries, save = [], CountJob.save
    monkeypatch.setattr(CountJob, "save", lambda self, folder: tries.append(1) or (no_room if len(tries) < 3 else save)(self, folder))
    run = client.submit("count", {"to": 30}, "ann")
    assert work(run, place) == ("done", None)
    assert len(tries) > 3
    assert (place / "count.txt").read_text() == "30"
    assert "no space left" in capsys.readouterr().err


def test_a_run_that_has_no_room_at_its_end_can_go_on_later(place, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr("jobs.worker.END_PAUSES_S", ())
    monkeypatch.setattr(CountJob, "save", no_room)
    run = client.submit("count", {"to": 3}, "ann")
    assert work(run, place) == ("failed", {"code": "not_saved"})
    assert client.status(run).resumable
    assert "no space left" in capsys.readouterr().err


def test_a_change_told_just_before_a_kill_holds_in_the_next_attempt(place):  # noqa: F811
    run = client.submit("count", {"to": 9}, "ann")
    with opened() as db:
        queue.take_next(db)
        journal = Journal(db, run, 1)
        journal.add({"type": "changed", "step": 0, "name": "stride", "value": 4, "command": "stride", "args": {"by": 4}})
        journal.enter("running")
        assert queue.go_on_later(db, run, 1, {"code": "worker_killed"}, most=1)
        queue.take_next(db)
        job = CountJob({"to": 9})
        Journal(db, run, 2).catch_up(job)
    assert job.by == 4


def test_a_paused_run_stays_paused_when_its_worker_dies(place):  # noqa: F811
    run = client.submit("count", {}, "ann")
    with opened() as db:
        queue.take_next(db)
        Journal(db, run, 1).enter("paused")
        queue.go_on_later(db, run, 1, {"code": "worker_killed"}, most=1)
    assert client.status(run).state == "parked"


def test_a_run_whose_owner_is_away_stops_at_the_end_of_its_epoch(place, monkeypatch):  # noqa: F811
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], away_s=0.0))
    run = client.submit("count", {"to": 30}, "ann")
    assert work(run, place) == ("stopped", {"code": "owner_away", "minutes": 0})
    assert [event.record["at"] for event in client.events(run)][-1] == 10
    assert client.status(run).resumable


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
@pytest.mark.parametrize(("wanted", "ends"), [(10_000_000, 0), (200_000_000, 1)])
def test_a_worker_gets_so_much_memory_and_no_more(wanted, ends):
    code = f"import jobs.worker as w; w._end_with_service = lambda: None; w._settle_in(100); bytearray({wanted})"
    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert ended.returncode == ends
    assert ("MemoryError" in ended.stderr) == bool(ends)
