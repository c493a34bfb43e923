"""How good a network is on pictures that it did not learn from."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.images import normalise, scale


@dataclass(frozen=True)
class Score:
    """Mean cross-entropy per picture, and how many of how many were right."""

    loss: float
    correct: int
    images: int

    @property
    def accuracy(self) -> float:
        return self.correct / self.images


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


def evaluate(model: nn.Module, images: Tensor, labels: Tensor, mean: tuple, std: tuple, chunk: int = 500) -> Iterator[Checked]:
    """Test in eval mode without gradients, a chunk at a time so that it can be watched and stopped.

    Shapes: images (N, C, H, W) uint8, labels (N,). The last record carries the score.
    """
    loss_sum, correct, done = 0.0, 0, 0
    was_training = model.training
    model.eval()
    try:
        for pictures, answers in zip(images.split(chunk), labels.split(chunk), strict=True):
            with torch.no_grad():
                logits = model(normalise(scale(pictures), mean, std))      # (chunk, classes)
                loss_sum += F.cross_entropy(logits, answers, reduction="sum").item()
                correct += int((logits.argmax(1) == answers).sum())
            done += len(pictures)
            yield Checked(done, len(images))
    finally:                                         # also when nobody asks for the rest
        model.train(was_training)
    yield Checked(done, len(images), Score(loss_sum / len(images), correct, len(images)))
