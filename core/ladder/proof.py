"""The proof that the first seven rungs compute the same: one start, one order of pictures, one loss at the end."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.ladder import RUNGS, Split, Told, made, program, told
from core.seeded import seeded

SAME = tuple(RUNGS)[:7]                              # R8 is the first to shuffle
CLOSE = 1e-6                                         # closer than this is the same loss, but for rounding
IMAGES = 20_000                                      # of MNIST: enough, and in float64 not too much for a small server
DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class Ended:
    """Where one rung ended, in one precision: on the whole validation set."""

    rung: str
    dtype: str
    loss: float
    accuracy: float


def endings(split: Split, seed: int = 0, epochs: int = 2) -> Iterator[Ended | None]:
    """Every rung of SAME from R1's first weights, in both precisions. None: a sign of life."""
    weights = seeded(seed, lambda: [start.detach().clone() for start in made("r1")])
    for dtype, kind in DTYPES.items():
        same = Split(split.x_train.to(kind), split.y_train, split.x_valid.to(kind), split.y_valid)
        for key in SAME:
            for step in trained_from(key, weights, same, epochs):
                yield Ended(key, dtype, step.loss, step.accuracy) if step.what == "whole" else None


def trained_from(key: str, weights: list[Tensor], split: Split, epochs: int) -> Iterator[Told]:
    """Run a rung from these weights, in the precision of the pictures. The loader of R7 draws numbers that it does not use."""
    start = seeded(0, lambda: made(key))
    for parameter, value in zip(learnt(start), weights, strict=True):
        value = value if parameter.shape == value.shape else value.T       # nn.Linear keeps (out, in)
        parameter.data = value.to(split.x_train.dtype, copy=True)
    yield from told(program(key).train(*split, *start, epochs=epochs))


def learnt(start: tuple) -> list[Tensor]:
    """Weights and bias, wherever the rung keeps them."""
    model = start[0]
    return list(model.parameters()) if isinstance(model, nn.Module) else list(start)


def some(split: Split) -> Split:
    """The first pictures of a large dataset to learn from, all of them to judge by."""
    return split._replace(x_train=split.x_train[:IMAGES], y_train=split.y_train[:IMAGES])


def spread(losses: list[float]) -> float:
    """From the lowest to the highest; nan when one is nan, which max and min may pass over."""
    return math.nan if any(map(math.isnan, losses)) else max(losses) - min(losses)
