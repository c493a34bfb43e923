"""What the introyt1 text prints, one function for each value. Its random numbers all follow from seed 1729, in its order."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from core.data.vision import CIFAR10_CLASSES
from core.introyt1 import text_output, text_picture
from core.models import MODELS
from core.seeded import seeded

SEED = 1729
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)            # as the text's Normalize is told
ANIMALS = {"bird", "cat", "deer", "dog", "frog", "horse"}                 # as the text sorts the classes
VEHICLES = {"airplane", "automobile", "ship", "truck"}


@dataclass(frozen=True, eq=False)
class Draws:
    """Shapes: all (2, 2)."""

    first: Tensor
    second: Tensor
    again: Tensor
    r: Tensor


@cache
def draws() -> Draws:
    """In the text's order. The two of the failing sum are drawn too: without them r would be another."""
    first, second = seeded(SEED, lambda: (torch.rand(2, 2), torch.rand(2, 2)))
    again, _, _, last = seeded(SEED, lambda: (torch.rand(2, 2), torch.rand(2, 3), torch.rand(3, 2), torch.rand(2, 2)))
    return Draws(first, second, again, (last - 0.5) * 2)


# tensors

def zeros() -> Tensor:
    return torch.zeros(5, 3)


def zeros_size() -> str:
    return "x".join(map(str, zeros().shape))


def zeros_dtype() -> torch.dtype:
    return zeros().dtype


def bits() -> int:
    """Of each number, unless one asks for another dtype."""
    return torch.finfo(zeros().dtype).bits


def int16() -> Tensor:
    return torch.ones((5, 3), dtype=torch.int16)


def first() -> Tensor:
    return draws().first


def second() -> Tensor:
    return draws().second


def again() -> Tensor:
    return draws().again


def ones() -> Tensor:
    return torch.ones(2, 3)


def twos() -> Tensor:
    return torch.ones(2, 3) * 2


def threes() -> Tensor:
    return ones() + twos()


def threes_shape() -> torch.Size:
    return threes().shape


def r() -> Tensor:
    return draws().r


def between(words: str) -> str:
    """Where r's numbers lie, as the text words it: what its formula makes of the two ends of rand's range."""
    low, high = ((torch.tensor([0.0, 1.0]) - 0.5) * 2).tolist()
    return words.format(f"{low:g}", f"{high:g}")


def absolute() -> Tensor:
    return torch.abs(r())


def inverse_sine() -> Tensor:
    return torch.asin(r())


def determinant() -> Tensor:
    return torch.det(r())


def decomposition() -> tuple[Tensor, Tensor, Tensor]:
    """By the text's own function, which PyTorch keeps for old programs."""
    return torch.svd(r())


def deviation_and_mean() -> tuple[Tensor, Tensor]:
    return torch.std_mean(r())


def largest() -> Tensor:
    return torch.max(r())


# models

def net() -> nn.Module:
    return text_output()[0]


def picture_shape() -> torch.Size:
    return text_picture().shape


def raw_output() -> Tensor:
    """The network as the text made it, on the picture that it drew next."""
    made = net()
    return made(text_picture())


def output_shape() -> torch.Size:
    return raw_output().shape


def batch_shape() -> tuple[int, ...]:
    """Sixteen pictures like the text's one."""
    return tuple(text_picture().expand(16, -1, -1, -1).shape)


def batch_output_shape() -> tuple[int, ...]:
    return tuple(net()(text_picture().expand(16, -1, -1, -1)).shape)


def first_layer() -> str:
    """Channels in, channels out, size of the kernel."""
    out, into, high, wide = net().conv1.weight.shape
    return f"{into}, {out}, {high}x{wide}"


def before_linear() -> str:
    """Height and width of the maps when the linear layers begin."""
    made = net()
    x = F.max_pool2d(F.relu(made.conv1(text_picture())), 2)
    x = F.max_pool2d(F.relu(made.conv2(x)), 2)       # (1, 16, 5, 5)
    return f"{x.shape[2]}*{x.shape[3]}"


def classes_told_apart() -> int:
    return net().fc3.out_features


# data

def cifar_classes() -> int:
    return len(CIFAR10_CLASSES)


def animals() -> int:
    return len(set(CIFAR10_CLASSES) & ANIMALS)


def vehicles() -> int:
    return len(set(CIFAR10_CLASSES) & VEHICLES)


def pictures_in_a_batch() -> int:
    pictures = TensorDataset(torch.zeros(8, 3, 32, 32))
    x, = next(iter(DataLoader(pictures, batch_size=4)))
    return len(x)


def clipped_range() -> str:
    """Black and white through the text's Normalize, then through its way back, which halves and adds a half: far beyond [0, 1]."""
    mean, std = (torch.tensor(numbers).view(3, 1) for numbers in (MEAN, STD))
    x = (torch.tensor([0.0, 1.0]) - mean) / std      # (3, 2): the darkest and the brightest value of each channel
    shown = (x / 2 + 0.5).numpy()
    return f"[{np.str_(shown.min())}..{np.str_(shown.max())}]"


# training

def flat_features() -> str:
    """Channels, height and width of what CIFAR's network hands to its linear layers."""
    made = MODELS["cifar_net"].build()
    x = made.pool(made.conv2(made.pool(made.conv1(torch.zeros(1, 3, 32, 32)))))
    return " * ".join(map(str, x.shape[1:]))


def colours() -> int:
    """Of the pictures that the second network takes."""
    return MODELS["cifar_net"].build().conv1.in_channels


def last_report() -> int:
    """Of an epoch's batches, the last one that prints, by the text's own condition."""
    loader = DataLoader(range(50_000), batch_size=4)
    return [i + 1 for i in range(len(loader)) if i % 2000 == 1999][-1]


def by_chance() -> str:
    """What each class gets from a network that prefers none."""
    return f"{100 * torch.zeros(len(CIFAR10_CLASSES)).softmax(0)[0]:.0f}%"


def minutes(seconds: int) -> str:
    """Where a link's t=SECONDS begins, as a player shows it."""
    return f"{seconds // 60:02}:{seconds % 60:02}"
