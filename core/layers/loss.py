"""Loss functions: how wrong a network was, in one number, and the gradient that training starts from."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.layers.shown import Curve, Shown, call


@dataclass(frozen=True)
class Criterion:
    """name: the class of torch.nn. moved: the field of LossSpec that is the network's output. others: further fields that count.

    far: two outputs that are wrong and far more wrong, for target 0 or label 1.
    """

    name: str
    moved: str
    others: tuple[str, ...]
    low: float
    high: float
    far: tuple[float, float]


CRITERIA = {
    "mse": Criterion("MSELoss", "guess", ("target",), -5, 5, (5, 50)),
    "l1": Criterion("L1Loss", "guess", ("target",), -5, 5, (5, 50)),
    "smooth_l1": Criterion("SmoothL1Loss", "guess", ("target", "threshold"), -5, 5, (5, 50)),
    "huber": Criterion("HuberLoss", "guess", ("target", "threshold"), -5, 5, (5, 50)),
    "cross_entropy": Criterion("CrossEntropyLoss", "score", ("classes",), -8, 8, (-8, -80)),
    "nll": Criterion("NLLLoss", "log_prob", ("classes",), -5, -0.1, (-5, -50)),
    "bce": Criterion("BCELoss", "prob", ("label",), 0.01, 0.99, (0.01, 0.001)),
    "bce_logits": Criterion("BCEWithLogitsLoss", "score", ("label",), -8, 8, (-8, -80)),
}
POINTS = 197


@dataclass(frozen=True)
class LossSpec:
    """guess, score, log_prob and prob are the network's output, each for the criteria that take it. threshold: beta or delta.

    score is the logit of the right class, all others are 0; log_prob its log-probability, the others share the rest. large: a logit.
    """

    criterion: str = fields.choice("cross_entropy", CRITERIA)
    guess: float = fields.number(2.0, -5, 5, step=0.1)
    target: float = fields.number(0.0, -3, 3, step=0.5)
    threshold: float = fields.number(1.0, 0.5, 4, step=0.5)
    score: float = fields.number(0.0, -8, 8, step=0.2)
    log_prob: float = fields.number(-2.3, -5, -0.1, step=0.1)
    classes: int = fields.number(10, 2, 100)
    prob: float = fields.number(0.5, 0.01, 0.99, step=0.01)
    label: str = fields.choice("1", ("1", "0"))
    large: int = fields.number(100, 0, 200, step=2)


@dataclass(frozen=True, eq=False)
class Loss:
    """shown: x (1, 1), or (1, classes), and y (), the loss. slope: of the loss with respect to the output that is moved."""

    shown: Shown
    slope: float


def module(spec: LossSpec, **given: str) -> nn.Module:
    return getattr(nn, CRITERIA[spec.criterion].name)(**_arguments(spec), **given)


def _arguments(spec: LossSpec) -> dict[str, float]:
    """The threshold is called beta by SmoothL1Loss and delta by HuberLoss."""
    name = {"smooth_l1": "beta", "huber": "delta"}.get(spec.criterion)
    return {name: spec.threshold} if name else {}


def inputs(spec: LossSpec, moved: Tensor) -> Tensor:
    """(N,) outputs -> what the layer takes: (N, 1), or (N, classes) with class 0 the right one."""
    columns = [moved[:, None]]
    if spec.criterion == "cross_entropy":
        columns += [torch.zeros(len(moved), spec.classes - 1)]
    if spec.criterion == "nll":
        rest = ((1 - moved.detach().exp()) / (spec.classes - 1)).log()
        columns += [rest[:, None].expand(-1, spec.classes - 1)]
    return torch.cat(columns, dim=1)


def targets(spec: LossSpec, count: int) -> Tensor:
    """Class numbers (N,), or numbers (N, 1)."""
    if spec.criterion in ("cross_entropy", "nll"):
        return torch.zeros(count, dtype=torch.long)
    return torch.full((count, 1), float(spec.label) if "label" in CRITERIA[spec.criterion].others else spec.target)


@lru_cache(maxsize=64)
def loss(spec: LossSpec) -> Loss:
    """One sample: its loss, and the gradient that goes back into the network's output."""
    kind = CRITERIA[spec.criterion]
    output = torch.tensor([getattr(spec, kind.moved)], requires_grad=True)
    x, layer = inputs(spec, output), module(spec)
    y = layer(x, targets(spec, 1))
    y.backward()
    return Loss(Shown(layer, x.detach(), y.detach(), _program(spec)), float(output.grad[0]))


@lru_cache(maxsize=64)
def curve(spec: LossSpec) -> Curve:
    """Over all outputs that the slider reaches; reduction="none" keeps the losses apart."""
    kind = CRITERIA[spec.criterion]
    moved = torch.linspace(kind.low, kind.high, POINTS, requires_grad=True)
    y = module(spec, reduction="none")(inputs(spec, moved), targets(spec, POINTS)).flatten()
    y.sum().backward()                               # each loss depends on its own output only
    return Curve(moved.detach(), y.detach(), moved.grad)


@lru_cache(maxsize=8)
def far_says(criterion: str) -> str:
    """What the size of the gradient does when the network is more and more wrong: "grows", "levels" or "fades"."""
    spec = LossSpec(criterion)
    moved = torch.tensor(CRITERIA[criterion].far, dtype=torch.float32, requires_grad=True)
    module(spec, reduction="sum")(inputs(spec, moved), targets(spec, 2)).backward()
    near, far = moved.grad.abs().tolist()
    return "grows" if far > 1.5 * near else "fades" if far < near / 1.5 else "levels"


def _program(spec: LossSpec) -> str:
    kind = CRITERIA[spec.criterion]
    moved = getattr(spec, kind.moved)
    if spec.criterion == "cross_entropy":
        x = f"x = torch.zeros(1, {spec.classes})\nx[0, 0] = {moved}"
    elif spec.criterion == "nll":
        p = math.exp(moved)
        x = f"x = torch.full((1, {spec.classes}), {(1 - p) / (spec.classes - 1)!r}).log()\nx[0, 0] = {moved}"
    else:
        x = f"x = torch.tensor([[{moved}]])"
    known = targets(spec, 1).tolist()
    return (f"import torch\nfrom torch import nn\n\nlayer = {call(kind.name, **_arguments(spec))}\n{x}\nx.requires_grad_()\n"
            f"target = torch.tensor({known})\ny = layer(x, target)\ny.backward()\nprint(y)\nprint(x.grad)")
