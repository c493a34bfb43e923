"""What the client promises, without a service: these hold for any backend."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SpecError
from jobs import client, queue
from jobs.kinds import JOBS, Job
from jobs.limits import LIMITS, limits
from jobs.store import opened
from tests.jobs_place import place  # noqa: F401

pytestmark = pytest.mark.usefixtures("place")


def take() -> str:
    with opened() as db:
        row = queue.take_next(db)
        return row and row["id"]


def end(run: str) -> None:
    with opened() as db:
        assert queue.end(db, run, client.status(run).attempt, "done", None)


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
    with pytest.raises(SpecError, match="unknown_kind kind=cook known=train, download, evaluate"):
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


def test_the_counting_job_keeps_the_contract():
    from tests.jobs_count import CountJob

    members = [name for name in vars(Job) if not name.startswith("_")]
    assert members == ["records", "progress", "command", "save"]
    assert all(callable(getattr(CountJob, name)) for name in members)
