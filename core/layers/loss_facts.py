"""What goes wrong around loss functions, and what is the same: each shown in a few real numbers."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOGITS, RIGHT = (2.0, -1.0, 0.5), 0


@dataclass(frozen=True, eq=False)
class Equal:
    """Of three logits (3,): their log-probabilities (3,), and one loss in two ways."""

    logits: Tensor
    log_probs: Tensor
    nll: float
    cross_entropy: float


@cache
def equal() -> Equal:
    """CrossEntropyLoss does in one call what log_softmax and NLLLoss do in two."""
    logits, target = torch.tensor([LOGITS]), torch.tensor([RIGHT])
    log_probs = F.log_softmax(logits, dim=1)         # (1, 3)
    return Equal(logits[0], log_probs[0], float(nn.NLLLoss()(log_probs, target)), float(nn.CrossEntropyLoss()(logits, target)))


@dataclass(frozen=True, eq=False)
class Overflow:
    """(3,) each; by_sum and by_ratio break as soon as exp leaves float32, whose largest number is 3.4e38."""

    logits: Tensor
    exp: Tensor
    by_sum: Tensor
    by_ratio: Tensor
    stable: Tensor


@lru_cache(maxsize=128)
def overflow(large: float) -> Overflow:
    """log_softmax by two formulas as they stand in the book, and by PyTorch, which subtracts the largest logit first."""
    logits = torch.tensor([large, 1, 0], dtype=torch.float32)
    exp = logits.exp()
    return Overflow(logits, exp, by_sum=logits - exp.sum().log(), by_ratio=(exp / exp.sum()).log(), stable=F.log_softmax(logits, dim=0))


@dataclass(frozen=True)
class Floor:
    """start: the loss when all logits are equal. lowest: when Softmax stands before CrossEntropyLoss and is perfectly right."""

    classes: int
    start: float
    lowest: float


@cache
def floors() -> list[Floor]:
    """CrossEntropyLoss takes probabilities for logits, and these differ by 1 at most."""
    found, criterion = [], nn.CrossEntropyLoss()
    for classes in (2, 10, 100):
        target = torch.tensor([0])
        perfect = F.one_hot(target, classes).float()                     # (1, classes): all probability on the right class
        found.append(Floor(classes, float(criterion(torch.zeros(1, classes), target)), float(criterion(perfect, target))))
    return found


def start_by_hand(classes: int) -> float:
    """Each class gets the probability 1 / classes, and -ln(1 / classes) = ln(classes)."""
    return math.log(classes)


@dataclass(frozen=True, eq=False)
class Reduced:
    """Of two errors, 3 and 4: the squares (2,), their sum and mean, and the L2 norm."""

    none: Tensor
    sum: float
    mean: float
    norm: float


@cache
def reduced() -> Reduced:
    """The argument reduction, and what MSE is not."""
    output, target = torch.tensor([3.0, 4.0]), torch.zeros(2)
    none, total, mean = (nn.MSELoss(reduction=way)(output, target) for way in ("none", "sum", "mean"))
    return Reduced(none, float(total), float(mean), float(torch.linalg.vector_norm(output - target)))
