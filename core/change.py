"""Change a few weights of a network and watch what becomes of its maps. The network that was given stays as it was."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from core.errors import SpecError

LARGEST = 100                                        # the kernels of our trained LeNets lie within ±1


@dataclass(frozen=True)
class Change:
    """One change of a convolution; its kind says which of the other fields it reads.

    A convolution's weight is (channels, input channels, K, K). With groups, input channels are counted within the group.
    """

    kind: str                                        # a key of CHANGES
    layer: str                                       # "conv1" or "conv1.0", as `convolutions` names it
    channel: int = 0                                 # of the output
    input_channel: int = 0
    row: int = 0                                     # of the kernel
    column: int = 0
    value: float = 0.0


@dataclass(frozen=True)
class Kind:
    """How to make a change, which indices it reads (the weight's first axes, in order), and whether it reads a value."""

    run: Callable[[nn.Conv2d, Change], None]
    indices: tuple[str, ...]
    takes_value: bool


def zero_channel(layer: nn.Conv2d, change: Change) -> None:
    """Weights and bias become 0, so the channel's map is 0 for every picture. A BatchNorm behind it shifts that to its own constant."""
    layer.weight[change.channel] = 0
    if layer.bias is not None:
        layer.bias[change.channel] = 0


def scale_kernel(layer: nn.Conv2d, change: Change) -> None:
    """All K·K weights from one input channel to one channel, times the value; -1 turns light into dark."""
    layer.weight[change.channel, change.input_channel] *= change.value


def set_weight(layer: nn.Conv2d, change: Change) -> None:
    """One number of one kernel becomes the value."""
    layer.weight[change.channel, change.input_channel, change.row, change.column] = change.value


CHANGES: dict[str, Kind] = {
    "zero_channel": Kind(zero_channel, ("channel",), takes_value=False),
    "scale_kernel": Kind(scale_kernel, ("channel", "input_channel"), takes_value=True),
    "set_weight": Kind(set_weight, ("channel", "input_channel", "row", "column"), takes_value=True),
}


def apply(model: nn.Module, changes: tuple[Change, ...]) -> nn.Module:
    """A copy of the network with the changes, made in their order; without changes it is the network as it was.

    Raises SpecError("unknown_key"), ("no_such_weight") or ("change_too_large").
    """
    changed = copy.deepcopy(model)
    layers = convolutions(changed)
    with torch.no_grad():
        for change in changes:
            _check(change, layers)
            CHANGES[change.kind].run(layers[change.layer], change)
    return changed


def convolutions(model: nn.Module) -> dict[str, nn.Conv2d]:
    """What can be changed, by the path that `core.trace` reports too."""
    return {path: module for path, module in model.named_modules() if isinstance(module, nn.Conv2d)}


def _check(change: Change, layers: dict[str, nn.Conv2d]) -> None:
    for field, known in (("kind", CHANGES), ("layer", layers)):
        if getattr(change, field) not in known:
            raise SpecError("unknown_key", field=field, value=getattr(change, field), known=", ".join(known))
    sizes = layers[change.layer].weight.shape
    for field, size in zip(CHANGES[change.kind].indices, sizes, strict=False):
        index = getattr(change, field)
        if index not in range(size):
            raise SpecError("no_such_weight", layer=change.layer, field=field, value=index, count=size, last=size - 1)
    if CHANGES[change.kind].takes_value and not abs(change.value) <= LARGEST:            # so that nan is refused too
        raise SpecError("change_too_large", value=change.value, limit=LARGEST)
