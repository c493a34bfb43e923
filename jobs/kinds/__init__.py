"""What can be a job: kind -> "module:class". The module is imported in the worker that runs it, never in the web process."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

JOBS: dict[str, str] = {
    "train": "jobs.kinds.train:TrainJob",
    "download": "jobs.kinds.download:DownloadJob",
    "evaluate": "jobs.kinds.evaluation:EvaluateJob",
    "loader_timing": "jobs.kinds.loader_timing:LoaderTimingJob",
}


class Job(Protocol):
    """Long work as a generator. Made in its worker by `TheJob(spec, resume)`: resume is None or an earlier attempt's folder."""

    def records(self) -> Iterator[dict | None]:
        """Plain JSON dicts with a "type". None says "alive, nothing to tell": a run hears its learner only between two of
        these, and one that is silent for `Limits.heartbeat_s` is ended, so long stretches yield None every second or so.
        """

    def progress(self) -> tuple[int, int]:
        """(done, total) in any whole unit; total 0 when nobody knows."""

    def command(self, name: str, args: dict) -> None:
        """Change the work between two records. Raises SpecError("unknown_command", name=...)."""

    def save(self, folder: Path) -> None:
        """Write the files that are kept, each with `core.files.write_atomic`. Called at the end and after an "epoch" record."""


def load(target: str) -> Callable[[dict, Path | None], Job]:
    """The class behind "module:class"."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)
