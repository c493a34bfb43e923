"""The weights with which a network begins, where fresh ones are not the lesson."""

from collections.abc import Callable

import torch
from torch import nn


def dead_class(model: nn.Module) -> nn.Module:
    """Make the last class one that ReLU silences for ever: its weights and its bias in the last layer become negative.

    What comes in has been through a ReLU, so it is never below zero: with weights of at most zero the class's logit is at most its
    bias, below zero for every picture that there is, whatever the layers before learn. ReLU makes it 0 with gradient 0, so these
    numbers never move again. Handed on without the ReLU, the same class learns as any other.
    """
    last = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        last.weight[-1] = -last.weight[-1].abs()
        last.bias[-1] = -last.bias[-1].abs()
    return model


FIRST_WEIGHTS: dict[str, Callable[[nn.Module], nn.Module]] = {
    "fresh": lambda model: model,                    # as PyTorch draws them
    "dead_class": dead_class,
}
