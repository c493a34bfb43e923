"""How one number of a layer's output came to be: what went in, what was done to each value, and what that comes to.

Products and sums are taken in float64, where the product of two float32 numbers is exact; PyTorch adds in float32, and both agree to
1e-5 on the CPU. A place is counted from 0 and belongs to the first picture of the batch: (channel, row, column), or (unit,) behind a
linear layer. In every result `value` is what the shown steps come to, before any activation function, and `out` is what the
operation holds there: for a layer of `core.trace.layers` that is after the activation function.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, prod

import torch
from torch import Tensor

from core.errors import SpecError
from core.trace import Op, Window


@dataclass(frozen=True)
class ConvPixel:
    """value = sums.sum() + bias. C counts the input channels that take part: all of them, or with groups those of one group.

    Shapes: window and kernel (C, K, K), products (C, K, K) and sums (C,) in float64. Rows and columns outside the input are padding.
    """

    channels: range                                  # of the input
    rows: range                                      # of the input, from -padding on; their step is the dilation
    columns: range
    window: Tensor
    kernel: Tensor
    products: Tensor
    sums: Tensor
    bias: float
    value: float
    out: float


@dataclass(frozen=True)
class MaxPixel:
    """value = window[won]: the largest, and the first of equals in reading order. Shapes: window (K, K), -inf in the padding."""

    rows: range
    columns: range
    window: Tensor
    won: tuple[int, int]                             # row and column of the input
    value: float
    out: float


@dataclass(frozen=True)
class MeanPixel:
    """value = window.sum() / divisor. Shapes: window (K, K), 0 in the padding."""

    rows: range
    columns: range
    window: Tensor
    divisor: int
    value: float
    out: float


@dataclass(frozen=True)
class LinearPixel:
    """value = products[largest].sum() + rest + bias. Shapes: x and weight (in,), products (in,) in float64, largest (most,)."""

    x: Tensor
    weight: Tensor
    products: Tensor
    largest: Tensor                                  # indices into the three above, the product farthest from 0 first
    rest: float                                      # what all other products add up to
    bias: float
    value: float
    out: float


@dataclass(frozen=True)
class PointPixel:
    """An activation function looks at one number only."""

    x: float
    out: float

    @property
    def verdict(self) -> str:
        """passed (unchanged), stopped (it became 0) or changed (as by tanh)."""
        if self.out == self.x:
            return "passed"
        return "stopped" if self.out == 0 else "changed"


def conv2d(op: Op, place: tuple[int, ...]) -> ConvPixel:
    """Lay the kernel over the window, multiply, add up, add the bias. place = (channel, row, column)."""
    out = _out(op, place)
    channel, rows, columns = place[0], _along(op, place, 0), _along(op, place, 1)
    kernel = op.weight[channel].cpu()                # (C, K, K)
    group = channel // (len(op.weight) // op.window.groups)
    channels = range(group * len(kernel), (group + 1) * len(kernel))
    window = _cut(op.x[0, channels.start : channels.stop], rows, columns, outside=0)     # (C, H, W) -> (C, K, K)
    products = window.double() * kernel.double()
    sums, bias = products.sum((1, 2)), _bias(op, channel)
    return ConvPixel(channels, rows, columns, window, kernel, products, sums, bias, float(sums.sum()) + bias, out)


def max_pool2d(op: Op, place: tuple[int, ...]) -> MaxPixel:
    """Only the largest number goes on. Padding never wins, unless nothing in the window is larger than -inf."""
    out = _out(op, place)
    rows, columns = _along(op, place, 0), _along(op, place, 1)
    window = _cut(op.x[0, place[0]], rows, columns, outside=-inf)
    row, column = divmod(int(window.argmax()), len(columns))
    return MaxPixel(rows, columns, window, (rows[row], columns[column]), float(window[row, column]), out)


def avg_pool2d(op: Op, place: tuple[int, ...]) -> MeanPixel:
    """As PyTorch does by default, padding counts in the divisor (count_include_pad=True); what lies beyond the padding does not."""
    out = _out(op, place)
    rows, columns = _along(op, place, 0), _along(op, place, 1)
    window = _cut(op.x[0, place[0]], rows, columns, outside=0)
    divisor = _counted(op, rows, 0) * _counted(op, columns, 1)
    return MeanPixel(rows, columns, window, divisor, float(window.double().sum()) / divisor, out)


def linear(op: Op, place: tuple[int, ...], most: int = 8) -> LinearPixel:
    """Every input times its weight, added up, and the bias. `most` of the products are picked out, the others are added to one number."""
    out, unit = _out(op, place), place[-1]
    x, weight = op.x[0][place[:-1]].cpu(), op.weight[unit].cpu()                         # (in,)
    products = x.double() * weight.double()
    order = products.abs().argsort(descending=True, stable=True)
    rest, bias = float(products[order[most:]].sum()), _bias(op, unit)
    return LinearPixel(x, weight, products, order[:most], rest, bias, float(products.sum()) + bias, out)


def pointwise(op: Op, place: tuple[int, ...]) -> PointPixel:
    """What an activation function makes of the number at the same place of its input."""
    out = _out(op, place)
    return PointPixel(float(op.x[0][place]), out)


Pixel = ConvPixel | MaxPixel | MeanPixel | LinearPixel | PointPixel
PIXELS: dict[str, Callable[[Op, tuple[int, ...]], Pixel]] = {       # Op.name -> who can explain a number of its output
    "conv2d": conv2d,
    "max_pool2d": max_pool2d,
    "avg_pool2d": avg_pool2d,
    "linear": linear,
    "relu": pointwise,
    "leaky_relu": pointwise,
    "sigmoid": pointwise,
    "tanh": pointwise,
    "gelu": pointwise,
    "silu": pointwise,
}


def maps_before(ops: tuple[Op, ...], layer: Op) -> tuple[int, ...] | None:
    """(C, H, W) of the maps that were flattened to become the input of a linear layer; None where it had no maps. ops of a whole trace."""
    for op in ops:
        flattened = op.name in ("view", "flatten") and len(op.in_shape) == 4 and prod(op.in_shape[1:]) == layer.in_shape[-1]
        if flattened and op.out.data_ptr() == layer.x.data_ptr():
            return op.in_shape[1:]
    return None


def unflatten(index: int, maps: tuple[int, ...]) -> tuple[int, int, int]:
    """The (channel, row, column) that became number `index` when maps (C, H, W) were flattened. Raises SpecError("no_such_pixel")."""
    _check((index,), (prod(maps),))
    _, height, width = maps
    channel, rest = divmod(index, height * width)
    return channel, *divmod(rest, width)


def _out(op: Op, place: tuple[int, ...]) -> float:
    _check(place, op.out_shape[1:])
    return float(op.out[0][place])


def _check(place: tuple[int, ...], sizes: tuple[int, ...]) -> None:
    if len(place) != len(sizes) or not all(at in range(size) for at, size in zip(place, sizes, strict=True)):
        written = [", ".join(map(str, numbers)) for numbers in (place, sizes, [size - 1 for size in sizes])]
        raise SpecError("no_such_pixel", value=written[0], sizes=written[1], last=written[2])


def _along(op: Op, place: tuple[int, ...], axis: int) -> range:
    """Where the window lies in the input: its rows (axis 0) or its columns (axis 1)."""
    window: Window = op.window
    start = place[1 + axis] * window.stride[axis] - window.padding[axis]
    return range(start, start + window.size[axis] * window.dilation[axis], window.dilation[axis])


def _cut(maps: Tensor, rows: range, columns: range, outside: float) -> Tensor:
    """The values at these rows and columns, `outside` where the input has none. Shapes: maps (..., H, W) -> (..., K, K)."""
    height, width = maps.shape[-2:]
    row, column = torch.tensor(rows).unsqueeze(1), torch.tensor(columns)                 # (K, 1) and (K,): together K x K places
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    return maps[..., row.clamp(0, height - 1), column.clamp(0, width - 1)].cpu().masked_fill(~inside, outside)


def _counted(op: Op, along: range, axis: int) -> int:
    return sum(at < op.x.shape[2 + axis] + op.window.padding[axis] for at in along)


def _bias(op: Op, channel: int) -> float:
    return 0.0 if op.bias is None else float(op.bias[channel])
