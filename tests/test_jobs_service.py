"""The service and its workers as processes: every way in which a run can go and end, kills included."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.lock import is_held
from jobs import client, starter
from jobs.store import opened
from tests.jobs_place import a_service, kill, lives, service, service_pid, until, until_events, until_state, worker_pid  # noqa: F401

pytestmark = [pytest.mark.usefixtures("service"), pytest.mark.skipif(os.name == "nt", reason="ends processes by signal")]
LONG = {"to": 100_000, "every_s": 0.01}


def counted(run: str) -> list[int]:
    return [event.record["at"] for event in client.events(run) if event.record["type"] in ("count", "epoch")]


def whole(run: str) -> bool:
    """Whether the events are numbered without a gap and count without a gap and without a repetition."""
    numbers = [event.seq for event in client.events(run)]
    return numbers == list(range(1, len(numbers) + 1)) and counted(run) == list(range(1, len(counted(run)) + 1))


def test_a_run_goes_from_waiting_to_done_and_leaves_its_events_and_files():
    run = client.submit("count", {"to": 12}, "ann")
    status = until_state(run, "done")
    assert (status.cause, status.done, status.total, status.place, status.attempt) == (None, 12, 12, None, 1)
    assert counted(run) == list(range(1, 13))
    assert client.artifact(run, "count.txt").read_text() == "12"
    times = [event.record["at_s"] for event in client.events(run)]
    assert times == sorted(times)
    assert status.elapsed_s >= times[-1]


def test_events_are_read_on_from_the_last_one_seen():
    run = client.submit("count", {"to": 5}, "ann")
    until_state(run, "done")
    assert [event.seq for event in client.events(run, after=0)] == [1, 2, 3, 4, 5]
    assert [event.seq for event in client.events(run, after=3)] == [4, 5]
    assert client.events(run, after=5) == []


def test_a_run_is_watched_while_it_works_and_stops_within_a_second():
    run = client.submit("count", LONG, "ann")
    until_events(run, 5)
    status = until_state(run, "running")
    assert status.remaining_s > 0
    asked = time.monotonic()
    client.stop(run, "ann")
    status = until_state(run, "stopped")
    assert time.monotonic() - asked < 1.0
    assert status.cause is None
    assert whole(run)
    assert int(client.artifact(run, "count.txt").read_text()) == counted(run)[-1] == status.done


def test_pause_step_and_resume():
    run = client.submit("count", LONG, "ann")
    until_events(run, 1)
    client.command(run, "ann", "pause")
    seen = until_state(run, "paused").done
    paused_s = client.status(run).elapsed_s
    time.sleep(0.3)
    assert (client.status(run).state, client.status(run).done, len(counted(run))) == ("paused", seen, seen)
    for n in (1, 2):
        client.command(run, "ann", "step")
        assert len(until_events(run, seen + n)) == seen + n
        assert client.status(run).state == "paused"
    time.sleep(0.1)
    assert len(counted(run)) == seen + 2
    assert client.status(run).elapsed_s < paused_s + 0.25      # the pause does not count
    client.command(run, "ann", "resume")
    until_events(run, seen + 5)
    assert client.status(run).state == "running"
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)


def test_a_paused_run_can_be_stopped():
    run = client.submit("count", LONG, "ann")
    client.command(run, "ann", "pause")            # before it began
    until_state(run, "paused")
    assert counted(run) == []
    client.stop(run, "ann")
    assert until_state(run, "stopped").cause is None


def test_words_of_the_job_reach_it_and_others_are_refused_in_an_event():
    run = client.submit("count", LONG, "ann")
    until_events(run, 1)
    client.command(run, "ann", "stride", by=10)
    client.command(run, "ann", "dance")
    refused = until(lambda: [event.record for event in client.events(run) if event.record["type"] == "refused"])
    assert [(record["code"], record["command"]) for record in refused] == [("unknown_command", "dance")]
    until(lambda: counted(run)[-1] - counted(run)[-2] == 10)
    client.stop(run, "ann")
    until_state(run, "stopped")


@pytest.mark.parametrize(("trouble", "state", "cause"), [
    ("diverge", "diverged", {"code": "non_finite_loss", "step": 3, "lr": 5.0}),
    ("refuse", "failed", {"code": "kernel_too_large", "kernel": 7, "size": 5}),
    ("crash", "failed", {"code": "crashed", "error": "ZeroDivisionError: a secret detail"}),
    ("cannot_begin", "failed", {"code": "bad_split", "rows": 0}),
    ("die", "failed", {"code": "worker_killed", "exitcode": -9}),
])
def test_every_end_has_its_cause(trouble, state, cause, service):  # noqa: F811
    run = client.submit("count", {"to": 9, "trouble": trouble, "at": 3}, "ann")
    status = until_state(run, state)
    assert cause.items() <= status.cause.items()
    assert whole(run)
    assert (client.artifact(run, "count.txt") is not None) == (state == "diverged")
    if trouble == "crash":
        assert "in _trouble" in (service / "runs" / run / "worker.log").read_text()


def test_a_kind_of_other_code_fails_the_run_and_not_the_service(service):  # noqa: F811
    with opened() as db:
        row = ("0badc0de", "bob", "cook", "{}", "queued", 0.0)
        db.execute("INSERT INTO runs (id, learner, kind, spec, state, created) VALUES (?, ?, ?, ?, ?, ?)", row)
    run = client.submit("count", {}, "ann")
    until_state(run, "done")
    assert until_state("0badc0de", "failed").cause["code"] == "unknown_kind"


@pytest.mark.parametrize("trouble", ["hang", "hang_hard"])
def test_a_stubborn_worker_is_ended_when_it_does_not_stop(trouble):
    run = client.submit("count", {"to": 30, "every_s": 0.25, "trouble": trouble, "at": 3}, "ann")
    until_events(run, 2)
    client.stop(run, "ann")
    until(lambda: not client.status(run).active)
    if client.status(run).cause:                   # it may have obeyed before it hung
        assert client.status(run).cause == {"code": "stop_forced"}
    assert client.status(run).state == "stopped"
    assert whole(run)
    until(lambda: not lives(worker_pid(run)))


def test_a_silent_worker_is_ended_and_the_next_run_begins():
    silent = client.submit("count", {"trouble": "hang", "at": 2}, "ann")
    cause = until_state(silent, "lost").cause
    assert cause["code"] == "worker_silent"
    assert cause["seconds"] >= 1
    until_state(client.submit("count", {"to": 1}, "ann"), "done")


def test_a_run_whose_worker_is_killed_goes_on_by_itself_once_and_then_asks():
    run = client.submit("count", {**LONG, "every_s": 0.005, "resumable": True}, "ann")
    seen = until_events(run, 25)
    kill(worker_pid(run))
    resumed = until(lambda: [event.record for event in client.events(run) if event.record["type"] == "resumed"])[0]
    assert (resumed["code"], resumed["exitcode"], resumed["attempt"]) == ("worker_killed", -9, 2)
    assert resumed["done"] % 10 == 0                           # the last checkpoint
    until_events(run, len(seen) + 30)
    assert client.events(run)[: len(seen)] == seen
    assert whole(run)
    kill(worker_pid(run))
    failed = until_state(run, "failed")
    assert (failed.cause["code"], failed.resumable) == ("worker_killed", True)
    client.resume(run, "ann")
    until(lambda: len([event for event in client.events(run) if event.record["type"] == "resumed"]) == 2)
    until_state(run, "running")
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)


def test_a_run_that_cannot_go_on_begins_again_and_tells_nothing_twice():
    run = client.submit("count", {"to": 30, "every_s": 0.01, "trouble": "die", "at": 17, "once": True}, "ann")
    assert until_state(run, "done").attempt == 2
    assert whole(run)
    assert counted(run)[-1] == 30


def test_after_the_services_death_a_glance_starts_another_its_worker_ends_and_the_learner_is_asked(service):  # noqa: F811
    run = client.submit("count", {**LONG, "resumable": True}, "ann")
    seen = until_events(run, 5)
    dead, orphan = service_pid(service), worker_pid(run)
    kill(dead)
    lost = until_state(run, "lost")
    assert (lost.cause["code"], lost.resumable) == ("service_restarted", True)
    assert lost.cause["done"] >= len(seen)
    until(lambda: not lives(orphan))
    assert client.events(run)[: len(seen)] == seen
    client.resume(run, "ann")
    client.resume(run, "ann")                      # two clicks
    until(lambda: client.status(run).done > lost.done + 5)
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)
    until_state(client.submit("count", {"to": 2}, "ann"), "done")
    assert service_pid(service) != dead


def test_where_nobody_is_asked_runs_go_on_after_the_services_death(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_ASKS", "")
    run = client.submit("count", {**LONG, "resumable": True}, "ann")
    seen = until_events(run, 5)
    kill(service_pid(service))
    until(lambda: client.status(run).attempt == 2)
    until_events(run, len(seen) + 20)
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)


def test_an_orphan_that_hangs_ends_too(service):  # noqa: F811
    run = client.submit("count", {"trouble": "hang_hard", "at": 2, "to": 9, "every_s": 0.3}, "ann")
    until_events(run, 1)
    orphan = worker_pid(run)
    starter.LOOK_S, look_s = 1e9, starter.LOOK_S
    kill(service_pid(service))
    until(lambda: not lives(orphan))
    starter.LOOK_S = look_s


def test_a_worker_that_was_given_up_writes_no_more():
    run = client.submit("count", LONG, "ann")
    until_events(run, 5)
    worker = worker_pid(run)
    with opened() as db:
        db.execute("UPDATE runs SET state = 'lost' WHERE id = ?", (run,))
        last = db.execute("SELECT max(seq) FROM events WHERE run = ?", (run,)).fetchone()[0]
    until(lambda: not lives(worker))
    assert client.events(run)[-1].seq == last


def test_waiting_runs_begin_as_places_come_free_and_one_learner_takes_one_place():
    ann = [client.submit("count", LONG, "ann"), client.submit("count", {"to": 1}, "ann")]
    bob, cleo = client.submit("count", LONG, "bob"), client.submit("count", LONG, "cleo")
    until_state(ann[0], "running")
    until_state(bob, "running")
    assert (client.status(cleo).place, client.status(ann[1]).place) == (1, 2)      # whoever has a run at work lets others pass
    client.stop(bob, "bob")
    until_state(cleo, "running")
    assert client.status(ann[1]).state == "queued"
    client.stop(ann[0], "ann")
    until_state(ann[1], "done")
    client.stop(cleo, "cleo")
    until_state(cleo, "stopped")


def test_three_learners_take_turns_and_each_run_goes_on_where_it_was():
    runs = [client.submit("count", {"to": 60, "every_s": 0.02, "resumable": True}, learner) for learner in ("ann", "bob", "cleo")]
    ends = [until_state(run, "done") for run in runs]
    assert all(whole(run) and counted(run)[-1] == 60 for run in runs)
    assert any(end.attempt > 1 for end in ends)
    assert not any(event.record["type"] == "resumed" for run in runs for event in client.events(run))     # a turn is no news


def test_a_run_alone_is_never_asked_to_make_room():
    run = client.submit("count", {"to": 60, "every_s": 0.02, "resumable": True}, "ann")
    assert until_state(run, "done").attempt == 1


def test_a_run_that_cannot_be_interrupted_keeps_its_worker():
    runs = [client.submit("count", {"to": 40, "every_s": 0.02}, learner) for learner in ("ann", "bob", "cleo")]
    assert [until_state(run, "done").attempt for run in runs] == [1, 1, 1]


def test_a_paused_run_gives_its_worker_to_the_next_learner_and_goes_on_when_told():
    paused = [client.submit("count", {**LONG, "resumable": True}, learner) for learner in ("ann", "bob")]
    for run, learner in zip(paused, ("ann", "bob"), strict=True):
        until_events(run, 3)
        client.command(run, learner, "pause")
        until_state(run, "paused")
    until_state(client.submit("count", {"to": 2}, "cleo"), "done")
    parked = until(lambda: [run for run in paused if client.status(run).state == "parked"])[0]
    owner, seen = ("ann", "bob")[paused.index(parked)], client.status(parked).done
    client.command(parked, owner, "step")
    until(lambda: client.status(parked).done == seen + 1)
    until_state(parked, "paused", "parked")
    client.command(parked, owner, "resume")
    until(lambda: client.status(parked).done > seen + 5)
    for run, learner in zip(paused, ("ann", "bob"), strict=True):
        client.stop(run, learner)
        until_state(run, "stopped")
        assert whole(run)


def test_gpu_runs_take_turns_in_one_process_beside_those_on_the_processor():
    gpu = [client.submit("count", {"to": 30, "every_s": 0.02, "device": "cuda", "resumable": True}, learner) for learner in ("ann", "bob")]
    cpu = client.submit("count", {"to": 30, "every_s": 0.02}, "cleo")
    pids = set()
    until(lambda: [pids.add(pid) for run in gpu if (pid := worker_pid(run))] and all(not client.status(run).active for run in gpu))
    assert len(pids - {None}) == 1
    assert worker_pid(cpu) not in pids
    assert all(client.status(run).state == "done" and whole(run) for run in gpu)
    until_state(cpu, "done")


def test_after_a_gpu_error_that_stays_the_run_goes_on_in_another_process():
    spec = {"to": 60, "every_s": 0.02, "device": "cuda", "resumable": True, "trouble": "gpu", "at": 25, "once": True}
    run = client.submit("count", spec, "ann")
    first = until(lambda: worker_pid(run))
    resumed = until(lambda: [event.record for event in client.events(run) if event.record["type"] == "resumed"])[0]
    assert (resumed["code"], resumed["done"]) == ("gpu_restarted", 20)
    second = until(lambda: worker_pid(run))
    assert first != second
    until_state(run, "done")
    assert whole(run)


def test_one_service_serves_everybody(service):  # noqa: F811
    client.wake()
    until(lambda: is_held(service / "service.lock"))
    first = starter._started[service]
    starter._looked.clear()
    second = starter._start(service)
    assert second.wait(timeout=20) == 0
    assert first.poll() is None


def test_an_idle_service_ends_and_the_next_click_starts_another(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_IDLE_EXIT_S", "0.3")
    client.wake()
    first = starter._started[service]
    assert first.wait(timeout=20) == 0
    assert not is_held(service / "service.lock")
    until_state(client.submit("count", {"to": 2}, "ann"), "done")


def test_newer_code_lets_the_run_finish_and_then_replaces_the_service(service, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_CODE", str(tmp_path / "code"))
    (tmp_path / "code" / "jobs").mkdir(parents=True)
    source = tmp_path / "code" / "jobs" / "service.py"
    source.write_text("")
    run = client.submit("count", {"to": 40, "every_s": 0.05}, "ann")
    until_events(run, 1)
    first = starter._started[service]
    os.utime(source, (0, 0))
    later = client.submit("count", {"to": 1}, "bob")
    until_state(run, "done")
    until_state(later, "done")
    assert first.wait(timeout=20) == 0


def test_a_web_server_with_other_limits_gets_a_service_with_them_and_the_run_goes_on(service, monkeypatch):  # noqa: F811
    client.wake()
    run = client.submit("count", {**LONG, "resumable": True}, "ann")
    until_events(run, 5)
    first = starter._started[service]
    monkeypatch.setenv("FIRSTLIGHT_LIMITS", "class")
    client.wake()
    until(lambda: client.status(run).attempt == 2 and client.status(run).state == "running")
    assert first.wait(timeout=20) == 0
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)


def test_a_removed_home_ends_its_service(service):  # noqa: F811
    client.wake()
    first = starter._started[service]
    until(lambda: "workers can start" in (service / "service.log").read_text())
    (service / "service.lock").unlink()
    assert first.wait(timeout=20) == 0


def test_the_service_survives_what_ends_the_web_process(service):  # noqa: F811
    run = client.submit("count", LONG, "ann")
    until_events(run, 1)
    assert os.getsid(service_pid(service)) != os.getsid(0)
    assert os.getsid(worker_pid(run)) != os.getsid(0)

    client.stop(run, "ann")
    until_state(run, "stopped")


def test_runs_go_the_same_way_where_processes_are_spawned(monkeypatch):
    monkeypatch.setenv("TEST_SPAWN", "1")
    run = client.submit("count", LONG, "ann")
    until_events(run, 3)
    client.stop(run, "ann")
    until_state(run, "stopped")
    killed = client.submit("count", LONG, "ann")
    until_events(killed, 3)
    kill(worker_pid(killed))
    until(lambda: client.status(killed).attempt == 2)
    client.stop(killed, "ann")
    until_state(killed, "stopped")
    assert whole(run)
    assert whole(killed)


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the parent of a worker in /proc")
def test_after_the_death_of_the_process_that_forks_workers_the_next_run_begins():
    run = client.submit("count", LONG, "ann")
    until_events(run, 3)
    worker = worker_pid(run)
    forkserver = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
    kill(forkserver)
    until(lambda: not lives(worker))               # it lives on until its next write is refused
    until(lambda: client.status(run).attempt == 2)
    until_state(client.submit("count", {"to": 2}, "bob"), "done")
    client.stop(run, "ann")
    until_state(run, "stopped")
    assert whole(run)


def test_a_run_that_could_not_be_forked_goes_on_once_and_then_says_why(service, monkeypatch):  # noqa: F811
    monkeypatch.setattr(starter, "ensure_service", lambda: None)
    run, seen = client.submit("count", {"to": 2}, "ann"), []
    with a_service() as served:
        monkeypatch.setattr(served, "warm_up", served.warm.clear)
        monkeypatch.setattr(served, "on_processor", lambda *_: (_ for _ in ()).throw(EOFError))
        served.limits = replace(served.limits, resumes=1)
        for _ in range(2):
            served.warm.set()
            served.launch()
            found = client.status(run)
            seen.append((found.state, found.attempt, found.cause["code"], served.warm.is_set()))
    assert seen == [("preempted", 1, "worker_killed", False), ("failed", 2, "worker_killed", False)]
    assert found.resumable


def test_a_stop_that_meets_a_worker_that_could_not_be_forked_is_a_stop(service, monkeypatch):  # noqa: F811
    monkeypatch.setattr(starter, "ensure_service", lambda: None)
    run = client.submit("count", {"to": 2}, "ann")

    def dies(*_):
        client.stop(run, "ann")                    # pressed while the run is at "starting"
        raise ConnectionResetError

    with a_service() as served:
        monkeypatch.setattr(served, "warm_up", lambda: None)
        monkeypatch.setattr(served, "on_processor", dies)
        served.warm.set()
        served.launch()
    assert client.status(run).state == "stopped"


def test_a_service_that_cannot_fork_says_so_ends_and_is_tried_again_after_a_while(service, monkeypatch):  # noqa: F811
    (service / "broken_preload.py").write_text("raise RuntimeError('no room')")
    monkeypatch.setenv("PYTHONPATH", str(service))
    monkeypatch.setenv("TEST_PRELOAD", "broken_preload")
    monkeypatch.setattr(starter, "AFTER_FAILURE_S", 0.5)
    run = client.submit("count", {"to": 2}, "ann")
    assert starter._started[service].wait(timeout=20) == 1
    assert client.status(run).state == "queued"
    assert "workers cannot be forked" in (service / "service.log").read_text()
    monkeypatch.delenv("TEST_PRELOAD")
    until_state(run, "done")


def test_a_missing_preload_costs_time_and_nothing_else(monkeypatch):
    monkeypatch.setenv("TEST_PRELOAD", "tests.jobs_missing")
    until_state(client.submit("count", {"to": 2}, "ann"), "done")


def test_waking_keeps_an_idle_service_for_another_while(service, monkeypatch):  # noqa: F811
    monkeypatch.setenv("TEST_IDLE_EXIT_S", "1.0")
    client.wake()
    first = starter._started[service]
    for _ in range(8):
        time.sleep(0.25)
        client.wake()
    assert first.poll() is None
    assert first.wait(timeout=20) == 0
