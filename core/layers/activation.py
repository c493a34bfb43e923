"""Activation functions: one number in, one number out, and the slope that gradients are multiplied with on the way back."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from core import fields
from core.layers.shown import Curve, Shown, call

ACTIVATIONS = {
    "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "silu": "SiLU", "gelu": "GELU", "hardtanh": "Hardtanh",
    "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "softmax": "Softmax",
}
ASKED = -2.0                                         # where the check question asks for the slope
FLAT = 0.05                                          # below such a slope hardly any gradient passes
OTHERS = (2.0, 1.0, -1.0)                            # Softmax needs company: the logits beside the one that is moved
EDGE, POINTS = 6, 241                                # the curve goes from -EDGE to EDGE


@dataclass(frozen=True)
class ActivationSpec:
    """at: the x whose value and slope are read; for Softmax the first logit, of four. temperature: divides Softmax's logits."""

    function: str = fields.choice("relu", ACTIVATIONS)
    at: float = fields.number(ASKED, -5, 5, step=0.1)
    temperature: float = fields.number(1.0, 0.1, 5, step=0.1)


@dataclass(frozen=True, eq=False)
class Activation:
    """shown: x (1,), or (4,) for Softmax. slope: of the first output with respect to the first input."""

    shown: Shown
    slope: float


def layer(function: str) -> nn.Module:
    """Softmax gets its dim: without one PyTorch guesses, and warns."""
    return nn.Softmax(dim=-1) if function == "softmax" else getattr(nn, ACTIVATIONS[function])()


@lru_cache(maxsize=128)
def activation(spec: ActivationSpec) -> Activation:
    """The layer at one x, and its slope there by autograd."""
    module, softmax = layer(spec.function), spec.function == "softmax"
    logits = [spec.at, *(OTHERS if softmax else ())]
    x = torch.tensor(logits, requires_grad=True)
    scaled = x / spec.temperature if softmax else x
    y = module(scaled)
    y[0].backward()
    given = {"dim": -1} if softmax else {}
    use = f"y = layer(x / {spec.temperature!r})" if softmax else "y = layer(x)"
    code = (f"import torch\nfrom torch import nn\n\nlayer = {call(ACTIVATIONS[spec.function], **given)}\n"
            f"x = torch.tensor({logits!r}, requires_grad=True)\n{use}\ny[0].backward()\nprint(y)\nprint(x.grad[0])  # the slope")
    return Activation(Shown(module, x.detach(), y.detach(), code), float(x.grad[0]))


@lru_cache(maxsize=16)
def curve(function: str) -> Curve:
    """An element-wise activation from -6 to 6."""
    x = torch.linspace(-EDGE, EDGE, POINTS, requires_grad=True)
    y = layer(function)(x)
    y.sum().backward()                               # each y depends on its own x only, so x.grad holds all slopes
    return Curve(x.detach(), y.detach(), x.grad)


def slope_says(function: str) -> str:
    """The slope at x = -2: "minus", "zero", "little" (between 0 and 1) or "one" (1 and more)."""
    slope = activation(ActivationSpec(function, ASKED)).slope
    return "minus" if slope < 0 else "zero" if slope == 0 else "little" if slope < 1 else "one"


def cold_says(at: float) -> str:
    """What half the temperature does to Softmax's largest probability: "larger", "smaller" or "same"."""
    warm, cold = (float(activation(ActivationSpec("softmax", at, t)).shown.y.max()) for t in (1.0, 0.5))
    return "larger" if cold > warm else "smaller" if cold < warm else "same"
