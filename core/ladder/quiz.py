"""A question about the idea of each rung: its answers, and the right one, which the rung's own program gives wherever it can."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from core.ladder import made, proof
from core.ladder.spec import batches_of, last_batch
from core.ladder.split import LEARN_FROM, learns_from
from core.seeded import seeded

EQUAL = ("same", "other")
SIDES = (7, 28, 30, 64)                              # of the pictures that R12's model is tried with


@dataclass(frozen=True)
class Question:
    """Answers are figures and shapes as they stand, or names of words in content."""

    truth: str
    answers: tuple[str, ...]


@lru_cache(maxsize=64)
def question(key: str, dataset: str) -> Question:
    """Of the rung `key`; what it learns from is in some answers."""
    images = LEARN_FROM if dataset == "mnist" else learns_from(dataset)
    match key:
        case "r1":
            return Question("six", ("none", "six", "half"))
        case "r3":
            return Question(f"{_count(key):,}", ("784", "7,840", "7,850"))
        case "r4":
            return Question(str(tuple(_model(key).linear.weight.shape)), ("(784, 10)", "(10, 784)", "(7850,)"))
        case "r5":
            return Question(_left_in_grad(), ("gone", "zeros", "kept"))
        case "r6":
            return Question(f"{images:,}", (f"{batches_of(images):,}", "784", f"{images:,}"))
        case "r7":
            return Question(str(last_batch(images)), ("64", str(last_batch(images)), "left_out"))
        case "r8":
            return Question("train", ("train", "valid", "both"))
        case "r9":
            return Question("learn", ("learn", "judge", "both"))
        case "r10":
            return Question(_than(_count(key), _count("r9")), ("fewer", "as_many", "more"))
        case "r12":
            return Question(_sides(), ("only_28", "fours", "any"))
        case "r13":
            return Question("both", ("model", "batches", "both"))
    return Question("same", EQUAL)


def _model(key: str) -> nn.Module:
    return seeded(0, lambda: made(key))[0]


def _count(key: str) -> int:
    return sum(parameter.numel() for parameter in proof.learnt((_model(key),)))


def _left_in_grad() -> str:
    """What R5's optimizer leaves behind."""
    model, opt = seeded(0, lambda: made("r5"))
    model(torch.ones(1, 784)).logsumexp(1).backward()
    opt.zero_grad()
    grads = [parameter.grad for parameter in model.parameters()]
    if all(grad is None for grad in grads):
        return "gone"
    return "kept" if any(grad.any() for grad in grads) else "zeros"


def _than(count: int, before: int) -> str:
    return "fewer" if count < before else "more" if count > before else "as_many"


def _sides() -> str:
    """Which pictures R12's model takes, whatever the loader makes ready."""
    model = _model("r12")
    fits = {side for side in SIDES if _takes(model, side)}
    return "any" if fits == set(SIDES) else "fours" if {28, 64} <= fits else "only_28"


def _takes(model: nn.Module, side: int) -> bool:
    try:
        with torch.no_grad():
            return model(torch.zeros(1, 1, side, side)).shape == (1, 10)
    except RuntimeError:
        return False
