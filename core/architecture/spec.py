"""The settings of a LeNet, and the key that stands for them in a link or a file."""

import re
from dataclasses import dataclass

from core import fields

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "none")
POOLINGS = ("max", "average", "none")
INPUTS = {"1x28": (1, 28), "1x32": (1, 32), "3x32": (3, 32)}           # key -> channels and side in pixels
CLASSES = 10
MOST_PARAMETERS = 250_000                            # 3 MB for a checkpoint with Adam's numbers, 1 MB for weights; LeNet-5 has 44,426
MOST_FLOPS = 20_000_000                              # for one picture: a page asks hundreds; LeNet-5 needs 563,280


@dataclass(frozen=True)
class ArchitectureSpec:
    """Two convolutions and three linear layers; the defaults are LeNet-5's. Units: kernel, stride, padding and pool_size in pixels."""

    input: str = fields.choice("1x28", INPUTS)
    conv1_channels: int = fields.number(6, 1, 32)
    conv1_kernel: int = fields.number(5, 1, 9)
    conv1_stride: int = fields.number(1, 1, 4)
    conv1_padding: int = fields.number(0, 0, 4)
    conv2_channels: int = fields.number(16, 1, 32)
    conv2_kernel: int = fields.number(5, 1, 9)
    conv2_stride: int = fields.number(1, 1, 4)
    conv2_padding: int = fields.number(0, 0, 4)
    activation: str = fields.choice("relu", ACTIVATIONS)
    pooling: str = fields.choice("max", POOLINGS)
    pool_size: int = fields.number(2, 2, 4)
    hidden1: int = fields.number(120, 1, 256)
    hidden2: int = fields.number(84, 1, 256)


SEEDS = {                                            # the introductions' four networks are four points of this space
    "lenet5": ArchitectureSpec(),
    "lenet": ArchitectureSpec(input="1x32"),
    "cifar_net": ArchitectureSpec(input="3x32"),
    "lenet_conv3": ArchitectureSpec(input="1x32", conv2_kernel=3),
}


@dataclass(frozen=True)
class OriginSpec:
    """The introductions' network that an edited one came from, and is compared with."""

    origin: str = fields.choice("lenet5", SEEDS)


CONV = r"(\d+)k(\d+)(?:s(\d+))?(?:p(\d+))?"
KEY = re.compile(rf"edited\.(\dx\d+)\.{CONV}\.{CONV}\.([a-z]+)(\d)\.([a-z]+)\.(\d+)\.(\d+)")
ORDER = ("input", *(f"conv{n}_{name}" for n in (1, 2) for name in ("channels", "kernel", "stride", "padding")),
         "pooling", "pool_size", "activation", "hidden1", "hidden2")


def encoded(spec: ArchitectureSpec) -> str:
    """The network's key: "edited.1x28.6k5.16k5p2.max2.relu.120.84"; stride 1 and padding 0 go without saying. At most 60 letters."""
    convs = (_conv(*(getattr(spec, f"conv{n}_{name}") for name in ("channels", "kernel", "stride", "padding"))) for n in (1, 2))
    pooling, hidden = f"{spec.pooling}{spec.pool_size}", (str(spec.hidden1), str(spec.hidden2))
    return ".".join(["edited", spec.input, *convs, pooling, spec.activation, *hidden])


def network_key(spec: ArchitectureSpec) -> str:
    """The network's key wherever networks are named: that of the introductions' own where it is one of theirs."""
    return next((key for key, seed in SEEDS.items() if seed == spec), encoded(spec))


def short(spec: ArchitectureSpec) -> str:
    """What differs from LeNet-5, as `encoded` writes it: "1x32 9k5 tanh"; all of it where nothing does."""
    own, usual = (encoded(each).split(".")[1:] for each in (spec, ArchitectureSpec()))
    return " ".join([part for part, other in zip(own, usual, strict=True) if part != other] or own)


def decoded(key: str) -> ArchitectureSpec | None:
    """The way back; None for a key that `encoded` does not write."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    given = {name: value for name, value in zip(ORDER, found.groups(), strict=True) if value is not None}
    spec, _ = fields.clamped(ArchitectureSpec, given)
    return spec if encoded(spec) == key else None


def _conv(channels: int, kernel: int, stride: int, padding: int) -> str:
    return f"{channels}k{kernel}" + (f"s{stride}" if stride != 1 else "") + (f"p{padding}" if padding else "")
