"""A dataset's download: kind "download", spec = {"dataset": key}."""

from collections.abc import Iterator
from pathlib import Path

from core.data.fetch import fetch
from jobs.kinds import Job


class DownloadJob(Job):
    resumable = True                                 # what has arrived stays beside the dataset

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.dataset = str(spec.get("dataset"))
        self.done, self.total = 0, 1

    def records(self) -> Iterator[dict | None]:
        replaced = False
        for at in fetch(self.dataset):
            self.done, self.total, replaced = at.done_bytes, at.total_bytes, at.replaced
            yield None
        yield {"type": "fetched", "dataset": self.dataset, "replaced": replaced}

    def progress(self) -> tuple[int, int]:
        return self.done, self.total
