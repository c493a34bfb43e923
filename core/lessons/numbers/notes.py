"""What the student notes print beside introyt1: the shapes of LeNet-5 on pictures of 28 x 28 pixels."""

import torch
from torch import Tensor, nn

from core.models import MODELS


def convolved() -> Tensor:
    """(5, 1, 28, 28) -> (5, 6, 24, 24)"""
    return nn.Conv2d(in_channels=1, out_channels=6, kernel_size=5)(torch.zeros([5, 1, 28, 28]))


def convolved_shape() -> torch.Size:
    return convolved().shape


def pooled_shape() -> torch.Size:
    return nn.MaxPool2d(2)(convolved()).shape


def layers() -> str:
    """Convolutions, poolings, linear layers."""
    modules = list(MODELS["lenet5"].build().modules())
    return ", ".join(str(sum(isinstance(module, kind) for module in modules)) for kind in (nn.Conv2d, nn.MaxPool2d, nn.Linear))


def shape_after(block: str) -> str:
    """What comes out of a block of LeNet-5, n for the batch."""
    model, x = MODELS["lenet5"].build(), torch.zeros(2, 1, 28, 28)
    for name, part in model.named_children():
        x = part(x.flatten(1) if name == "fc1" else x)
        if name == block:
            return f"[n,{','.join(map(str, x.shape[1:]))}]"
    raise KeyError(block)


def flattened() -> str:
    model, x = MODELS["lenet5"].build(), torch.zeros(2, 1, 28, 28)
    return f"[n,{model.conv2(model.conv1(x)).flatten(1).shape[1]}]"
