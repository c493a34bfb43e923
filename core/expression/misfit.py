"""Which axes of two shapes do not fit, for the operations that a class gets wrong first."""

from dataclasses import dataclass

from core.broadcast import align
from core.expression.table import BINARY, COMPARISONS

Shape = tuple[int, ...]
PRODUCTS = ("@", "matmul", "mm", "bmm", "mv", "dot", "linear")
BY_ELEMENT = {symbol for symbol, _ in (*BINARY.values(), *COMPARISONS.values())} - {"@"} | {
    "add", "sub", "mul", "div", "pow", "floor_divide", "remainder", "fmod", "maximum", "minimum", "hypot", "atan2", "eq", "ne", "lt", "le",
    "gt", "ge", "logical_and", "logical_or", "logical_xor", "isclose", "allclose", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss",
}


@dataclass(frozen=True)
class Misfit:
    """Axis a_axis of the first shape has a_size elements, axis b_axis of the second has b_size. Axes count from 0 at the left."""

    a_axis: int
    b_axis: int
    a_size: int
    b_size: int


def misfit(operation: str, a: Shape, b: Shape) -> Misfit | None:
    """The axes that do not fit, the rightmost pair if there are several; None when all fit or the operation has another rule."""
    name = operation.rpartition(".")[2]
    if name in BY_ELEMENT:
        return _broadcast(a, b)
    if name not in PRODUCTS or not a or not b:
        return None
    b_axis = len(b) - 1 if name == "linear" else max(len(b) - 2, 0)        # x @ weight.T; (..., m, k) @ (..., k, n)
    if a[-1] != b[b_axis]:
        return Misfit(len(a) - 1, b_axis, a[-1], b[b_axis])
    return _broadcast(a[:-2], b[:-2]) if name in ("@", "matmul", "bmm") else None


def _broadcast(a: Shape, b: Shape) -> Misfit | None:
    """As `align` pairs the axes, from the right."""
    depth = max(len(a), len(b))
    for i, axis in reversed(list(enumerate(align(a, b)))):
        if not axis.fits:
            return Misfit(i - depth + len(a), i - depth + len(b), axis.a, axis.b)
    return None
