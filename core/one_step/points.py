"""Four points, two classes, and a network of 17 numbers: small enough to see every one of them."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.one_step.frame import RULES, Frame, Named, forgetful, fresh_gradient, record, setting
from core.optimizers import OPTIMIZERS
from core.seeded import seeded
from core.train import TrainState, training_step

X = torch.tensor([[-1.0, 0.5], [0.5, 1.0], [1.0, -0.5], [-0.5, -1.0]])                   # (B, 2): no straight line parts the classes
Y = torch.tensor([1, 0, 1, 0])
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}
STEPS, MANY, SEED = 4, 60, 86                                 # a start from which all three hidden units are used
SIDE, REACH = 48, 1.5                                # of the picture of the plane: pixels, and how far it goes from 0
NAMES = tuple([f"hidden.weight[{i},{j}]" for i in range(3) for j in range(2)] + [f"hidden.bias[{i}]" for i in range(3)]
              + [f"output.weight[{i},{j}]" for i in range(2) for j in range(3)] + [f"output.bias[{i}]" for i in range(2)])


@dataclass(frozen=True)
class PointsSpec:
    """moment: which frame is shown; in_batch: whose numbers the nodes show; parameter: the one that the sums are about."""

    optimizer: str = fields.choice("sgd", RULES)
    lr: float = fields.number(0.5, 0.001, 5.0, log=True)
    activation: str = fields.choice("relu", ACTIVATIONS)
    forget: bool = fields.flag(False)
    in_batch: int = fields.number(0, 0, len(X) - 1)
    moment: int = fields.number(0, 0, 5 * STEPS)
    parameter: str = fields.choice("output.weight[0,0]", NAMES)
    h: float = fields.number(1e-3, 1e-9, 1.0, log=True)


class TinyNet(nn.Module):
    """Two numbers in, three hidden units, a logit for each of two classes: 9 + 8 = 17 parameters."""

    def __init__(self, activation: str) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, 3)
        self.activation = ACTIVATIONS[activation]()
        self.output = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.hidden(x)                           # (B, 2) -> (B, 3)
        x = self.activation(x)
        return self.output(x)                        # -> (B, 2)


def fresh(activation: str) -> TinyNet:
    """PyTorch's own first weights, rounded to one decimal so that one can reckon with them."""
    model = seeded(SEED, lambda: TinyNet(activation))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_((p * 10).round() / 10)
    return model


def start(optimizer: str, lr: float, activation: str, forget: bool = False) -> TrainState:
    """A training state as the loop wants it; there are no pictures to split, and nothing draws an order."""
    spec, model = setting(optimizer, lr), fresh(activation)
    update = OPTIMIZERS[spec.optimizer](model.parameters(), spec.lr, spec.momentum)
    return TrainState(spec, None, model, forgetful(update) if forget else update, torch.Generator())


@lru_cache(maxsize=64)
def frames(optimizer: str, lr: float, activation: str, forget: bool) -> tuple[Frame, ...]:
    return record(start(optimizer, lr, activation, forget), X, Y, STEPS)


@lru_cache(maxsize=64)
def losses(optimizer: str, lr: float, activation: str, forget: bool) -> tuple[float, ...]:
    """Of many steps, one after the other."""
    state, found = start(optimizer, lr, activation, forget), []
    for _ in range(MANY):
        for _ in training_step(state, X, Y):
            pass
        found.append(state.loss.item())
    return tuple(found)


def alone(activation: str, weights: Named) -> dict[str, Tensor]:
    """The gradient at these weights without any that was there before."""
    return fresh_gradient(TinyNet(activation), weights, X, Y)


def decision(activation: str, weights: Named) -> Tensor:
    """The probability of class 1 all over the plane, (SIDE, SIDE), the top row first."""
    model = TinyNet(activation)
    model.load_state_dict(weights)
    at = torch.linspace(-REACH, REACH, SIDE)
    up, across = torch.meshgrid(at.flip(0), at, indexing="ij")
    with torch.no_grad():
        return model(torch.stack([across, up], -1)).softmax(-1)[..., 1]


def place(parameter: str) -> tuple[str, tuple[int, ...]]:
    """ "hidden.weight[2,1]" -> ("hidden.weight", (2, 1))"""
    name, _, index = parameter.rstrip("]").partition("[")
    return name, tuple(map(int, index.split(",")))


def one(values: Named, parameter: str) -> float | None:
    """That number of a parameter; None where there is no tensor."""
    name, index = place(parameter)
    found = values.get(name)
    return None if found is None else found[index].item()
