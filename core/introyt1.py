"""What the introyt1 text prints: its untrained LeNet, its random picture, and the raw output, to the last digit."""

import copy
from functools import cache

import torch
from torch import Tensor, nn

from core.models import MODELS
from core.seeded import seeded


def text_output() -> tuple[nn.Module, Tensor]:
    """LeNet and its raw output (1, 10): seed 1729, then the text's draws in its order. Everybody gets a network of their own."""
    net, _, output = _drawn()
    return copy.deepcopy(net), output


def text_picture() -> Tensor:
    """The random picture that the output belongs to, (1, 1, 32, 32) in [0, 1)."""
    return _drawn()[1]


@cache
def _drawn() -> tuple[nn.Module, Tensor, Tensor]:

    def chain() -> tuple[nn.Module, Tensor, Tensor]:
        for size in ((2, 2), (2, 3), (3, 2), (2, 2)):
            torch.rand(size)
        net, x = MODELS["lenet"].build(), torch.rand(1, 1, 32, 32)
        return net, x, net(x)

    return seeded(1729, chain)
