"""nn.Dropout: in training some numbers become 0, and the others grow, so that the sum to expect stays."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.layers.norm import BEFORE, TEXT_SEED, draw_as_text
from core.layers.shown import Shown
from core.seeded import seeded

AVERAGED = (10, 100, 10_000)


@dataclass(frozen=True)
class DropoutSpec:
    """draws: how often the same input goes through the layer."""

    p: float = fields.number(0.4, 0.0, 0.9, step=0.1)
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
            draw_as_text()
            torch.rand(1, 4, 4)
        x = torch.rand(1, 4, 4)
        return x, torch.stack([module(x) for _ in range(spec.draws)])

    module = nn.Dropout(p=chance(spec)).train(spec.training)
    x, ys = seeded(spec.seed, drawn)
    return Dropped(module, x, ys[0], code(spec), ys)


def chance(spec: DropoutSpec) -> float:
    return round(spec.p, 2)                          # 0.3, where a slider's steps come to 0.30000000000000004


def code(spec: DropoutSpec) -> str:
    """The program that ends with the same passes, y the first of them."""
    before = ["# the text's own draws come first", *BEFORE, "torch.rand(1, 4, 4)"] if spec.seed == TEXT_SEED else []
    again = [f"for _ in range({spec.draws - 1}):", "    print(layer(x))"] if spec.draws > 1 else []
    return "\n".join(["import torch", "from torch import nn", "", f"torch.manual_seed({spec.seed})", *before, "x = torch.rand(1, 4, 4)",
                      f"layer = nn.Dropout(p={chance(spec)})", *([] if spec.training else ["layer.eval()"]), "y = layer(x)", "print(y)",
                      *again])


@lru_cache(maxsize=16)
def averages(spec: DropoutSpec) -> dict[int, Tensor]:
    """So many passes in training -> their mean, (1, 4, 4); and the more there are, the nearer it comes to x."""
    x = dropout(spec).x
    many = seeded(spec.seed, lambda: F.dropout(x.expand(max(AVERAGED), 4, 4), chance(spec), training=True))     # (N, 4, 4)
    return {n: many[:n].mean(dim=0, keepdim=True) for n in AVERAGED}


@lru_cache(maxsize=16)
def channels(spec: DropoutSpec) -> Dropped:
    """nn.Dropout2d drops whole channels, of each sample others. Shapes: x and y (2, 4, 2, 2), values from 1 to 32."""
    x, module = torch.arange(1.0, 33).view(2, 4, 2, 2), nn.Dropout2d(p=chance(spec)).train(spec.training)
    y = seeded(spec.seed, lambda: module(x))
    return Dropped(module, x, y, "", y[None])
