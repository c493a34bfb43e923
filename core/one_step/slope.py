"""A gradient checked without any calculus: move one weight a little, and see what the loss does."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch.nn import functional as F

from core.one_step.points import X, Y, fresh, place

WIDTHS = tuple(10.0**n for n in range(0, -15, -1))   # of h; what float64 cannot tell apart any more lies beyond


@dataclass(frozen=True)
class Slope:
    """below, above: the loss with the weight moved by -h and +h."""

    weight: float
    h: float
    below: float
    above: float
    autograd: float

    @property
    def finite(self) -> float:
        return (self.above - self.below) / (2 * self.h)

    @property
    def error(self) -> float:
        return abs(self.finite - self.autograd)


@lru_cache(maxsize=256)
def slope(activation: str, parameter: str, h: float) -> Slope:
    """At the first weights, in float64: both losses, and the gradient that autograd finds."""
    model, (name, index) = fresh(activation).double(), place(parameter)
    p, x = model.get_parameter(name), X.double()
    F.cross_entropy(model(x), Y).backward()
    weight, losses = p[index].item(), []
    with torch.no_grad():
        for moved in (weight - h, weight + h):
            p[index] = moved
            losses.append(F.cross_entropy(model(x), Y).item())
    return Slope(weight, h, *losses, p.grad[index].item())
