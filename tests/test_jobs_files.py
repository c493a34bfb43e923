"""What must survive a kill: whole files, bounded logs, and a lock that dies with its holder."""

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import pytest

from core.files import write_atomic
from core.lock import FileLock, is_held
from jobs.logs import keep_small
from tests.jobs_place import kill, until


def holding(data: bytes) -> Callable[[BinaryIO], int]:
    return lambda file: file.write(data)


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new" / "model.pt"
    write_atomic(path, holding(b"one"))
    write_atomic(path, holding(b"two"))
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "model.pt"
    write_atomic(path, holding(b"one"))

    def full(_: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomic(path, holding(b"two"))
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_a_part(tmp_path):
    path, versions = tmp_path / "model.pt", [bytes([n]) * 200_000 for n in range(4)]
    write_atomic(path, holding(versions[0]))
    writer = threading.Thread(target=lambda: [write_atomic(path, holding(version)) for version in versions * 10])
    writer.start()
    while writer.is_alive():
        assert path.read_bytes() in versions
    writer.join()


def test_a_kill_in_the_middle_of_a_write_leaves_a_whole_file(tmp_path):
    path = tmp_path / "model.pt"
    code = f"""
from pathlib import Path
from core.files import write_atomic
while True:
    for n in range(4): write_atomic(Path({str(path)!r}), lambda file: file.write(bytes([n]) * 500_000))
"""
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", code]) as process:
            until(path.exists)
            kill(process.pid)
        data = path.read_bytes()
        assert len(data) == 500_000
        assert len(set(data)) == 1
        path.unlink()


def test_a_log_that_is_too_large_is_emptied_and_goes_on(tmp_path):
    path = tmp_path / "service.log"
    with path.open("ab", buffering=0) as log:
        log.write(b"x" * 200)
        keep_small(path, most_bytes=100)
        log.write(b"next")
    assert path.read_bytes() == b"next"
    keep_small(tmp_path / "missing.log")


def test_one_holder_at_a_time(tmp_path):
    path = tmp_path / "lock"
    first, second = FileLock(path), FileLock(path)
    assert not is_held(path)
    assert first.acquire()
    assert is_held(path)
    assert not second.acquire(wait_s=0.05)
    first.release()
    assert second.acquire()
    second.release()


def test_a_dead_holder_holds_nothing(tmp_path):
    path = tmp_path / "lock"
    code = f"from pathlib import Path; from core.lock import FileLock; l = FileLock(Path({str(path)!r})); l.acquire(); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as holder:
        until(lambda: is_held(path))
        kill(holder.pid)
    assert not is_held(path)
