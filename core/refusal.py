"""Which matrix product a network refused, and where the two numbers of PyTorch's message come from."""

from dataclasses import dataclass

from core.trace import Trace


@dataclass(frozen=True)
class Product:
    """The matrix product that a linear layer refused: what came, rows x columns, times its weight transposed, into x out.

    came and wanted are the sizes that multiply to columns and to into; path is the layer's.
    """

    rows: int
    columns: int
    into: int
    out: int
    came: tuple[int, ...]
    wanted: tuple[int, ...]
    path: str


def refused_product(refused: Trace, fits: Trace) -> Product | None:
    """What a linear layer could not multiply; None when nothing was refused, or by another operation.

    fits: the same network's trace with an input that fits.
    """
    at = len(refused.ops)
    if not refused.error or fits.ops[at].name != "linear":
        return None
    flattened, layer = refused.ops[-1], fits.ops[at]
    out, into = layer.weight.shape
    return Product(*flattened.out_shape, into, out, flattened.in_shape[1:], fits.ops[at - 1].in_shape[1:], layer.path)
