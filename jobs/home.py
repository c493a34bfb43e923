"""Where Firstlight keeps its runs: one folder, named by FIRSTLIGHT_HOME. Where that cannot be written, a folder in memory."""

import os
import tempfile
from pathlib import Path

from core.errors import SpecError
from core.files import own_folder

OPEN = 0o777                                       # less what the system's umask takes away
_tried: dict[Path, Path] = {}                      # what was asked for -> what is used


def home() -> Path:
    """The folder for the store, the runs and the service's log; made when it is missing.

    Raises SpecError("nowhere_to_write") when not even memory takes files.
    """
    wanted = own_folder()
    if wanted not in _tried:
        places = [(wanted, OPEN), *((own, 0o700) for own in _in_memory())]
        usable = next((place for place, mode in places if _takes_files(place, mode)), None)
        if usable is None:
            raise SpecError("nowhere_to_write", folder=str(wanted))
        _tried[wanted] = usable
    place = _tried[wanted]
    if not place.is_dir():                         # it may have been removed
        place.mkdir(parents=True, exist_ok=True)
    return place


def keeps() -> bool:
    """Whether runs are where they were meant to be, and not in memory, where the next start of the machine ends them."""
    return home() == own_folder()


def run_folder(run: str) -> Path:
    """Where the files of one run (or of one upload) lie. Does not make it."""
    return runs_folder() / run


def runs_folder() -> Path:
    return home() / "runs"


def _in_memory() -> list[Path]:
    """Each user's own, so that nobody else's files are taken for ours."""
    own = f"firstlight-{os.getuid() if hasattr(os, 'getuid') else os.getlogin()}"
    return [Path("/dev/shm") / own, Path(tempfile.gettempdir()) / own]


def _takes_files(place: Path, mode: int) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=mode)
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(b"first light")
        return mode == OPEN or not hasattr(os, "geteuid") or place.stat().st_uid == os.geteuid()
    except OSError:
        return False
