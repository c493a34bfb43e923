"""How good a network is on pictures that it did not learn from."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.images import normalise, scale

OUTPUTS: dict[str, Callable[[Tensor], Tensor]] = {   # what a network hands to cross_entropy
    "logits": nn.Identity(),                         # as it should be: cross_entropy takes the softmax itself
    "softmax": nn.Softmax(dim=1),                    # then it is taken twice; the largest stays the largest
    "relu": nn.ReLU(),                               # where no logit is above zero, all are equal and class 0 is the answer
}


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy per picture, and how many of how many were right."""

    loss: float
    correct: int
    images: int

    @property
    def accuracy(self) -> float:
        return self.correct / self.images

    def numbers(self) -> dict[str, float]:
        return {"loss": self.loss, "accuracy": self.accuracy, "correct": self.correct, "images": self.images}


@dataclass(frozen=True)
class Checked:
    """How far an evaluation has come; `score` is there when it is complete."""

    done: int
    images: int
    score: Score | None = None


def chance_loss(classes: int) -> float:
    """The cross-entropy of guessing: every class gets probability 1/classes, and -ln(1/classes) = ln(classes)."""
    return math.log(classes)


def learning(loss: float, classes: int) -> bool:
    """Whether a loss has come below that of guessing."""
    return loss < chance_loss(classes)


def wilson(correct: int, images: int, z: float = 1.96) -> tuple[float, float]:
    """The accuracies over all pictures of the kind that go together with such a count in a sample of them, at 95 % for z = 1.96.

    No forecast for another test set of this size: that one is a sample too, so its count may lie outside.
    Wilson's interval (1927). Unlike p ± z·sqrt(p(1 - p) / n) it stays within 0 and 1, and 10 of 10 right does not claim to be certain.
    """
    if images == 0:
        return 0.0, 1.0
    p, stretch = correct / images, 1 + z**2 / images
    centre = (p + z**2 / (2 * images)) / stretch     # pulled a little towards one half
    half = z * math.sqrt(p * (1 - p) / images + z**2 / (4 * images**2)) / stretch
    return max(0.0, centre - half), min(1.0, centre + half)


def evaluate(model: nn.Module, images: Tensor, labels: Tensor, mean: tuple, std: tuple, chunk: int = 500, *,
             output: str = "logits", keep: list[Tensor] | None = None) -> Iterator[Checked]:
    """Test in eval mode without gradients, a chunk at a time so that it can be watched and stopped.

    Shapes: images (N, C, H, W) uint8, labels (N,). The last record carries the score. output: a key of OUTPUTS, as in training.
    keep: a list that gets what cross_entropy was handed, (chunk, classes) each.
    """
    loss_sum, correct, done = 0.0, 0, 0
    was_training = model.training
    model.eval()
    try:
        for pictures, answers in zip(images.split(chunk), labels.split(chunk), strict=True):
            with torch.no_grad():
                handed = OUTPUTS[output](model(normalise(scale(pictures), mean, std)))     # (chunk, classes)
                loss_sum += F.cross_entropy(handed, answers, reduction="sum").item()
                correct += int((handed.argmax(1) == answers).sum())
            if keep is not None:
                keep.append(handed)
            done += len(pictures)
            yield Checked(done, len(images))
    finally:                                         # also when nobody asks for the rest
        model.train(was_training)
    yield Checked(done, len(images), Score(loss_sum / len(images), correct, len(images)))
