"""nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm and nn.GroupNorm: numbers that belong together get mean 0 and variance 1."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core import fields
from core.layers import chain
from core.layers.chain import TEXT_SEED
from core.layers.shown import Shown, call, program
from core.seeded import seeded

CHANNELS = 4
NORMS = ("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm")

TRIED_WITH: dict = {"optimizer": "sgd", "momentum": 0.9, "batch_size": 32, "epochs": 10}
TRIED: dict[float, tuple[tuple[float, ...], tuple[float, ...]]] = {        # lr -> test accuracy of lenet5 and of lenet5_bn, seeds 0 to 4
    0.01: ((0.983, 0.969, 0.969, 0.969, 0.972), (0.983, 0.992, 0.983, 0.983, 0.981)),
    0.03: ((0.931, 0.972, 0.958, 0.956, 0.958), (0.983, 0.983, 0.975, 0.983, 0.972)),
    0.06: ((0.906, 0.908, 0.881, 0.864, 0.861), (0.978, 0.986, 0.975, 0.983, 0.953)),
    0.12: ((0.1, 0.1, 0.1, 0.1, 0.553), (0.953, 0.961, 0.944, 0.939, 0.883)),
    0.15: ((0.1, 0.1, 0.1, 0.1, 0.1), (0.928, 0.894, 0.647, 0.85, 0.878)),
}


@dataclass(frozen=True)
class NormSpec:
    """samples: in the batch x; batches_seen: those the layer met in training before x; num_groups: of GroupNorm only."""

    norm: str = fields.choice("BatchNorm1d", NORMS)
    samples: int = fields.number(1, 1, 2)
    training: bool = fields.flag(True)
    batches_seen: int = fields.number(0, 0, 10)
    seed: int = fields.number(TEXT_SEED, 0, 9999)
    num_groups: str = fields.choice("2", ("1", "2", "4"))


@dataclass(frozen=True)
class Met:
    """One batch in training, as channel 0 had it: its mean and unbiased variance, and the running ones after it."""

    mean: float
    var: float
    running_mean: float
    running_var: float


@dataclass(frozen=True, eq=False)
class Normed(Shown):
    """group (B, C): which numbers are normalised together. The rest (G,), one for each group; every variance is the biased one.

    used_mean, used_var: what was subtracted and divided by; in eval those that a BatchNorm remembers. met: empty without memory.
    """

    group: Tensor
    mean: Tensor
    var: Tensor
    used_mean: Tensor
    used_var: Tensor
    mean_after: Tensor
    var_after: Tensor
    met: tuple[Met, ...]


@lru_cache(maxsize=64)
def norm(spec: NormSpec) -> Normed:
    """Shapes: x and y (B, C, 4) for BatchNorm1d and LayerNorm, (B, C, 2, 2) for BatchNorm2d and GroupNorm, C = 4."""

    def drawn() -> tuple[nn.Module, Tensor, Tensor, tuple[Met, ...]]:
        if is_text(spec):
            chain.drawn(4)
        x, module, met = torch.rand(size(spec)) * 20 + 5, made(spec), []
        for _ in range(batches(spec)):
            meet(module, torch.rand_like(x) * 20 + 5, met)
        y = meet(module, x, met) if spec.training else module.eval()(x)
        return module, x, y, tuple(met)

    with torch.no_grad():
        module, x, y, met = seeded(spec.seed, drawn)
        group = groups(spec)
        (mean, var), (mean_after, var_after) = moments(x, group), moments(y, group)
        remembers = isinstance(module, _BatchNorm) and not spec.training
        used = (module.running_mean, module.running_var) if remembers else (mean, var)
    return Normed(module, x, y, code(spec), group, mean, var, *used, mean_after, var_after, met)


def made(spec: NormSpec) -> nn.Module:
    """The layer, as `written` writes it."""
    return {"BatchNorm1d": lambda: nn.BatchNorm1d(CHANNELS), "BatchNorm2d": lambda: nn.BatchNorm2d(CHANNELS),
            "LayerNorm": lambda: nn.LayerNorm(4), "GroupNorm": lambda: nn.GroupNorm(int(spec.num_groups), CHANNELS)}[spec.norm]()


def written(spec: NormSpec) -> str:
    return call("GroupNorm", int(spec.num_groups), CHANNELS) if spec.norm == "GroupNorm" else call(spec.norm, 4)


def size(spec: NormSpec) -> tuple[int, ...]:
    return (spec.samples, CHANNELS, 2, 2) if spec.norm in ("BatchNorm2d", "GroupNorm") else (spec.samples, CHANNELS, 4)


def batches(spec: NormSpec) -> int:
    """0 for the layers that would remember nothing of them."""
    return spec.batches_seen if spec.norm.startswith("Batch") else 0


def groups(spec: NormSpec) -> Tensor:
    """(B, C): the number of the group to which a channel of a sample belongs."""
    sample, channel = torch.arange(spec.samples)[:, None], torch.arange(CHANNELS)[None]                 # (B, 1), (1, C)
    if spec.norm == "LayerNorm":
        return sample * CHANNELS + channel           # every row alone
    if spec.norm == "GroupNorm":
        return sample * int(spec.num_groups) + channel // (CHANNELS // int(spec.num_groups))
    return 0 * sample + channel                      # a channel of all samples


def moments(x: Tensor, group: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of each group, (G,) both."""
    members = [x[group == g] for g in range(int(group.max()) + 1)]
    return torch.stack([m.mean() for m in members]), torch.stack([m.var(unbiased=False) for m in members])


def meet(module: nn.Module, x: Tensor, met: list[Met]) -> Tensor:
    """One batch in training, and what came out. Only a BatchNorm remembers anything of it."""
    y = module(x)
    if isinstance(module, _BatchNorm):
        met.append(Met(float(x[:, 0].mean()), float(x[:, 0].var()), float(module.running_mean[0]), float(module.running_var[0])))
    return y


def code(spec: NormSpec) -> str:
    """The program that ends with the same y."""
    seen = [f"for _ in range({batches(spec)}):", "    layer(torch.rand_like(x) * 20 + 5)"] if batches(spec) else []
    use = "\n".join([*seen, *([] if spec.training else ["layer.eval()"]), "y = layer(x)"])
    return program(spec.seed, written(spec), f"torch.rand{size(spec)} * 20 + 5", use, chain.before(4 if is_text(spec) else 0))


def is_text(spec: NormSpec) -> bool:
    return (spec.norm, spec.samples, spec.seed) == ("BatchNorm1d", 1, TEXT_SEED)
