"""The networks, in teaching order. One more network = one file, one line here, two lines of text."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from core.architecture.network import build
from core.architecture.plan import buildable
from core.architecture.spec import CLASSES, INPUTS, decoded
from core.errors import SpecError
from core.models.cifar_net import Net
from core.models.lenet import LeNet
from core.models.lenet5 import LeNet5
from core.models.lenet5_bn import LeNet5BatchNorm
from core.models.lenet_conv3 import LeNet as LeNetConv3
from core.seeded import seeded


@dataclass(frozen=True)
class Network:
    """How to build a network, and the one picture size that fits it: channels x size x size pixels."""

    build: Callable[[], nn.Module]
    channels: int
    size: int


MODELS: dict[str, Network] = {
    "lenet": Network(LeNet, channels=1, size=32),
    "cifar_net": Network(Net, channels=3, size=32),
    "lenet5": Network(LeNet5, channels=1, size=28),
    "lenet_conv3": Network(LeNetConv3, channels=1, size=32),
    "lenet5_bn": Network(LeNet5BatchNorm, channels=1, size=28),
}
LENETS = ("lenet", "cifar_net", "lenet5", "lenet_conv3")     # the introductions' own: LeNet's page shows them, our trained files fit them


def named(key: str) -> Network:
    """One of MODELS, or a LeNet that a learner edited. Raises SpecError("unknown_network")."""
    if key in MODELS:
        return MODELS[key]
    spec = decoded(key)
    if spec is None:
        raise SpecError("unknown_network", value=key, known=", ".join(MODELS))
    channels, size = INPUTS[spec.input]
    return Network(partial(build, spec), channels, size)


def known(key: object) -> bool:
    """Whether `fresh` can build it."""
    return key in MODELS or isinstance(key, str) and buildable(key)


def fresh(key: str, seed: int, classes: int = CLASSES) -> nn.Module:
    """A new network whose random weights depend on the seed alone, with an output for each class.

    Raises SpecError("unknown_network"), and for an edited LeNet whatever `core.architecture.network.build` raises.
    """
    return seeded(seed, lambda: _with_outputs(named(key).build(), classes))


def _with_outputs(model: nn.Module, classes: int) -> nn.Module:
    """The introductions' networks have ten outputs; for another number of classes their last layer is made anew."""
    name, last = next((name, layer) for name, layer in reversed(list(model.named_modules())) if isinstance(layer, nn.Linear))
    if last.out_features != classes:
        model.set_submodule(name, nn.Linear(last.in_features, classes))
    return model


def parameter_count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())
