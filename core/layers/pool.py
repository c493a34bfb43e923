"""Pooling layers: each window becomes one number, its largest or its mean. Nothing is learned."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.errors import SpecError
from core.layers.chain import TEXT_SEED, before, chain
from core.layers.shown import Shown, call, program
from core.seeded import seeded

KINDS = ("MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d")
SIDE = 6


@dataclass(frozen=True)
class PoolSpec:
    """pool_stride 0: as large as the window, PyTorch's default. The adaptive layers know out_size only, the others do not know it."""

    pool: str = fields.choice("MaxPool2d", KINDS)
    seed: int = fields.number(TEXT_SEED, 0, 9999)
    kernel: int = fields.number(3, 1, 7)
    pool_stride: int = fields.number(0, 0, 4)
    pad: int = fields.number(0, 0, 2)
    out_size: int = fields.number(4, 1, 6)
    place: int = fields.number(0, 0, 99)

    @property
    def adaptive(self) -> bool:
        return self.pool.startswith("Adaptive")

    @property
    def largest(self) -> bool:
        return "Max" in self.pool

    @property
    def stride(self) -> int:
        return self.pool_stride or self.kernel

    @property
    def padding(self) -> int:
        return 0 if self.adaptive else self.pad


@dataclass(frozen=True, eq=False)
class PoolWindow:
    """Where one number of y comes from. rows and columns count in padded (n + 2·pad, n + 2·pad), whose padding is NaN."""

    place: tuple[int, int]                           # row and column of y
    rows: range
    columns: range
    padded: Tensor
    window: Tensor                                   # -inf in the padding for the maximum, 0 for the mean
    won: tuple[int, int] | None                      # row and column of padded; None where all count alike
    value: float


@lru_cache(maxsize=64)
def pool(spec: PoolSpec) -> Shown:
    """Shapes: x (1, 6, 6), with the text's seed the text's; y (1, m, m). Raises SpecError("pool_padding"), ("window_too_large")."""
    if spec.adaptive:
        given, named = (spec.out_size,), {}
    else:
        _check(spec)
        given = (spec.kernel,)
        named = {**({"stride": spec.stride} if spec.stride != spec.kernel else {}), **({"padding": spec.pad} if spec.pad else {})}
    text = spec.seed == TEXT_SEED
    x = chain().to_pool if text else seeded(spec.seed, lambda: torch.rand(1, SIDE, SIDE))
    code = program(spec.seed, call(spec.pool, *given, **named), f"torch.rand(1, {SIDE}, {SIDE})", before=before(3 if text else 0))
    module = getattr(nn, spec.pool)(*given, **named)
    return Shown(module, x, module(x), code)


def windows(spec: PoolSpec) -> list[range]:
    """Along one axis, for every number of y: what its window covers of the padded input."""
    if spec.adaptive:
        m = spec.out_size
        return [range(i * SIDE // m, -(-(i + 1) * SIDE // m)) for i in range(m)]         # from rounded down to rounded up
    m = (SIDE + 2 * spec.pad - spec.kernel) // spec.stride + 1
    return [range(i * spec.stride, i * spec.stride + spec.kernel) for i in range(m)]


def window(spec: PoolSpec) -> PoolWindow:
    """The window at spec.place, or at the last place that there is; of equal largest numbers the first wins."""
    shown, along = pool(spec), windows(spec)
    row, column = divmod(min(spec.place, len(along) ** 2 - 1), len(along))
    rows, columns = along[row], along[column]
    padded = F.pad(shown.x[0], [spec.padding] * 4, value=torch.nan)
    cut = padded[rows.start : rows.stop, columns.start : columns.stop].nan_to_num(-inf if spec.largest else 0)
    first, second = divmod(int(cut.argmax()), len(columns))
    won = (rows[first], columns[second]) if spec.largest else None
    return PoolWindow((row, column), rows, columns, padded, cut, won, float(shown.y[0, row, column]))


def _check(spec: PoolSpec) -> None:
    if spec.pad > spec.kernel // 2:
        raise SpecError("pool_padding", value=spec.pad, kernel=spec.kernel, most=spec.kernel // 2)
    if spec.kernel > SIDE + 2 * spec.pad:
        raise SpecError("window_too_large", kernel=spec.kernel, size=SIDE + 2 * spec.pad)
