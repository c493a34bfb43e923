"""What the autograd page asks for: which question, and an expression in three numbers."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core import fields
from core.gradient.follow import LEAVES, OPERATIONS

EXAMPLES = {                                         # with x, w and y
    "(x * w + y).sigmoid()": (1.0, 2.0, -1.0),
    "x * x + x.sin()": (1.0, 2.0, -1.0),             # x is used three times
    "(w * x - y) ** 2": (2.0, 1.0, 3.0),             # a loss
    "(x * w).relu() + y": (-1.0, 2.0, 1.0),          # a dead unit
}


@dataclass(frozen=True)
class GradientViewSpec:
    """Which of the page's questions is asked."""

    view: str = fields.choice("graph", ("graph", "accumulate", "rules", "descend"))


@dataclass(frozen=True)
class GraphSpec:
    """step: how many gradients have been computed backwards, 0 = forward only."""

    expression: str = fields.words(next(iter(EXAMPLES)), 200)
    x: float = fields.number(1.0, -3, 3, step=0.1)
    w: float = fields.number(2.0, -3, 3, step=0.1)
    y: float = fields.number(-1.0, -3, 3, step=0.1)
    step: int = fields.number(0, 0, OPERATIONS + len(LEAVES))


def leaves(spec: GraphSpec) -> dict[str, Tensor]:
    """The three numbers, in float64: a finite difference loses half of the digits."""
    return {name: torch.tensor(getattr(spec, name), dtype=torch.float64) for name in LEAVES}
