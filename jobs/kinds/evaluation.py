"""Weights from a file on a whole test set: kind "evaluate", spec = {"network", "dataset", "weights": id of a run or an upload}.

With "trained", the spec of the run that made the weights, the network is also asked about pictures that it learned from, at most
as many as there are test pictures, so that both scores can be compared.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

from torch import Tensor

from core import data, mistakes, weights
from core.errors import SpecError
from core.evaluate import Score, evaluate
from core.fields import clamped
from core.files import write_atomic
from core.images import fit_to
from core.models import named
from core.train import TrainSpec, split
from jobs.artifacts import PREDICTIONS, WEIGHTS, artifact
from jobs.kinds import Job


class EvaluateJob(Job):
    """The pictures are normalised as the file says that they were in training, and what came out is treated as it was then."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        file = artifact(str(spec.get("weights")), WEIGHTS)
        if file is None:
            raise SpecError("weights_gone")
        raw, self.network = file.read_bytes(), str(spec.get("network"))
        self.model = weights.from_bytes(raw, self.network)
        self.norm = weights.normalisation_of(weights.header(raw), named(self.network).channels)
        self.dataset, self.trained = str(spec.get("dataset")), spec.get("trained")
        outputs, classes = len(list(self.model.parameters())[-1]), data.info(self.dataset).classes
        if outputs != classes:
            raise SpecError("weights_other_classes", value=outputs, wanted=classes)
        self.done, self.total, self.answers = 0, 1, None

    def records(self) -> Iterator[dict | None]:
        (images, labels), learned = self.pictures()
        output, handed = clamped(TrainSpec, self.trained or {})[0].output, []
        self.total = len(labels) + (len(learned[1]) if learned else 0)
        score = yield from self.score(images, labels, output, handed)
        train = (yield from self.score(*learned, output)) if learned else None
        self.answers = mistakes.answers(handed, labels, output)
        yield {"type": "test", "loss": score.loss, "accuracy": score.accuracy, "correct": score.correct, "images": score.images,
               "classes": self.answers.probs.shape[1], "train_loss": train and train.loss, "train_correct": train and train.correct,
               "train_images": train and train.images}

    def pictures(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor] | None]:
        """The test set, and at most as many of the pictures that the run learned from: images (N, C, H, W) uint8, labels (N,)."""
        if self.trained:
            splits = split(clamped(TrainSpec, {**self.trained, "network": self.network, "dataset": self.dataset})[0])
            learned, test = splits.train, splits.test
            some = learned.pick(slice(None, None, -(-len(learned) // len(test))))      # from all over the set, since it may be sorted
            return (test.images, test.labels), (some.images, some.labels)
        test, network = data.load(self.dataset, train=False), named(self.network)
        return (fit_to(test.images, network.channels, network.size).images, test.labels), None

    def score(self, images: Tensor, labels: Tensor, output: str, keep: list[Tensor] | None = None) -> Generator[None, None, Score]:
        """Signs of life, and at the end the score; `keep` gets what cross_entropy was handed."""
        before = self.done
        for checked in evaluate(self.model, images, labels, *self.norm, output=output, keep=keep):
            self.done = before + checked.done
            yield None
        return checked.score

    def progress(self) -> tuple[int, int]:
        return self.done, self.total

    def save(self, folder: Path) -> None:
        """Every answer on a test picture, once there are all."""
        if self.answers:
            raw = mistakes.to_bytes(self.answers)
            write_atomic(folder / PREDICTIONS, lambda file: file.write(raw))
