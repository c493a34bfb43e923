"""nn.Conv1d, nn.Conv2d, nn.Conv3d: one small kernel slides over the input, and at each place gives one weighted sum."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.errors import SpecError
from core.layers.shown import Shown, call, program
from core.seeded import seeded

AXES = {"1d": 1, "2d": 2, "3d": 3}                  # nn.Conv1d and so on
SIDES = {"1d": 8, "2d": 6, "3d": 4}      # of the input, along each axis
SEED = 1


@dataclass(frozen=True)
class ConvSpec:
    """The same kernel, stride, pad and dilation along each axis. place: which number of y is explained, counted row by row from 0."""

    conv: str = fields.choice("2d", AXES)
    kernel: int = fields.number(3, 1, 5)
    stride: int = fields.number(1, 1, 4)
    pad: int = fields.number(0, 0, 2)
    dilation: int = fields.number(1, 1, 3)
    in_channels: int = fields.number(1, 1, 3)
    out_channels: int = fields.number(1, 1, 4)
    groups: int = fields.number(1, 1, 3)
    place: int = fields.number(0, 0, 4095)

    @property
    def side(self) -> int:
        return SIDES[self.conv]

    @property
    def span(self) -> int:
        """How many numbers the kernel reaches over, along one axis."""
        return self.dilation * (self.kernel - 1) + 1


@dataclass(frozen=True, eq=False)
class ConvWindow:
    """How one number of y came to be: value = (window · kernel).sum() + bias.

    Shapes: padded (C, ...), NaN where the padding is; window and kernel (C, K, ...), with C the channels of one group.
    """

    place: tuple[int, ...]                           # in y: channel, then one number for each axis
    channels: range                                  # of x
    along: tuple[range, ...]                         # in padded, one for each axis; their step is the dilation
    padded: Tensor
    window: Tensor
    kernel: Tensor
    bias: float
    value: float


@lru_cache(maxsize=64)
def conv(spec: ConvSpec) -> Shown:
    """Shapes: x (1, in_channels, n, ...), weight (out_channels, in_channels / groups, K, ...), y (1, out_channels, m, ...).

    Raises SpecError("groups_uneven") and SpecError("conv_too_large").
    """
    if spec.in_channels % spec.groups or spec.out_channels % spec.groups:
        raise SpecError("groups_uneven", groups=spec.groups, in_channels=spec.in_channels, out_channels=spec.out_channels)
    if spec.span > spec.side + 2 * spec.pad:
        raise SpecError("conv_too_large", kernel=spec.kernel, dilation=spec.dilation, span=spec.span, size=spec.side + 2 * spec.pad)
    given = (spec.in_channels, spec.out_channels, spec.kernel)
    named = {"stride": spec.stride, "padding": spec.pad, "dilation": spec.dilation, "groups": spec.groups}
    shape = (1, spec.in_channels, *[spec.side] * AXES[spec.conv])
    module, x = seeded(SEED, lambda: (getattr(nn, f"Conv{spec.conv}")(*given, **named), torch.randint(10, shape).float()))
    told = {name: value for name, value in named.items() if value != (name != "padding")}
    code = program(SEED, call(f"Conv{spec.conv}", *given, **told), f"torch.randint(10, {shape}).float()")
    with torch.no_grad():
        return Shown(module, x, module(x), code)


def size(spec: ConvSpec) -> int:
    """How long y is along each axis."""
    return (spec.side + 2 * spec.pad - spec.dilation * (spec.kernel - 1) - 1) // spec.stride + 1


def window(spec: ConvSpec) -> ConvWindow:
    """Lay the kernel over the input at spec.place, or at the last place that there is."""
    shown = conv(spec)
    y, weight, bias = shown.y[0], shown.module.weight.detach(), shown.module.bias.detach()
    place = tuple(map(int, np.unravel_index(min(spec.place, y.numel() - 1), y.shape)))  # torch's own imports sympy, for a second
    channel, kernel = place[0], weight[place[0]]                                         # (C, K, ...)
    first = channel // (spec.out_channels // spec.groups) * len(kernel)
    channels = range(first, first + len(kernel))
    padded = F.pad(shown.x[0, first : channels.stop], [spec.pad, spec.pad] * AXES[spec.conv], value=torch.nan)
    along = tuple(range(at * spec.stride, at * spec.stride + spec.span, spec.dilation) for at in place[1:])
    cut = padded[:, *(slice(axis.start, axis.stop, axis.step) for axis in along)].nan_to_num(0)    # (C, n + 2·pad, ...) -> (C, K, ...)
    return ConvWindow(place, channels, along, padded, cut, kernel, float(bias[channel]), float(y[place]))


@lru_cache(maxsize=64)
def as_linear(spec: ConvSpec) -> Tensor:
    """(m, n): the weight of the linear layer that does what a Conv1d with these arguments does to one channel of n numbers."""
    one = conv(ConvSpec("1d", spec.kernel, spec.stride, spec.pad, spec.dilation)).module
    each = torch.eye(SIDES["1d"]).unsqueeze(1)                                       # (n, 1, n): a 1 at every place in turn
    return F.conv1d(each, one.weight.detach(), None, spec.stride, spec.pad, spec.dilation).squeeze(1).T
