"""Every answer of a network on a whole test set: which are wrong, what was taken for what, and how sure the network was."""

from dataclasses import dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Answers:
    """One row for each picture, in the dataset's order. Shapes: labels, predicted, losses (N,); probs (N, classes)."""

    labels: Tensor
    predicted: Tensor
    losses: Tensor                                   # cross-entropy of this one picture
    probs: Tensor


def answers(chunks: list[Tensor], labels: Tensor, output: str = "logits") -> Answers:
    """From what cross_entropy was handed, as `evaluate` keeps it, and the truth (N,). With "softmax" that is probabilities already."""
    handed = torch.cat(chunks)                       # (chunk, classes), ... -> (N, classes)
    probs = handed if output == "softmax" else handed.softmax(1)
    return Answers(labels, handed.argmax(1), F.cross_entropy(handed, labels, reduction="none"), probs)


def confusion(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """How often class i was taken for class j: (classes, classes), the truth in rows. A pair (i, j) is counted as number i·classes + j."""
    return torch.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


def behind(found: Answers, truth: int, said: int) -> Tensor:
    """Indices of the pictures behind one cell of the confusion matrix, the surest mistake (or the least sure right answer) first."""
    picked = ((found.labels == truth) & (found.predicted == said)).nonzero().squeeze(1)
    return picked[found.losses[picked].argsort(descending=True, stable=True)]


def worst(found: Answers, most: int) -> Tensor:
    """Indices of the wrong answers with the highest loss: here the network was most sure of something else."""
    wrong = (found.labels != found.predicted).nonzero().squeeze(1)
    return wrong[found.losses[wrong].argsort(descending=True, stable=True)][:most]


def mixed_up(matrix: Tensor) -> list[tuple[int, int]]:
    """The two classes that are most often taken for each other, in either direction; several equal pairs, or none without a mistake."""
    both = (matrix + matrix.T).triu(1)               # (classes, classes), each pair once
    top = int(both.max())
    return [(int(i), int(j)) for i, j in (both == top).nonzero()] if top else []


def to_bytes(found: Answers) -> bytes:
    """As a file: 28 bytes a picture for ten classes."""
    small = {"labels": found.labels.short(), "predicted": found.predicted.short(), "losses": found.losses, "probs": found.probs.half()}
    return save({name: tensor.contiguous() for name, tensor in small.items()})


def from_bytes(raw: bytes) -> Answers:
    kept = load(raw)
    return Answers(kept["labels"].long(), kept["predicted"].long(), kept["losses"], kept["probs"].float())
