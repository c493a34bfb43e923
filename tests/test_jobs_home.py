"""Where runs are kept: the folder that was asked for, else memory, else a sentence that says so."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SpecError
from jobs import client, home, starter
from jobs.kinds import JOBS
from tests.jobs_place import kill, until_state

UNWRITABLE = Path("/proc/firstlight")                # not even root makes files there
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="needs a place that nobody can write")


@pytest.fixture(autouse=True)
def tried_anew(monkeypatch):
    """As in a process that has just begun."""
    monkeypatch.setattr(home, "_tried", {})


@pytest.fixture
def memory(monkeypatch) -> Iterator[Path]:
    """The folder in memory of a user whom nobody else is: what `home` falls back to."""
    user = 900_000_000 + os.getpid()
    monkeypatch.setattr(os, "getuid", lambda: user)
    places = home._in_memory()
    yield next(place for place in places if place.parent.is_dir())
    for place in places:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def unwritable(memory, monkeypatch) -> Path:
    """A server that may not write where it was told to; the folder in memory."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(UNWRITABLE))
    return memory


def test_runs_are_kept_where_they_were_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "new" / "place"))
    assert home.home() == tmp_path / "new" / "place"
    assert home.home().is_dir()
    assert client.keeps()
    assert list(home.home().iterdir()) == []         # the probe leaves nothing


def test_without_a_word_runs_are_kept_in_the_users_own_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("FIRSTLIGHT_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home.home() == tmp_path / ".firstlight"


@pytest.mark.parametrize("given", ["~/lessons", "lessons"])
def test_a_folder_may_be_named_from_home_or_from_here(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FIRSTLIGHT_HOME", given)
    assert home.home() == tmp_path / "lessons"
    assert client.keeps()


def test_a_folder_that_was_removed_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "place"))
    home.home().rmdir()
    assert home.home().is_dir()


def test_a_file_in_the_way_is_no_folder(tmp_path, memory, monkeypatch):
    (tmp_path / "place").write_text("")
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "place"))
    assert home.home() == memory
    assert not client.keeps()


def test_a_folder_that_takes_no_bytes_is_not_used(tmp_path, memory, monkeypatch):
    """A full disk still makes folders and names."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path))
    make = tempfile.TemporaryFile

    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda dir: Full() if dir == tmp_path else make(dir=dir))
    assert home.home() == memory


@needs_proc
def test_where_nothing_can_be_kept_runs_live_in_memory(unwritable):
    assert home.home() == unwritable
    assert unwritable.is_dir()
    assert not client.keeps()
    assert home.run_folder("aaaaaaaa") == unwritable / "runs" / "aaaaaaaa"


@needs_proc
def test_the_folder_in_memory_is_the_users_own(unwritable):
    assert unwritable.name == f"firstlight-{os.getuid()}"
    home.home()
    assert stat.S_IMODE(unwritable.stat().st_mode) & 0o022 == 0            # nobody else writes there


@needs_proc
def test_in_memory_a_run_and_its_service_meet_and_downloads_work(unwritable, monkeypatch):
    monkeypatch.delenv("FIRSTLIGHT_LIMITS", raising=False)
    monkeypatch.setitem(JOBS, "count", "tests.jobs_count:CountJob")
    monkeypatch.setattr(starter, "SERVICE", "tests.jobs_service")
    run = client.submit("count", {"to": 3}, "ann")
    try:
        until_state(run, "done")
        assert client.artifact(run, "count.txt").read_text() == "3"
        assert client.artifact(run, "count.txt").is_relative_to(unwritable)
        assert (unwritable / "store.sqlite").exists()
        assert client.artifact(client.put("ann", "mine.bin", b"1"), "mine.bin").read_bytes() == b"1"
    finally:
        served = starter._started.pop(unwritable)
        kill(served.pid)
        served.wait()


@needs_proc
def test_where_not_even_memory_takes_files_the_learner_is_told(monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(UNWRITABLE))
    monkeypatch.setattr(home, "_in_memory", lambda: [Path("/proc/one"), Path("/proc/two")])
    for ask in (client.keeps, lambda: client.submit("train", {}, "ann"), lambda: client.status("aaaaaaaa"), client.wake):
        with pytest.raises(SpecError, match="nowhere_to_write folder=/proc/firstlight"):
            ask()


@needs_proc
def test_each_place_is_tried_once(unwritable, monkeypatch):
    home.home()
    monkeypatch.setattr(home, "_takes_files", lambda place: pytest.fail("tried again"))
    assert home.home() == unwritable


@needs_proc
def test_a_process_that_was_never_told_anything_else_finds_the_same_folder(unwritable):
    code = f"import os; os.getuid = lambda: {os.getuid()}\nfrom jobs import client\nprint(client.home(), client.keeps())"
    told = subprocess.run([sys.executable, "-c", code], cwd=starter.ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(unwritable), "False"]
