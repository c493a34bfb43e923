"""What the client promises, without a service: these hold for any backend."""

import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SpecError
from jobs import client, queue
from jobs.home import run_folder
from jobs.journal import Journal
from jobs.kinds import JOBS, Job, load
from jobs.limits import LIMITS, limits
from jobs.store import SCHEMA, VERSION, opened
from tests.jobs_place import place  # noqa: F401

pytestmark = pytest.mark.usefixtures("place")


def take() -> str:
    with opened() as db:
        row = queue.take_next(db)
        return row and row["id"]


def end(run: str, state: str = "done", cause: dict | None = None) -> None:
    with opened() as db:
        assert queue.end(db, run, client.status(run).attempt, state, cause)


def put(run: str, **columns: object) -> None:
    """Write a run's row as its worker would have left it."""
    with opened() as db:
        db.execute(f"UPDATE runs SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?", (*columns.values(), run))


def rows(table: str, run: str) -> list[tuple]:
    column = "id" if table == "runs" else "run"
    with opened() as db:
        return [tuple(row) for row in db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (run,))]


def lost(learner: str = "ann") -> str:
    """A run that worked and whose service died."""
    run = client.submit("count", {}, learner)
    assert take() == run
    end(run, "lost", {"code": "service_restarted"})
    return run


def test_importing_the_client_does_not_import_torch():
    code = "import sys, jobs.client; print({'torch', 'numpy', 'streamlit', 'multiprocessing'} & set(sys.modules))"
    root = Path(client.__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, text=True).stdout == "set()\n"


def test_a_submitted_run_waits_at_its_place():
    first, second = client.submit("count", {"to": 3}, "ann"), client.submit("count", {"to": 4}, "bob")
    status = client.status(second)
    assert (status.state, status.place, status.attempt, status.cause) == ("queued", 2, 0, None)
    assert (status.kind, status.spec, status.active) == ("count", {"to": 4}, True)
    assert client.status(first).place == 1
    assert take() == first
    assert (client.status(first).state, client.status(first).place, client.status(second).place) == ("starting", None, 1)


def test_run_ids_are_eight_hex_digits():
    run = client.submit("count", {}, "ann")
    assert len(run) == 8
    assert int(run, 16) >= 0


def test_a_double_click_makes_one_run():
    assert client.submit("count", {}, "ann", key="k") == client.submit("count", {}, "ann", key="k")
    assert len(client.list_runs("ann")) == 1


def test_two_learners_may_use_the_same_key():
    assert client.submit("count", {}, "ann", key="k") != client.submit("count", {}, "bob", key="k")


