"""Broadcasting: how two shapes are aligned at the right, and which numbers are then read again and again."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Aligned:
    """One axis of two shapes, aligned at the right. None: this tensor has no such axis."""

    a: int | None
    b: int | None

    @property
    def fits(self) -> bool:
        return self.a in (None, 1) or self.b in (None, 1) or self.a == self.b

    @property
    def out(self) -> int | None:
        """The size of the result: the one that is not stretched."""
        if not self.fits:
            return None
        sizes = [n for n in (self.a, self.b) if n not in (None, 1)]
        return sizes[0] if sizes else 1


@dataclass(frozen=True)
class Stretched:
    """A tensor as the operation sees it. stored: of the same shape, True where a number stands that is not only read again."""

    values: Tensor
    stored: Tensor


def align(a: tuple[int, ...], b: tuple[int, ...]) -> list[Aligned]:
    """The axes of two shapes in pairs from the right, given from left to right: (2, 3) and (3,) -> [(2, None), (3, 3)]."""
    depth = max(len(a), len(b))
    left_a, left_b = (None,) * (depth - len(a)) + a, (None,) * (depth - len(b)) + b
    return [Aligned(m, n) for m, n in zip(left_a, left_b, strict=True)]


def stretch(x: Tensor, shape: tuple[int, ...]) -> Stretched:
    """As broadcasting does: nothing is copied, the stretched axes get the stride 0."""
    values = x.expand(shape)
    stored = torch.ones(shape, dtype=torch.bool)
    for axis, step in enumerate(values.stride()):
        if step == 0 and shape[axis] > 1:
            stored.narrow(axis, 1, shape[axis] - 1).fill_(False)
    return Stretched(values, stored)
