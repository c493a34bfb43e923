"""Where files are kept, and how they are written: each is either old or new, never half written."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def own_folder() -> Path:
    """Where Firstlight keeps its files: FIRSTLIGHT_HOME, else a folder of the user's own. Does not make it."""
    return Path(os.environ.get("FIRSTLIGHT_HOME") or Path.home() / ".firstlight").expanduser().absolute()


def pictures_folder() -> Path:
    """Where learners' own pictures lie once they were read (core.data.kept)."""
    return own_folder() / "datasets"


def write_atomic(path: Path, write: Callable[[BinaryIO], object], *, sync: bool = True) -> None:
    """Let write(file) fill a temporary file beside `path`, then put it in place in one move.

    sync=False does not wait for the disk: after a power cut the file may be missing, empty or torn, and the old one gone too.
    That is for what can be done without, and whoever reads it must expect it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
