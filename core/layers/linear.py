"""nn.Linear: every output is a weighted sum of all inputs, and a bias."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from core import fields
from core.layers.chain import TEXT_SEED, before, chain
from core.layers.shown import Shown, call, program
from core.seeded import seeded


@dataclass(frozen=True)
class LinearSpec:
    """unit: the output whose sum is written out, counted from 0."""

    in_features: int = fields.number(3, 1, 6)
    out_features: int = fields.number(2, 1, 6)
    bias: bool = fields.flag(True)
    seed: int = fields.number(TEXT_SEED, 0, 9999)
    unit: int = fields.number(0, 0, 5)


@lru_cache(maxsize=64)
def linear(spec: LinearSpec) -> Shown:
    """Shapes: x (1, in_features), weight (out_features, in_features), y (1, out_features)."""
    given = {} if spec.bias else {"bias": False}
    layer = call("Linear", spec.in_features, spec.out_features, **given)
    if is_text(spec):
        code = program(spec.seed, layer, "torch.rand(1, 3)", before=before(1))
        module, x = chain().linear, chain().x
    else:
        code = program(spec.seed, layer, f"torch.rand(1, {spec.in_features})")
        module, x = seeded(spec.seed, lambda: (nn.Linear(spec.in_features, spec.out_features, spec.bias), torch.rand(1, spec.in_features)))
    with torch.no_grad():
        return Shown(module, x, module(x), code)


def is_text(spec: LinearSpec) -> bool:
    """Whether these are the very numbers that the modelsyt text prints."""
    return (spec.in_features, spec.out_features, spec.bias, spec.seed) == (3, 2, True, TEXT_SEED)
