"""Weights from a file on a whole test set: kind "test", spec = {"network", "dataset", "normalisation", "weights": artifact id}."""

from collections.abc import Iterator
from pathlib import Path

from core import weights
from core.errors import SpecError
from core.evaluate import evaluate
from core.fields import clamped
from core.train import TrainSpec, split
from jobs.artifacts import WEIGHTS
from jobs.client import artifact


class TestJob:
    __test__ = False                                 # pytest: a job, no test class

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(TrainSpec, {**spec, "val_fraction": 0.0, "train_images": 10})
        file = artifact(str(spec.get("weights")), WEIGHTS)
        if file is None:
            raise SpecError("weights_gone")
        self.model = weights.from_bytes(file.read_bytes(), self.spec.network)
        self.done, self.total = 0, 1

    def records(self) -> Iterator[dict | None]:
        splits = split(self.spec)
        for checked in evaluate(self.model, splits.test.images, splits.test.labels, splits.mean, splits.std):
            self.done, self.total = checked.done, checked.images
            yield None
            if checked.score:
                yield {"type": "test", "step": 0, "loss": checked.score.loss, "accuracy": checked.score.accuracy,
                       "correct": checked.score.correct, "images": checked.score.images}

    def progress(self) -> tuple[int, int]:
        return self.done, self.total

    def command(self, name: str, args: dict) -> None:
        raise SpecError("unknown_command", name=name)

    def save(self, folder: Path) -> None:
        """Nothing to keep: the score is a record."""
