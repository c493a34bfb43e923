"""nn.Dropout: in training some numbers become 0, and the others grow, so that the sum to expect stays."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.layers import chain
from core.layers.chain import TEXT_SEED
from core.layers.shown import Shown, program
from core.seeded import seeded

AVERAGED = (10, 100, 10_000)


@dataclass(frozen=True)
class DropoutSpec:
    """draws: how often the same input goes through the layer."""

    p: float = fields.number(0.4, 0.1, 0.9, step=0.1)
    training: bool = fields.flag(True)
    draws: int = fields.number(4, 1, 4)
    seed: int = fields.number(TEXT_SEED, 0, 9999)


@dataclass(frozen=True, eq=False)
class Dropped(Shown):
    """ys (draws, 1, 4, 4): every pass, y the first of them. kept: likewise, which numbers came through."""

    ys: Tensor

    @property
    def kept(self) -> Tensor:
        return self.ys != 0                          # x holds no zero


@lru_cache(maxsize=64)
def dropout(spec: DropoutSpec) -> Dropped:
    """Shapes: x and y (1, 4, 4). With the text's seed x is the text's; which numbers are dropped depends on the PyTorch that runs."""

    def drawn() -> tuple[Tensor, Tensor]:
        if spec.seed == TEXT_SEED:
            chain.drawn(5)
        x = torch.rand(1, 4, 4)
        return x, torch.stack([module(x) for _ in range(spec.draws)])

    module = nn.Dropout(p=spec.p).train(spec.training)
    x, ys = seeded(spec.seed, drawn)
    return Dropped(module, x, ys[0], code(spec), ys)


def code(spec: DropoutSpec) -> str:
    """The program that ends with the same passes, y the first of them."""
    again = f"\nfor _ in range({spec.draws - 1}):\n    print(layer(x))" if spec.draws > 1 else ""
    use = "y = layer(x)" if spec.training else "layer.eval()\ny = layer(x)"
    before = chain.before(5 if spec.seed == TEXT_SEED else 0)
    return program(spec.seed, f"nn.Dropout(p={spec.p})", "torch.rand(1, 4, 4)", use, before) + again


@lru_cache(maxsize=16)
def averages(spec: DropoutSpec) -> dict[int, Tensor]:
    """So many passes in training -> their mean, (1, 4, 4); and the more there are, the nearer it comes to x."""
    x = dropout(spec).x
    many = seeded(spec.seed, lambda: F.dropout(x.expand(max(AVERAGED), 4, 4), spec.p, training=True))     # (N, 4, 4)
    return {n: many[:n].mean(dim=0, keepdim=True) for n in AVERAGED}


@lru_cache(maxsize=16)
def channels(spec: DropoutSpec) -> Dropped:
    """nn.Dropout2d drops whole channels, of each sample others. Shapes: x and y (2, 4, 2, 2), values from 1 to 32."""
    x, module = torch.arange(1.0, 33).view(2, 4, 2, 2), nn.Dropout2d(p=spec.p).train(spec.training)
    y = seeded(spec.seed, lambda: module(x))
    return Dropped(module, x, y, "", y[None])
