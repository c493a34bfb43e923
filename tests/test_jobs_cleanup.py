"""Old runs make room for new ones: by age, then the oldest until everything fits; what has not ended stays."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import SpecError
from core.files import pictures_folder
from jobs import cleanup, client, queue
from jobs.cleanup import DAY_S, forget, make_room
from jobs.home import run_folder, runs_folder
from jobs.limits import LIMITS
from jobs.service import CLEAN_S
from jobs.store import ACTIVE, ENDED, opened
from tests.jobs_place import a_service, place  # noqa: F401

pytestmark = pytest.mark.usefixtures("place")
LIMIT = replace(LIMITS["laptop"], keep_days=90, disk_mb=10, per_learner=99)
MB = 1_000_000


@pytest.fixture(autouse=True)
def room_for_many(monkeypatch):
    monkeypatch.setitem(LIMITS, "laptop", LIMIT)


def made(state: str, days: float, mb: float = 0.0, learner: str = "ann") -> str:
    """A run that came into this state so many days ago, with a file of that size and one event."""
    run = client.submit("count", {}, learner)
    then = time.time() - days * DAY_S
    with opened() as db:
        values = (state, then, then if state in ENDED else None, run)
        db.execute("UPDATE runs SET state = ?, attempt = 1, created = ?, ended = ? WHERE id = ?", values)
        db.execute("INSERT INTO events VALUES (?, 1, 1, '{\"type\": \"count\"}')", (run,))
    file(run_folder(run) / "weights.safetensors", mb)
    return run


def file(path: Path, mb: float, days: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.truncate(int(mb * MB))
    for each in (path, path.parent):
        os.utime(each, (time.time() - days * DAY_S,) * 2)
    return path


def clean(**limits: object) -> None:
    with opened() as db:
        make_room(db, replace(LIMIT, **limits))


def kept(*runs: str) -> list[bool]:
    """Which runs are there, each with its events and files, or without any of it."""
    with opened() as db:
        for run in runs:
            there = client.status(run) is not None
            assert bool(client.events(run)) == run_folder(run).exists() == there
            assert there or not db.execute("SELECT 1 FROM commands WHERE run = ?", (run,)).fetchone()
    return [client.status(run) is not None for run in runs]


@pytest.mark.parametrize("state", ENDED)
def test_runs_that_ended_long_ago_go(state):
    old, young = made(state, days=91), made(state, days=89)
    clean()
    assert kept(old, young) == [False, True]


@pytest.mark.parametrize("state", ACTIVE)
def test_a_run_that_has_not_ended_stays_however_old_and_large(state):
    run, ended = made(state, days=500, mb=50), made("done", days=0)
    clean()
    assert kept(run) == [True]
    assert kept(ended) == [False]                    # all that can go, went: still too much
    assert client.status(run).state == state


def test_beyond_the_disks_share_the_oldest_go_until_the_rest_fits():
    runs = [made("done", days=days, mb=3) for days in (4, 1, 3, 2, 0.5)]                   # 15 MB, 10 may stay
    clean()
    assert kept(*runs) == [False, True, False, True, True]
    clean()
    assert kept(*runs) == [False, True, False, True, True]
    clean(disk_mb=8)
    assert kept(*runs) == [False, True, False, False, True]


def test_exactly_the_disks_share_fits():
    runs = [made("done", days=2, mb=5), made("stopped", days=1, mb=5)]
    clean()
    assert kept(*runs) == [True, True]
    file(run_folder(runs[1]) / "one.byte", 1 / MB)
    clean()
    assert kept(*runs) == [False, True]


def test_a_run_is_as_old_as_its_end_and_not_as_its_start():
    early, late = made("done", days=1, mb=6), made("done", days=2, mb=6)
    clean()
    assert kept(early, late) == [True, False]


def test_an_upload_goes_after_a_day_without_use():
    old, young = client.put("ann", "weights.safetensors", b"1"), client.put("ann", "weights.safetensors", b"2")
    for upload, days in ((old, 1.01), (young, 0.99)):
        file(run_folder(upload) / "weights.safetensors", 0.1, days)
    clean()
    assert client.artifact(old, "weights.safetensors") is None
    assert client.artifact(young, "weights.safetensors") is not None


def test_an_upload_that_comes_again_counts_as_new():
    upload = client.put("ann", "weights.safetensors", b"1")
    file(run_folder(upload) / "weights.safetensors", 0.1, days=2)
    client.put("ann", "weights.safetensors", b"1")
    clean()
    assert client.artifact(upload, "weights.safetensors") is not None


def test_a_folder_that_no_run_names_goes_after_a_day():
    old, young = runs_folder() / "0badc0de", runs_folder() / "0badcafe"
    file(old / "checkpoint.pt", 1, days=2)
    file(young / "checkpoint.pt", 1, days=0.5)
    clean()
    assert (old.exists(), young.exists()) == (False, True)


def test_many_uploads_drive_out_the_oldest_of_them_and_nobodys_run():
    run = made("done", days=1, mb=9)
    uploads = [file(run_folder(client.put("ann", "x.bin", bytes([i]))) / "x.bin", 1, days=i / 10) for i in range(4)]      # 2.5 MB may stay
    mine = pictures("zip.0123456789abcdef", 0.35)                          # 0.2 MB
    clean()
    assert kept(run) == [True]
    assert [upload.exists() for upload in uploads] == [True, True, False, False]
    assert not any(path.exists() for path in mine)


def test_an_upload_that_waits_for_its_job_stays_however_full():
    upload = client.put("ann", "mine.zip", b"1")
    path = file(run_folder(upload) / "mine.zip", 9, days=3)
    client.submit("count", {"upload": upload}, "ann")
    clean()
    assert path.exists()


def test_what_lies_beside_the_folders_is_left_alone(place):  # noqa: F811
    stray = file(runs_folder() / "notes.txt", 99, days=400)
    log = file(place / "service.log", 99, days=400)
    run = made("done", days=1, mb=1)
    clean()
    assert (stray.exists(), log.exists(), kept(run)) == (True, True, [True])


def test_an_empty_home_is_clean():
    clean()
    assert not runs_folder().exists()


def test_a_run_that_goes_on_in_the_meantime_is_not_forgotten():
    run = made("lost", days=100)
    with opened() as db:
        client.resume(run, "ann")
        assert forget(db, run) is False
    assert kept(run) == [True]


def test_a_run_that_its_learner_continues_while_room_is_made_stays(monkeypatch):
    """Between the look at what has ended and the deletion there is time enough for a click."""
    run = made("lost", days=100, mb=1)
    size = cleanup._size

    def click(folder: Path) -> float:
        client.resume(run, "ann")
        return size(folder)

    monkeypatch.setattr(cleanup, "_size", click)
    clean()
    assert kept(run) == [True]
    assert client.status(run).state == "preempted"


@pytest.mark.parametrize("look", ["_size", "_changed"])
def test_a_folder_that_goes_while_it_is_looked_at_hurts_nobody(look, monkeypatch):
    runs = [made("done", days=days, mb=6) for days in (2, 1)]
    upload = run_folder(client.put("ann", "x.bin", b"1"))
    really = getattr(cleanup, look)

    def gone(folder: Path) -> float:
        for path in upload.glob("*"):
            path.unlink()
        upload.exists() and upload.rmdir()
        return really(folder)

    monkeypatch.setattr(cleanup, look, gone)
    clean()
    assert kept(*runs) == [False, True]


def test_two_who_delete_at_the_same_moment_get_one_answer_each():
    run, answers = made("done", days=0), []

    def click() -> None:
        try:
            answers.append(client.delete(run, "ann"))
        except SpecError as error:
            answers.append(error.code)

    together(click, 6)
    assert len(answers) == 6
    assert answers.count(None) >= 1
    assert set(answers) <= {None, "unknown_run"}
    assert kept(run) == [False]


def together(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_room_is_made_by_the_service_itself(monkeypatch):
    old = made("done", days=91)
    waiting = client.submit("count", {}, "bob")
    with a_service() as served:
        served.tick()
        assert kept(old) == [True]                   # not at every tick
        served.cleaned -= CLEAN_S
        served.tick()
        assert kept(old) == [False]
        assert queue.any_waiting(served.db)
    assert client.status(waiting).state == "queued"


def pictures(key: str, days: float) -> list[Path]:
    return [file(pictures_folder() / f"{key}.{kind}", 0.1, days) for kind in ("bin", "json")]


def test_pictures_of_a_zip_go_with_the_uploads_and_those_of_a_folder_stay():
    old, young, folder = pictures("zip.0123456789abcdef", 1.1), pictures("zip.fedcba9876543210", 0.9), pictures("folder.pets", 99)
    clean()
    assert [path.exists() for path in old + young + folder] == [False, False, True, True, True, True]


@pytest.mark.parametrize("state", ACTIVE)
def test_pictures_that_a_run_still_needs_stay_until_it_has_ended(state):
    mine = pictures("zip.0123456789abcdef", 9)
    run = client.submit("count", {"dataset": "zip.0123456789abcdef"}, "ann")
    with opened() as db:
        db.execute("UPDATE runs SET state = ? WHERE id = ?", (state, run))
    clean()
    assert all(path.exists() for path in mine)
    with opened() as db:
        db.execute("UPDATE runs SET state = 'done', ended = ? WHERE id = ?", (time.time(), run))
    clean()
    assert not any(path.exists() for path in mine)
