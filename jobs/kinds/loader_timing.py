"""How fast pictures come, in memory and through a DataLoader: kind "loader_timing", spec = {"dataset": key, "batch_size": n}."""

import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from core import data
from core.fields import clamped
from core.loading import LoaderSpec, one_by_one
from core.train import many_at_a_time
from jobs.kinds import Job

LONGEST_S = 2.0                                      # for each way
WAYS = ("memory", "0", "1", "2")                     # the training loop's own way; a DataLoader with so many workers


class LoaderTimingJob(Job):
    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(LoaderSpec, spec)
        self.data, self.known = data.load(str(spec.get("dataset")), train=True), data.info(str(spec.get("dataset")))
        self.done, self.total = 0, len(WAYS) * round(10 * LONGEST_S)

    def records(self) -> Iterator[dict | None]:
        """One way after the other, as many batches and epochs as two seconds allow."""
        rows = []
        for i, way in enumerate(WAYS):
            row = yield from self.timed(way, round(i * 10 * LONGEST_S))
            rows.append(row)
        yield {"type": "timed", "batch_size": self.spec.batch_size, "rows": rows}

    def timed(self, way: str, before: int) -> Iterator[None]:
        """The first batch is timed apart: it waits for the workers to start. Returns what was measured."""
        begin, first_s, images, batches = time.perf_counter(), 0.0, 0, 0
        for x, _ in self.batches(way):
            batches += 1
            now = time.perf_counter()
            if batches == 1:
                first_s, begin = now - begin, now
            else:
                images += len(x)
            self.done = before + min(round(10 * (now - begin)), round(10 * LONGEST_S))
            if now - begin > LONGEST_S:
                break
            yield None
        return {"way": way, "batches": batches, "first_s": first_s, "images_per_s": images / (now - begin)}

    def batches(self, way: str) -> Iterator[tuple[Tensor, Tensor]]:
        """A way of WAYS, epoch after epoch. All do the same work: pick in a random order, scale to [0, 1], normalise, make a batch."""
        order = torch.randperm(len(self.data), generator=torch.Generator().manual_seed(self.spec.seed))
        told = self.data, order, self.spec.batch_size, torch.tensor(self.known.mean), torch.tensor(self.known.std)
        bring = None if way == "memory" else one_by_one(*told, workers=int(way))
        while True:
            yield from bring or many_at_a_time(*told)

    def progress(self) -> tuple[int, int]:
        return self.done, self.total
