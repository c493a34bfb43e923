"""The first weights: what ten linear layers make of a signal, and of its gradient, before anything is learned."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.seeded import seeded

DEPTH, SAMPLES, BINS = 10, 128, 24
FAR = 8                                              # times larger or smaller: no longer the same spread
EDGE = 0.97                                          # tanh has saturated beyond: its slope is below 0.06
UNITS, INPUTS, STEPS, LR = 4, 3, 20, 0.05            # of the small network that shows whether units stay alike

SCHEMES: dict[str, tuple[Callable[..., Tensor], dict[str, object]] | None] = {
    "zeros": (nn.init.zeros_, {}),
    "constant": (nn.init.constant_, {"val": 0.1}),
    "normal": (nn.init.normal_, {}),
    "small": (nn.init.normal_, {"std": 0.01}),
    "uniform": (nn.init.uniform_, {}),
    "xavier_uniform": (nn.init.xavier_uniform_, {}),
    "xavier_normal": (nn.init.xavier_normal_, {}),
    "kaiming_uniform": (nn.init.kaiming_uniform_, {"nonlinearity": "relu"}),
    "kaiming_normal": (nn.init.kaiming_normal_, {"nonlinearity": "relu"}),
    "orthogonal": (nn.init.orthogonal_, {}),
    "default": None,                                 # as nn.Linear draws them
}
ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh}
VERDICTS = ("vanishes", "keeps", "explodes", "saturates")


@dataclass(frozen=True)
class FirstSpec:
    """width: units of each of the ten layers."""

    scheme: str = fields.choice("normal", SCHEMES)
    nonlinearity: str = fields.choice("relu", ACTIVATIONS)
    width: int = fields.number(128, 32, 128, doubling=True)
    seed: int = fields.number(0, 0, 9999)


@dataclass(frozen=True, eq=False)
class Deep:
    """Ten layers, and numbers of each from the first to the last.

    weight (width, width) of the first layer. spreads: standard deviation of the activations; gradients: that of the gradient with
    respect to them, when a gradient of standard deviation 1 arrives at the end. counts (DEPTH, BINS): how the activations lie in
    `scale`, what is beyond in the last bin. idle: share of units at which no gradient passes for any sample (ReLU), or of activations
    beyond EDGE (tanh).
    """

    weight: Tensor
    spreads: list[float]
    gradients: list[float]
    counts: Tensor
    scale: tuple[float, float]
    idle: list[float]
    verdict: str


@lru_cache(maxsize=64)
def deep(spec: FirstSpec) -> Deep:
    """Shapes: x and every activation (SAMPLES, width)."""
    layers, x, arriving = seeded(spec.seed, lambda: _drawn(spec))
    activation, outs = ACTIVATIONS[spec.nonlinearity], []
    for layer in layers:
        x = activation(layer(x))
        outs.append(x)
    back = torch.autograd.grad(outs[-1], outs, arriving)
    scale = (0.0, 3.0) if spec.nonlinearity == "relu" else (-1.0, 1.0)
    outs = [out.detach() for out in outs]
    if spec.nonlinearity == "relu":
        idle = [float((out <= 0).all(0).float().mean()) for out in outs]
    else:
        idle = [float((out.abs() > EDGE).float().mean()) for out in outs]
    spreads = [_spread(out) for out in outs]
    counts = torch.stack([torch.histc(out.clamp(*scale), BINS, *scale) for out in outs])
    return Deep(layers[0].weight.detach(), spreads, [_spread(g) for g in back], counts, scale, idle, _verdict(spec, spreads[-1], idle[-1]))


def start(layer: nn.Linear, scheme: str) -> nn.Linear:
    """Its first weights by a scheme, and a bias of zeros; "default" leaves both as nn.Linear drew them."""
    if SCHEMES[scheme]:
        fill, given = SCHEMES[scheme]
        fill(layer.weight, **given)
        nn.init.zeros_(layer.bias)
    return layer


def written(scheme: str) -> str:
    """The call of a scheme, "" where nn.Linear's own is left."""
    if not SCHEMES[scheme]:
        return ""
    fill, given = SCHEMES[scheme]
    return f"nn.init.{fill.__name__}({', '.join(['layer.weight', *(f'{name}={value!r}' for name, value in given.items())])})"


@dataclass(frozen=True, eq=False)
class Alike:
    """A first layer of four units (UNITS, INPUTS): its weight, its first gradient, its weight after STEPS steps; how many units differ."""

    before: Tensor
    gradient: Tensor
    after: Tensor
    different: int


@lru_cache(maxsize=64)
def alike(scheme: str, seed: int) -> Alike:
    """Linear(3, 4), tanh, Linear(4, 1), both started by the scheme, learn the sum of their inputs."""
    def drawn() -> tuple[nn.Linear, nn.Linear, Tensor]:
        return start(nn.Linear(INPUTS, UNITS), scheme), start(nn.Linear(UNITS, 1), scheme), torch.randn(8, INPUTS)

    first, last, x = seeded(seed, drawn)
    target = x.sum(1, keepdim=True)                  # (8, 3) -> (8, 1)
    parameters = [*first.parameters(), *last.parameters()]
    before, gradients = first.weight.detach().clone(), []
    for _ in range(STEPS):
        loss = (last(torch.tanh(first(x))) - target).square().mean()
        gradients.append(torch.autograd.grad(loss, parameters))
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients[-1], strict=True):
                parameter -= LR * gradient           # what optim.SGD does
    after = first.weight.detach()
    return Alike(before, gradients[0][0], after, len(torch.unique((after * 1e5).round(), dim=0)))


def program(spec: FirstSpec) -> str:
    """The same as a program; it prints the standard deviation of each layer's activations."""
    begin = [f"    {written(spec.scheme)}", "    nn.init.zeros_(layer.bias)"] if SCHEMES[spec.scheme] else []
    width = spec.width
    return "\n".join([
        "import torch\nfrom torch import nn\n", f"torch.manual_seed({spec.seed})", f"x = torch.randn({SAMPLES}, {width})", "layers = []",
        f"for _ in range({DEPTH}):", f"    layer = nn.Linear({width}, {width})", *begin, "    layers.append(layer)", "y = x",
        "for layer in layers:", f"    y = torch.{spec.nonlinearity}(layer(y))", '    print(f"{y.std():.3g}")', "print(y)"])


def _drawn(spec: FirstSpec) -> tuple[list[nn.Linear], Tensor, Tensor]:
    x = torch.randn(SAMPLES, spec.width)
    layers = [start(nn.Linear(spec.width, spec.width), spec.scheme) for _ in range(DEPTH)]
    return layers, x, torch.randn(SAMPLES, spec.width)


def _spread(values: Tensor) -> float:
    return float(values.double().std())              # in float32 the squares of the largest would overflow


def _verdict(spec: FirstSpec, spread: float, idle: float) -> str:
    """What became of a spread of 1."""
    if spec.nonlinearity == "tanh" and idle > 0.5:
        return "saturates"
    return "vanishes" if spread < 1 / FAR else "explodes" if spread > FAR else "keeps"
