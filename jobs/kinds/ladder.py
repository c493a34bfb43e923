"""The work of the ladder: a rung, the proof that seven rungs are equal, and the class that dies."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from core.fields import clamped
from core.ladder import EVERY, dead, proof, run
from core.ladder.spec import EPOCHS, LadderSpec, batches
from core.ladder.split import data
from jobs.kinds import Job


class _Short(Job):
    """Begins again when it was interrupted: it takes seconds."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(LadderSpec, spec)
        self.done, self.total = 0, 0

    def progress(self) -> tuple[int, int]:
        return min(self.done, self.total), self.total


class LadderJob(_Short):
    """One rung; counted in batches. spec: of core.ladder.spec.LadderSpec."""

    def records(self) -> Iterator[dict | None]:
        split, epochs, began = data(self.spec.dataset), EPOCHS[self.spec.dataset], time.monotonic()
        self.total = epochs * batches(split)
        yield {"type": "start", "learn": len(split.x_train), "judge": len(split.x_valid), "epochs": epochs}
        for told in run(self.spec.rung, split, self.spec.seed, epochs):
            if told.what == "batch":
                self.done += EVERY
                yield None
            else:
                yield {"type": "told", **asdict(told)}
        yield {"type": "ended", "seconds": time.monotonic() - began}


class EqualJob(_Short):
    """R1 to R7 from one start, in two precisions; counted in rungs. spec: dataset and seed of LadderSpec."""

    def records(self) -> Iterator[dict | None]:
        split = proof.some(data(self.spec.dataset))
        self.total = len(proof.SAME) * len(proof.DTYPES)
        yield {"type": "start", "learn": len(split.x_train), "judge": len(split.x_valid), "epochs": EPOCHS[self.spec.dataset]}
        for ended in proof.endings(split, self.spec.seed, EPOCHS[self.spec.dataset]):
            self.done += ended is not None
            yield ended and {"type": "ended", **asdict(ended)}


class DeadJob(_Short):
    """The stored start with a ReLU on the logits and without; counted in epochs. spec: none."""

    def records(self) -> Iterator[dict | None]:
        split = data("digits")
        self.total = len(dead.WAYS) * dead.EPOCHS
        for way in dead.WAYS:
            for verdict in dead.train(way, split):
                self.done += verdict is not None and verdict.epoch > 0
                yield verdict and {"type": "verdict", **asdict(verdict)}
