"""What can be a job: kind -> "module:class". The module is imported in the worker that runs it, never in the web process."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from core.errors import SpecError

JOBS: dict[str, str] = {
    "train": "jobs.kinds.train:TrainJob",
    "twins": "jobs.kinds.twins:TwinsJob",
    "download": "jobs.kinds.download:DownloadJob",
    "gather": "jobs.kinds.gather:GatherJob",
    "evaluate": "jobs.kinds.evaluation:EvaluateJob",
    "loader_timing": "jobs.kinds.loader_timing:LoaderTimingJob",
    "byte_counts": "jobs.kinds.byte_counts:ByteCountsJob",
    "normalisation": "jobs.kinds.normalisation:NormalisationJob",
    "sorter": "jobs.kinds.sorter:SorterJob",
    "tagger": "jobs.kinds.tagger:TaggerJob",
    "ladder": "jobs.kinds.ladder:LadderJob",
    "ladder_equal": "jobs.kinds.ladder:EqualJob",
    "ladder_dead": "jobs.kinds.ladder:DeadJob",
    "numbers": "jobs.kinds.numbers:NumbersJob",
}


class Job:
    """Long work as a generator. Made in its worker by `TheJob(spec, resume)`: resume is None or the folder of an earlier attempt.

    An attempt that ends between two records, by a kill or at the end of its turn, is followed by another one. A job that cannot go on
    from its files begins again; records with a "step" that were told already are then not told twice.
    """

    resumable = False                                # goes on from `save`'s files, so it can give its worker to the next learner
    single = False                                   # set by the worker: the learner goes on step by step, so tell each one
    folder: Path | None = None                       # set by the worker: where the run's files lie
    told_step = 0                                    # set by the worker: up to here an earlier attempt has told everything

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        raise NotImplementedError

    def records(self) -> Iterator[dict | None]:
        """Plain JSON dicts with a "type". None says "alive, nothing to tell": a run hears its learner only between two of
        these, and one that is silent for `Limits.heartbeat_s` is ended, so long stretches yield None every second or so.
        """
        raise NotImplementedError

    def progress(self) -> tuple[int, int]:
        """(done, total) in any whole unit; total 0 when nobody knows."""
        raise NotImplementedError

    def command(self, name: str, args: dict) -> list[dict]:
        """Change the work between two records; the records that tell what changed. Raises SpecError("unknown_command", name=...)."""
        raise SpecError("unknown_command", name=name)

    def save(self, folder: Path) -> None:
        """Write the files that are kept, each with `core.files.write_atomic`. Called at the end, after an epoch and now and then."""


def load(target: str) -> Callable[[dict, Path | None], Job]:
    """The class behind "module:class"."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)
