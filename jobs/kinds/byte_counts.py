"""How often each byte occurs in a whole training set: kind "byte_counts", spec = {"dataset": key, "images": how many}."""

from collections.abc import Iterator
from pathlib import Path

from core import data
from core.data.summary import counting
from jobs.kinds import Job


class ByteCountsJob(Job):
    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.dataset = str(spec.get("dataset"))
        self.images = data.load(self.dataset, train=True).images
        self.done = 0

    def records(self) -> Iterator[dict | None]:
        counts = []
        for done, so_far in counting(self.images):
            self.done, counts = done, so_far.tolist()
            yield None
        yield {"type": "counted", "dataset": self.dataset, "images": self.done, "counts": counts}

    def progress(self) -> tuple[int, int]:
        return self.done, len(self.images)
