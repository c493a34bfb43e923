"""What the autograd page asks for: which question, and an expression in three numbers or small tensors."""

from dataclasses import dataclass

from torch import Tensor

from core import fields
from core.gradient.follow import LEAVES, OPERATIONS
from core.gradient.leaf import parse_leaf

EXAMPLES = {                                         # with x, w and y
    "(x * w + y).sigmoid()": (1.0, 2.0, -1.0),
    "x * x + x.sin()": (1.0, 2.0, -1.0),             # x is used three times
    "(w * x - y) ** 2": (2.0, 1.0, 3.0),             # a loss
    "(x * w).relu() + y": (-1.0, 2.0, 1.0),          # a dead unit
}
TENSOR_EXAMPLES = {
    "((x @ w) - y).pow(2).mean()": ("1, 2; 3, 4; 5, 6", "0.5, -1", "1, 0, -2"),        # the loss of a linear model
    "(x * w).sum()": ("1, 2, 3", "2, 0, -1", "1"),
    "(x @ w + y).relu().sum()": ("1, 2; 3, -1; 0, 2", "1, -1; 2, 1", "-2, 0.5"),       # a linear layer, whose bias is stretched
    "F.linear(x, w, y).tanh().mean()": ("1, -1", "0.5, 1; -1, 2; 0, 1", "0, 1, 2"),    # the same, as PyTorch's layer computes it
}

_TEXT, (_X, _W, _Y) = next(iter(TENSOR_EXAMPLES.items()))


@dataclass(frozen=True)
class GradientViewSpec:
    """Which of the page's questions is asked."""

    view: str = fields.choice("graph", ("graph", "tensors", "accumulate", "rules", "descend"))


@dataclass(frozen=True)
class GraphSpec:
    """step: how many gradients have been computed backwards, 0 = forward only."""

    expression: str = fields.words(next(iter(EXAMPLES)), 200)
    x: float = fields.number(1.0, -3, 3, step=0.1)
    w: float = fields.number(2.0, -3, 3, step=0.1)
    y: float = fields.number(-1.0, -3, 3, step=0.1)
    step: int = fields.number(0, 0, OPERATIONS + len(LEAVES))


@dataclass(frozen=True)
class TensorGraphSpec:
    """As GraphSpec; each leaf is a number or a tensor, as `parse_leaf` reads it."""

    expression: str = fields.words(_TEXT, 200)
    x: str = fields.words(_X, 120)
    w: str = fields.words(_W, 120)
    y: str = fields.words(_Y, 120)
    step: int = fields.number(0, 0, OPERATIONS + len(LEAVES))


def leaves(spec: GraphSpec | TensorGraphSpec) -> dict[str, Tensor]:
    """In float64: a finite difference loses half of the digits. Raises SpecError as `parse_leaf` does."""
    return {name: parse_leaf(name, str(getattr(spec, name))) for name in LEAVES}
