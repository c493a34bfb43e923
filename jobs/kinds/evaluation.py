"""Weights from a file on a whole test set: kind "evaluate", spec = {"network", "dataset", "weights": id of a run or an upload}."""

from collections.abc import Iterator
from pathlib import Path

from core import data, weights
from core.errors import SpecError
from core.evaluate import evaluate
from core.images import fit_to
from core.models import MODELS
from jobs.artifacts import WEIGHTS, artifact


class EvaluateJob:
    """The pictures are normalised as the file says that they were in training."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec = spec
        file = artifact(str(spec.get("weights")), WEIGHTS)
        if file is None:
            raise SpecError("weights_gone")
        self.raw = file.read_bytes()
        self.model = weights.from_bytes(self.raw, str(spec.get("network")))
        self.done, self.total = 0, 1

    def records(self) -> Iterator[dict | None]:
        network, test = MODELS[self.spec["network"]], data.load(str(self.spec.get("dataset")), train=False)
        images = fit_to(test.images, network.channels, network.size).images
        mean, std = weights.normalisation_of(weights.header(self.raw), network.channels)
        for checked in evaluate(self.model, images, test.labels, mean, std):
            self.done, self.total = checked.done, checked.images
            yield None
        score = checked.score
        yield {"type": "test", "loss": score.loss, "accuracy": score.accuracy, "correct": score.correct, "images": score.images}

    def progress(self) -> tuple[int, int]:
        return self.done, self.total

    def command(self, name: str, args: dict) -> None:
        raise SpecError("unknown_command", name=name)

    def save(self, folder: Path) -> None:
        """Nothing to keep: the score is a record."""
