"""A file lock between processes that the system itself releases when its holder dies."""

import sys
import time
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from a successful `acquire` until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path, self._file = path, None

    def acquire(self, wait_s: float = 0.0) -> bool:
        """Whether the lock is now ours. Tries for wait_s seconds, because a look from `is_held` takes it for a moment."""
        deadline = time.monotonic() + wait_s
        while True:
            file = self.path.open("ab")
            try:
                _take(file)
            except OSError:
                file.close()
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.02)
            else:
                self._file = file
                return True

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def is_held(path: Path) -> bool:
    """Whether some process holds the lock at this moment."""
    look = FileLock(path)
    free = look.acquire()
    look.release()
    return not free
