"""Where Firstlight keeps its runs: one folder, named by FIRSTLIGHT_HOME."""

import os
from pathlib import Path


def home() -> Path:
    """The folder for the store, the runs and the service's log; made when it is missing."""
    place = Path(os.environ.get("FIRSTLIGHT_HOME") or Path.home() / ".firstlight").expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    return place


def run_folder(run: str) -> Path:
    """Where the files of one run (or of one upload) lie. Does not make it."""
    return home() / "runs" / run
