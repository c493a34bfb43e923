"""The work of the ladder: a rung, the proof that seven rungs are equal, and the class that dies."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from core.fields import clamped
from core.ladder import EVERY, Split, dead, guesses, proof, run
from core.ladder.source import before
from core.ladder.spec import EPOCHS, LadderSpec, batches
from core.ladder.split import data
from jobs.kinds import Job

SEEN = 6                                             # validation pictures that the page shows with what the rung takes them for


class _Short(Job):
    """Begins again when it was interrupted: it takes seconds."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(LadderSpec, spec)
        self.done, self.total = 0, 0

    def progress(self) -> tuple[int, int]:
        return min(self.done, self.total), self.total


class LadderJob(_Short):
    """One rung, then the one below it to compare with; counted in batches. spec: of core.ladder.spec.LadderSpec."""

    def records(self) -> Iterator[dict | None]:
        split, epochs, kept, below = data(self.spec.dataset), EPOCHS[self.spec.dataset], [], before(self.spec.rung)
        self.total = epochs * batches(split) * (2 if below else 1)
        yield {"type": "start", "learn": len(split.x_train), "judge": len(split.x_valid), "epochs": epochs}
        began = time.monotonic()
        for told in run(self.spec.rung, split, self.spec.seed, epochs, kept):
            if told.what == "batch":
                yield {"type": "loss", "batch": self.done + 1, "loss": told.loss}
                self.done += EVERY
            else:
                yield {"type": "told", **asdict(told)}
        seconds = time.monotonic() - began
        yield {"type": "seen", "labels": split.y_valid[:SEEN].tolist(), "guesses": guesses(self.spec.rung, kept, split.x_valid[:SEEN])}
        if below:
            yield from self._compared(below, split, epochs)
        yield {"type": "ended", "seconds": seconds}

    def _compared(self, below: str, split: Split, epochs: int) -> Iterator[dict | None]:
        """Where the rung below ends from the same seed."""
        self.done = self.total // 2
        for told in run(below, split, self.spec.seed, epochs):
            self.done += EVERY if told.what == "batch" else 0
            yield {"type": "below", **asdict(told)} if told.what == "whole" else None


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
