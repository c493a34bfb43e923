"""Why networks need activations: linear layers one after the other are one linear layer."""

from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.seeded import seeded


@dataclass(frozen=True, eq=False)
class Collapse:
    """Shapes: first (3, 2), second (2, 3), product (2, 2). Both differences are the largest over 64 inputs."""

    first: Tensor
    second: Tensor
    product: Tensor
    linear_difference: float
    relu_difference: float


@cache
def collapse() -> Collapse:
    """Two layers against one; then with a ReLU between them against the best single layer that there is."""
    first, second, x = seeded(0, lambda: (nn.Linear(2, 3), nn.Linear(3, 2), torch.randn(64, 2)))
    with torch.no_grad():
        weight = second.weight @ first.weight                            # (2, 3) @ (3, 2) -> (2, 2)
        bias = second.weight @ first.bias + second.bias                  # (2, 3) @ (3,) + (2,) -> (2,)
        linear = second(first(x)) - F.linear(x, weight, bias)            # (64, 2)

        bent = second(F.relu(first(x)))                                  # (64, 2)
        with_one = torch.cat([x, torch.ones(64, 1)], dim=1)              # (64, 3): the last column is for the bias
        best = torch.linalg.lstsq(with_one, bent).solution               # (3, 2), least squares
        relu = bent - with_one @ best
    return Collapse(first.weight.detach(), second.weight.detach(), weight, float(linear.abs().max()), float(relu.abs().max()))
