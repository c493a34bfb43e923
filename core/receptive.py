"""Receptive fields: which pixels of the input a number of a later map is computed from.

The operations form a chain, as core.trace gives them: each takes what the one before gave. A window widens the view, an activation
function leaves it as it is, and view, linear and everything else that is not listed see the whole picture.
"""

from dataclasses import dataclass

from core.errors import SpecError
from core.trace import Op, Window

POINTWISE = frozenset((
    "relu", "leaky_relu", "relu6", "elu", "gelu", "silu", "softplus", "hardtanh", "sigmoid", "tanh", "dropout", "batch_norm",
    "add", "sub", "mul", "div", "neg", "abs", "exp", "pow", "clamp", "contiguous", "clone",
))                                                   # batch_norm as in eval mode: in training every picture of the batch matters
Pair = tuple[int, int]


@dataclass(frozen=True)
class ReceptiveField:
    """What one operation's numbers see, in pixels of the input, (high, wide) each; pixels in the padding and beyond it count.

    size: of one number's window; stride: from one number's window to its neighbour's, 0 when all see the same;
    offset: where the first number's window starts, negative when that is in the padding.
    """

    size: Pair
    stride: Pair
    offset: Pair


def receptive_fields(ops: tuple[Op, ...]) -> list[ReceptiveField]:
    """Of every operation of a chain, in the picture that its first operation takes."""
    field, fields = ReceptiveField((1, 1), (1, 1), (0, 0)), []
    for op in ops:
        if op.window:
            field = _widened(field, op.window)
        elif not _pointwise(op):
            field = ReceptiveField(_picture(ops[0].in_shape), (0, 0), (0, 0))
        fields.append(field)
    return fields


def sees(ops: tuple[Op, ...], i: int, position: Pair, j: int = 0) -> tuple[int, int, int, int]:
    """The rectangle (top, left, bottom, right) of operation j's input that one place (row, column) of operation i's output sees.

    Operations count from 0, j <= i; the input of operation 0 is the network's. The rectangle holds the pixels [top:bottom, left:right]
    and lies inside the picture; it is (0, 0, 0, 0) where only padding is seen. Of a dilated kernel it includes the pixels in between.
    Raises SpecError("no_such_pixel") for a place outside the output.
    """
    i, sizes = range(len(ops))[i], _picture(ops[i].out_shape)
    if not all(at in range(size) for at, size in zip(position, sizes, strict=True)):
        last = f"{sizes[0] - 1}, {sizes[1] - 1}"
        raise SpecError("no_such_pixel", value=f"{position[0]}, {position[1]}", sizes=f"{sizes[0]}, {sizes[1]}", last=last)
    rows, columns = (_along(ops[j : i + 1], position[axis], axis) for axis in (0, 1))
    if not rows or not columns:
        return 0, 0, 0, 0
    return min(rows), min(columns), max(rows) + 1, max(columns) + 1


def _along(ops: tuple[Op, ...], position: int, axis: int) -> set[int]:
    """The rows (axis 0) or columns (axis 1) seen, going back one operation after the other; padding shows nothing."""
    seen = {position}
    for op in reversed(ops):
        inside = range(_picture(op.in_shape)[axis])
        if op.window:
            size, stride, padding, dilation = (pair[axis] for pair in _geometry(op.window))
            seen = {at * stride - padding + k * dilation for at in seen for k in range(size)}.intersection(inside)
        elif seen and not _pointwise(op):
            seen = set(inside)
    return seen


def _widened(field: ReceptiveField, window: Window) -> ReceptiveField:
    """The field of a window over numbers that have this field themselves."""
    along = zip(field.size, field.stride, field.offset, *_geometry(window), strict=True)         # first high, then wide
    pairs = [(size + (k - 1) * dilation * jump, jump * stride, offset - padding * jump)
             for size, jump, offset, k, stride, padding, dilation in along]
    return ReceptiveField(*zip(*pairs, strict=True))


def _geometry(window: Window) -> tuple[Pair, Pair, Pair, Pair]:
    return window.size, window.stride, window.padding, window.dilation


def _pointwise(op: Op) -> bool:
    """Adding a number is, in place or not; adding a second map, as a skip connection does, leaves the chain."""
    return op.name.rstrip("_") in POINTWISE and all(other.ndim == 0 for other in op.further_inputs)


def _picture(shape: tuple[int, ...]) -> Pair:
    """(H, W) of maps (B, C, H, W); numbers in a row (B, N) are 1 x N."""
    return (shape[-2], shape[-1]) if len(shape) > 2 else (1, shape[-1])