def test_clicks_at_the_same_moment_make_one_run():
    runs: list[str] = []
    threads = [threading.Thread(target=lambda: runs.append(client.submit("count", {}, "ann", key="k"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 8
    assert len(set(runs)) == 1


def test_forty_learners_at_the_same_moment_all_get_a_place():
    runs: list[str] = []
    threads = [threading.Thread(target=lambda n=n: runs.append(client.submit("count", {}, f"learner{n}"))) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(client.status(run).place for run in runs) == list(range(1, 41))


def test_a_learner_has_at_most_one_run_at_work_and_one_waiting():
    first = client.submit("count", {}, "ann")
    client.submit("count", {}, "ann")
    with pytest.raises(SpecError, match="already_queued limit=2"):
        client.submit("count", {}, "ann")
    take()
    with pytest.raises(SpecError, match="already_queued"):
        client.submit("count", {}, "ann")
    end(first)
    client.submit("count", {}, "ann")


def test_the_full_queue_says_its_size(monkeypatch):
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], queue=2))
    client.submit("count", {}, "ann")
    client.submit("count", {}, "bob")
    with pytest.raises(SpecError, match="queue_full size=2"):
        client.submit("count", {}, "cleo")


def test_the_oldest_run_is_next_but_a_learner_at_work_lets_others_pass():
    first, second, third = (client.submit("count", {}, learner) for learner in ("ann", "ann", "bob"))
    assert [take(), take(), take()] == [first, third, None]
    end(first)
    assert take() == second


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(SpecError, match="unknown_kind kind=cook known=train, .*download"):
        client.submit("cook", {}, "ann")


def test_an_unknown_place_names_the_known_ones(monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", "moon")
    with pytest.raises(SpecError, match="unknown_limits name=moon known=laptop, class, cloud"):
        limits()


@pytest.mark.parametrize("name", LIMITS)
def test_every_place_gives_a_learner_one_at_work_and_one_waiting(name, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", name)
    assert (limits().per_learner, limits().queue) == (2, 80)
    assert limits().workers == {"laptop": 1, "class": 2, "cloud": 1}[name]


def test_a_run_that_nobody_knows():
    assert client.status("00000000") is None
    assert client.events("00000000", 0) == []
    assert client.artifact("00000000", "model.pt") is None
    with pytest.raises(SpecError, match="unknown_run run=00000000"):
        client.stop("00000000", "ann")


def test_only_the_owner_may_stop_or_change_a_run():
    run = client.submit("count", {}, "ann")
    for attempt in (lambda: client.stop(run, "bob"), lambda: client.command(run, "bob", "pause")):
        with pytest.raises(SpecError, match="not_owner"):
            attempt()
    assert client.status(run).state == "queued"
    assert (client.owns(run, "ann"), client.owns(run, "bob"), client.owns("00000000", "ann")) == (True, False, False)


def test_a_waiting_run_is_stopped_at_once():
    run = client.submit("count", {}, "ann")
    client.stop(run, "ann")
    assert (client.status(run).state, client.status(run).cause) == ("stopped", None)
    assert take() is None


def test_stopping_a_run_that_has_ended_changes_nothing():
    run = client.submit("count", {}, "ann")
    take()
    end(run)
    client.stop(run, "ann")
    assert client.status(run).state == "done"


def test_runs_are_listed_newest_first_and_only_the_learners_own(monkeypatch):
    monkeypatch.setitem(JOBS, "other", "tests.jobs_count:CountJob")
    first, second, _ = client.submit("count", {}, "ann"), client.submit("other", {}, "ann"), client.submit("count", {}, "bob")
    assert [status.id for status in client.list_runs("ann")] == [second, first]
    assert [status.id for status in client.list_runs("ann", kind="count")] == [first]


def test_remaining_time_follows_the_speed_so_far():
    run = client.submit("count", {}, "ann")
    take()
    assert client.status(run).remaining_s is None
    with opened() as db:
        db.execute("UPDATE runs SET state = 'running', done = 10, total = 40, elapsed_s = 5 WHERE id = ?", (run,))
    assert client.status(run).remaining_s == pytest.approx(15.0)


def test_an_upload_is_found_again_under_its_own_id(place):  # noqa: F811
    upload = client.put("ann", "digits.zip", b"data")
    assert upload.startswith("up")
    assert len(upload) == 10
    assert client.artifact(upload, "digits.zip").read_bytes() == b"data"
    assert client.put("ann", "digits.zip", b"data") == upload
    assert client.put("ann", "digits.zip", b"other") != upload
    assert client.put("bob", "digits.zip", b"data") != upload


NAMES_OUTSIDE = ["", ".", "..", "../secret", "a/b", "/etc/passwd", "..\\secret", "c:secret", "a\0b", ".hidden", "x" * 101]


@pytest.mark.parametrize("name", NAMES_OUTSIDE)
def test_a_name_cannot_lead_out_of_the_runs_folder(name, place):  # noqa: F811
    (place / "runs" / "aaaaaaaa").mkdir(parents=True)
    (place / "runs" / "secret").write_text("")
    assert client.artifact("aaaaaaaa", name) is None
    with pytest.raises(SpecError, match="bad_name"):
        client.put("ann", name, b"")


@pytest.mark.parametrize("run", ["", ".", "..", "../runs", "aaaa/../bbbb"])
def test_a_run_id_cannot_lead_out_of_the_store(run, place):  # noqa: F811
    (place / "store.txt").write_text("")
    assert client.artifact(run, "store.txt") is None


@pytest.mark.parametrize("kind", JOBS)
def test_every_kind_names_a_module_of_ours_and_a_class(kind):
    module, _, name = JOBS[kind].partition(":")
    assert module.startswith("jobs.kinds.")
    assert name.endswith("Job")


@pytest.mark.parametrize("kind", JOBS)
def test_every_kind_is_a_job(kind):
    assert issubclass(load(JOBS[kind]), Job)


# a name of its own

@pytest.mark.parametrize(("given", "title"), [
    ("  lr 0.1\t", "lr 0.1"), ("line\nbreak\x00\u202e", "linebreak"), ("初光 <b>*", "初光 <b>*"), ("x" * 61, "x" * 60), (" \n ", ""),
    ("", ""),
])
def test_a_title_is_one_line_of_at_most_sixty_letters(given, title):
    run = client.submit("count", {}, "ann")
    client.rename(run, "ann", "before")
    client.rename(run, "ann", given)
    assert client.status(run).title == client.list_runs("ann")[0].title == title


def test_a_run_may_be_renamed_while_it_works_and_after_its_end():
    run = client.submit("count", {}, "ann")
    take()
    client.rename(run, "ann", "at work")
    assert client.status(run).title == "at work"
    end(run)
    client.rename(run, "ann", "ended")
    assert (client.status(run).title, client.status(run).state) == ("ended", "done")


# the end of everything

def test_a_deleted_run_leaves_nothing(place):  # noqa: F811
    run, other = client.submit("count", {}, "ann"), client.submit("count", {}, "bob")
    with opened() as db:
        journal = Journal(db, run, queue.take_next(db)["attempt"])
        journal.enter("running")
        journal.add({"type": "count", "step": 1})
        journal.end("done", None)
    client.command(other, "bob", "pause")
    for each in (run, other):
        run_folder(each).mkdir(parents=True)
        (run_folder(each) / "count.txt").write_text("1")
    with opened() as db:
        db.execute("INSERT INTO commands (run, name, args) VALUES (?, 'stop', '{}')", (run,))
    client.delete(run, "ann")
    assert client.status(run) is None
    assert [rows(table, run) for table in ("runs", "events", "commands")] == [[], [], []]
    assert not run_folder(run).exists()
    assert (len(rows("commands", other)), run_folder(other).exists()) == (1, True)
    with pytest.raises(SpecError, match="unknown_run"):
        client.delete(run, "ann")


@pytest.mark.parametrize("state", ["queued", "preempted", "parked", "starting", "running", "paused"])
def test_a_run_that_has_not_ended_is_not_deleted(state):
    run = client.submit("count", {}, "ann")
    put(run, state=state)
    with pytest.raises(SpecError, match=f"still_active run={run}"):
        client.delete(run, "ann")
    assert client.status(run).state == state


def test_nobody_else_renames_deletes_or_continues_a_run():
    run = lost()
    before = rows("runs", run)
    for attempt in (lambda: client.delete(run, "bob"), lambda: client.rename(run, "bob", "mine"), lambda: client.resume(run, "bob")):
        with pytest.raises(SpecError, match="not_owner"):
            attempt()
    assert rows("runs", run) == before


# going on

@pytest.mark.parametrize(("state", "cause"), [
    ("lost", {"code": "service_restarted"}), ("lost", {"code": "worker_silent", "seconds": 10}), ("stopped", None),
    ("stopped", {"code": "owner_away", "minutes": 10}), ("failed", {"code": "worker_killed", "exitcode": -9}),
])
def test_an_interrupted_run_goes_back_into_the_line_and_tells_why(state, cause):
    run = client.submit("count", {}, "ann")
    take()
    end(run, state, cause)
    assert client.status(run).resumable
    client.resume(run, "ann")
    found = client.status(run)
    assert (found.state, found.place, found.ended, found.attempt, found.resumable) == ("preempted", 1, None, 1, False)
    assert found.cause == (cause or {"code": "continued"})
    assert take() == run
    assert client.status(run).attempt == 2


@pytest.mark.parametrize(("state", "cause"), [
    ("done", None), ("diverged", {"code": "non_finite_loss", "step": 3}), ("failed", {"code": "crashed", "error": "x"}),
])
def test_a_run_at_its_own_end_does_not_go_on(state, cause):
    run = client.submit("count", {}, "ann")
    take()
    end(run, state, cause)
    before = rows("runs", run)
    assert not client.status(run).resumable
    with pytest.raises(SpecError, match=f"not_resumable run={run}"):
        client.resume(run, "ann")
    assert rows("runs", run) == before


def test_two_clicks_on_continue_are_one():
    run, other = lost(), client.submit("count", {}, "bob")
    client.resume(run, "ann")
    before = rows("runs", run)
    client.resume(run, "ann")
    assert rows("runs", run) == before
    assert (client.status(run).place, client.status(other).place) == (2, 1)                            # it does not push in


def test_clicks_on_continue_at_the_same_moment_are_one():
    run, failures = lost(), []

    def click() -> None:
        try:
            client.resume(run, "ann")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [take(), take()] == [run, None]


def test_what_stopped_a_run_does_not_stop_it_again():
    run = client.submit("count", {}, "ann")
    take()
    for name in ("stop", "pause"):
        client.command(run, "ann", name)
    end(run, "lost", {"code": "service_restarted"})                        # before its worker heard
    client.resume(run, "ann")
    assert rows("commands", run) == []


def test_a_run_that_goes_on_counts_for_its_learner_and_for_the_queue(monkeypatch):
    run = lost()
    own = [client.submit("count", {}, "ann") for _ in range(2)]
    with pytest.raises(SpecError, match="already_queued limit=2"):
        client.resume(run, "ann")
    client.stop(own[0], "ann")
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], queue=1))
    with pytest.raises(SpecError, match="queue_full size=1"):
        client.resume(run, "ann")
    assert client.status(run).state == "lost"
    take()
    client.resume(run, "ann")
    assert client.status(run).state == "preempted"


# how long until its turn: one worker, turns of 20 s

def test_a_run_that_never_worked_is_taken_for_a_whole_turn():
    runs = [client.submit("count", {}, learner) for learner in ("ann", "bob", "cleo")]
    assert [(client.status(run).place, client.status(run).wait_s) for run in runs] == [(1, 0.0), (2, 20.0), (3, 40.0)]


def test_the_wait_is_what_is_left_of_the_turn_at_work():
    first, second, third = (client.submit("count", {}, learner) for learner in ("ann", "bob", "cleo"))
    take()
    put(first, state="running", elapsed_s=108.0, before_s=103.0)           # 5 s of this turn are over
    assert [client.status(run).wait_s for run in (second, third)] == [15.0, 35.0]
    put(first, done=90, total=91, elapsed_s=108.0)                         # 1.2 s a record, one is left
    assert [client.status(run).wait_s for run in (second, third)] == [pytest.approx(1.2), pytest.approx(21.2)]
    put(first, elapsed_s=150.0, before_s=103.0, done=0)                    # over its time: it leaves any moment
    assert [client.status(run).wait_s for run in (second, third)] == [0.0, 20.0]
    assert (client.status(first).wait_s, client.status(first).place) == (None, None)


def test_a_waiting_run_that_worked_needs_its_rest_at_its_own_speed():
    runs = [client.submit("count", {}, learner) for learner in ("ann", "bob", "cleo")]
    put(runs[0], state="preempted", done=30, total=40, elapsed_s=12.0)     # 0.4 s a record: 4 s are left
    put(runs[1], state="preempted", done=10, total=40, elapsed_s=12.0)     # 36 s are left: it gets a turn
    assert [client.status(run).wait_s for run in runs] == [0.0, pytest.approx(4.0), pytest.approx(24.0)]


def test_a_run_that_never_worked_is_taken_for_as_long_as_its_kind_was_of_late(monkeypatch):
    monkeypatch.setitem(JOBS, "other", "tests.jobs_count:CountJob")
    for number in range(21):                                               # the first one is too long ago to count
        run = client.submit("count", {}, "ann")
        take()
        put(run, elapsed_s=1000.0 if number == 0 else 3.0 if number % 2 else 5.0)
        end(run)
    stopped = client.submit("count", {}, "ann")
    take()
    put(stopped, elapsed_s=500.0)
    end(stopped, "stopped")                                                # says nothing about how long a run takes
    runs = [client.submit(kind, {}, learner) for kind, learner in (("count", "ann"), ("other", "bob"), ("count", "cleo"))]
    assert [client.status(run).wait_s for run in runs] == [0.0, pytest.approx(4.0), pytest.approx(24.0)]


def test_two_workers_take_from_one_line_and_a_gpu_has_its_own(monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", "class")
    runs = [client.submit("count", {"device": device}, f"learner{n}") for n, device in enumerate(["cpu", "cuda", "cpu", "cpu", "cuda"])]
    assert [client.status(run).wait_s for run in runs] == [0.0, 0.0, 0.0, 20.0, 20.0]
    assert [client.status(run).place for run in runs] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("rest", "minutes"), [
    ((300, 300, 300), 14),     # 15 turns of 20 s each: all three have 14 of them, 840 s, then the first one has its last, 20 s
    ((300, 300, 30), 2),       # the third one needs 20 s and 10 s more: 20 + 20 + 20, 20 + 20 + 10
    ((300, 20, 300), 1),       # the second one ends after 40 s
    ((1, 300, 300), 1),        # never "in about 0 min"
    ((1e9, 1e9, 1e9), 60),     # nobody counts that far
])
def test_the_full_queue_says_when_the_first_place_will_be_free(rest, minutes, monkeypatch):
    monkeypatch.setitem(LIMITS, "laptop", replace(LIMITS["laptop"], queue=2))
    runs = [client.submit("count", {}, "ann")]
    take()
    runs += [client.submit("count", {}, learner) for learner in ("bob", "cleo")]
    for run, rest_s in zip(runs, rest, strict=True):
        put(run, elapsed_s=rest_s, before_s=rest_s, done=1, total=2)       # half is done, so the rest takes as long
    with pytest.raises(SpecError, match=f"queue_full size=2 minutes={minutes}$"):
        client.submit("count", {}, "dora")


def test_a_run_knows_how_many_others_are_at_work():
    runs = [client.submit("count", {}, learner) for learner in ("ann", "bob", "cleo", "dora")]
    for run, state in zip(runs, ("running", "paused", "queued", "parked"), strict=True):
        put(run, state=state)
    assert [client.status(run).others for run in runs] == [1, 1, 2, 2]
    end(runs[0])
    assert [client.status(run).others for run in runs] == [0, 0, 1, 1]


# who looks

def test_only_the_owners_look_counts_and_at_most_every_half_minute(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("jobs.client.time.time", lambda: now[0])
    run = client.submit("count", {}, "ann")

    def seen(learner: str | None, at: float) -> float:
        now[0] = at
        client.status(run, learner)
        with opened() as db:
            return db.execute("SELECT seen FROM runs WHERE id = ?", (run,)).fetchone()["seen"]

    assert seen("ann", 1030.0) == 1000.0                                   # a second look so soon is not written down
    assert seen("bob", 1040.0) == seen(None, 1041.0) == 1000.0
    assert seen("ann", 1042.0) == 1042.0
    client.stop(run, "ann")
    assert seen("ann", 2000.0) == 1042.0                                   # nobody waits for an ended run


@pytest.mark.parametrize(("seen", "most_s", "away"), [
    (399.0, 600.0, True), (401.0, 600.0, False), (0.0, None, False), (None, 600.0, False),
])
def test_an_owner_is_away_when_he_did_not_look_for_long(seen, most_s, away, monkeypatch):
    monkeypatch.setattr("jobs.journal.time.time", lambda: 1000.0)
    run = client.submit("count", {}, "ann")
    take()
    put(run, seen=seen)
    with opened() as db:
        assert Journal(db, run, 1).owner_away(most_s) is away


# commands between two turns

def test_a_run_that_waits_for_its_next_turn_can_be_paused_resumed_and_stopped():
    run = client.submit("count", {}, "ann")
    take()
    put(run, state="preempted")
    client.command(run, "ann", "pause")
    assert (client.status(run).state, client.status(run).place, take()) == ("parked", None, None)
    client.command(run, "ann", "set", lr=0.1)                              # kept until it works again
    assert client.status(run).state == "parked"
    other = client.submit("count", {}, "bob")
    client.command(run, "ann", "resume")
    assert (client.status(run).state, client.status(run).place, client.status(other).place) == ("preempted", 2, 1)
    assert [(row[2], row[3]) for row in rows("commands", run)] == [("set", '{"lr": 0.1}'), ("resume", "{}")]
    client.stop(run, "ann")
    assert (client.status(run).state, client.status(run).resumable) == ("stopped", True)


@pytest.mark.parametrize("word", ["resume", "step"])
def test_a_parked_run_comes_back_into_the_line_when_it_is_wanted(word):
    run = client.submit("count", {}, "ann")
    take()
    put(run, state="parked")
    client.command(run, "ann", word)
    assert client.status(run).state == "preempted"
    assert take() == run


def test_a_parked_run_that_is_stopped_ends_at_once():
    run = client.submit("count", {}, "ann")
    take()
    put(run, state="parked")
    client.stop(run, "ann")
    assert (client.status(run).state, client.status(run).cause) == ("stopped", None)


def test_an_ended_run_takes_no_commands():
    run = lost()
    for word in ("pause", "resume", "step", "stop", "set"):
        client.command(run, "ann", word)
    assert (client.status(run).state, rows("commands", run)) == ("lost", [])


# the store of another version

def old_store(place: Path) -> None:  # noqa: F811
    """As version 1 made it, with a run in the line, one at work and one that has ended."""
    db = sqlite3.connect(place / "store.sqlite")
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(SCHEMA)
    for row in (("aaaaaaaa", "ann", "queued", 0), ("bbbbbbbb", "bob", "running", 1), ("cccccccc", "cleo", "done", 1)):
        spec = "'count', '{\"to\": 3}', 5.0"
        db.execute(f"INSERT INTO runs (id, learner, state, attempt, kind, spec, created) VALUES (?, ?, ?, ?, {spec})", row)
    db.execute("INSERT INTO events VALUES ('cccccccc', 1, 1, '{\"type\": \"count\"}')")
    db.commit()
    db.close()


def test_an_old_store_keeps_its_runs_and_gets_what_is_new(place):  # noqa: F811
    old_store(place)
    waiting = client.status("aaaaaaaa")
    assert (waiting.state, waiting.place, waiting.spec, waiting.title, waiting.created) == ("queued", 1, {"to": 3}, "", 5.0)
    assert client.status("bbbbbbbb").state == "running"
    assert [event.record for event in client.events("cccccccc")] == [{"type": "count"}]
    late = client.submit("count", {}, "dora")
    assert client.status(late).place == 2
    client.rename("cccccccc", "cleo", "old")
    assert client.status("cccccccc").title == "old"
    assert [take(), take()] == ["aaaaaaaa", late]
    with opened() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION


def test_an_old_store_ends_up_as_a_new_one_is_made(place, tmp_path_factory, monkeypatch):  # noqa: F811
    def made() -> set[tuple]:
        with opened() as db:
            columns = {("runs", *tuple(row)[1:]) for row in db.execute("PRAGMA table_info(runs)")}
            return columns | {tuple(row) for row in db.execute("SELECT type, name, sql FROM sqlite_master WHERE name <> 'runs'")}

    old_store(place)
    upgraded = made()
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path_factory.mktemp("new")))
    assert made() == upgraded


def test_an_old_store_that_many_open_at_once_is_brought_up_to_date_once(place):  # noqa: F811
    old_store(place)
    found, failures = [], []

    def look() -> None:
        try:
            found.append(client.status("aaaaaaaa").state)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failures, found) == ([], ["queued"] * 8)


def test_a_store_of_a_newer_program_is_left_alone(place):  # noqa: F811
    run = client.submit("count", {}, "ann")
    with opened() as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    for look in (lambda: client.status(run), lambda: client.submit("count", {}, "ann"), lambda: client.events(run)):
        with pytest.raises(SpecError, match=f"store_too_new version={VERSION + 1} known={VERSION}"):
            look()
    db = sqlite3.connect(place / "store.sqlite")
    assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION + 1
    db.close()


def test_a_learners_second_run_waits_for_the_first_and_others_pass_it():
    client.submit("count", {}, "ann")
    take()
    second, other = client.submit("count", {}, "ann"), client.submit("count", {}, "bob")
    assert (client.status(other).place, client.status(second).place) == (1, 2)
    assert (client.status(other).wait_s, client.status(second).wait_s) == (20.0, 40.0)     # nothing was measured yet: whole turns
