"""The networks, in teaching order. One more network = one file, one line here, two lines of text."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

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


def fresh(key: str, seed: int) -> nn.Module:
    """A new network whose random weights depend on the seed alone. Raises SpecError("unknown_network")."""
    if key not in MODELS:
        raise SpecError("unknown_network", value=key, known=", ".join(MODELS))
    return seeded(seed, MODELS[key].build)


def parameter_count(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())
