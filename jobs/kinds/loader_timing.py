"""How fast a DataLoader delivers: kind "loader_timing", spec = the fields of core.loading.LoaderSpec."""

import time
from collections.abc import Iterator
from pathlib import Path

from core import data
from core.fields import clamped
from core.loading import LoaderSpec, loader
from jobs.kinds import Job

LONGEST_S = 5.0


class LoaderTimingJob(Job):
    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(LoaderSpec, spec)
        self.loader = loader(data.load(self.spec.dataset, train=True), self.spec)
        self.done, self.total = 0, len(self.loader)

    def records(self) -> Iterator[dict | None]:
        """One epoch, or as much of it as five seconds allow. The first batch is timed apart: it waits for the workers to start."""
        images, first_s, begin = 0, 0.0, time.perf_counter()
        for x, _ in self.loader:
            self.done += 1
            if self.done == 1:
                first_s = time.perf_counter() - begin
                begin = time.perf_counter()
            else:
                images += len(x)
            if time.perf_counter() - begin > LONGEST_S:
                break
            yield None
        elapsed_s = max(time.perf_counter() - begin, 1e-6)
        yield {"type": "timed", "workers": self.spec.workers, "batch_size": self.spec.batch_size, "batches": self.done,
               "first_s": first_s, "images_per_s": images / elapsed_s}

    def progress(self) -> tuple[int, int]:
        return self.done, self.total
