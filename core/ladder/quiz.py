"""A question about the idea of each rung: its answers, and the right one. Figures come from the rung's own program.

No optimizer is made here: PyTorch takes seconds to make its first, and a page asks. What needs one is held against PyTorch by the tests.
"""

from dataclasses import dataclass
from functools import lru_cache

from torch import nn

from core.ladder import program
from core.ladder.spec import batches_of, last_batch
from core.ladder.split import LEARN_FROM, learns_from
from core.seeded import seeded

EQUAL = ("same", "other")
MODELS = {"r3": "Logistic", "r4": "Logistic", "r10": "ConvNet"}                  # classes in the programs


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
            return Question("gone", ("gone", "zeros", "kept"))
        case "r6":
            return Question(f"{images:,}", (f"{batches_of(images):,}", "784", f"{images:,}"))
        case "r7":
            return Question(str(last_batch(images)), ("64", str(last_batch(images)), "left_out"))
        case "r8":
            return Question("train", ("train", "valid", "both"))
        case "r9":
            return Question("learn", ("learn", "judge", "both"))
        case "r10":
            return Question(_than(_count(key), _count("r4")), ("fewer", "as_many", "more"))
        case "r12":
            return Question("any", ("only_28", "fours", "any"))
        case "r13":
            return Question("both", ("model", "batches", "both"))
    return Question("same", EQUAL)


def _model(key: str) -> nn.Module:
    return seeded(0, getattr(program(key), MODELS[key]))


def _count(key: str) -> int:
    return sum(parameter.numel() for parameter in _model(key).parameters())


def _than(count: int, before: int) -> str:
    return "fewer" if count < before else "more" if count > before else "as_many"
