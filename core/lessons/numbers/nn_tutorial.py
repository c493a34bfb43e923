"""What the torch.nn text prints: its data, its first untrained answers, and what its trainings end with."""

import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.lessons.numbers.sources import mnist

SEED = 0                                             # the text has none
BATCH = 64


def side() -> str:
    """One row of the data, as the square that it was."""
    return "x".join(map(str, mnist().x_train[0].reshape(28, 28).shape))


def pixels() -> str:
    return f"{28 * 28}(=28x28)"


def data_shape() -> tuple[int, ...]:
    return tuple(mnist().x_train.shape)


def digits() -> str:
    """The smallest and the largest label."""
    return f"{mnist().y_train.min()}-{mnist().y_train.max()}"


def weight_rows() -> int:
    """As many as a picture has pixels: only then `xb @ weights` has a shape."""
    return nn.Linear(28 * 28, 10).weight.shape[1]


@cache
def first_answers() -> Tensor:
    """Log-probabilities by random weights for the first 64 pictures, (64, 10)."""
    weights = torch.randn(784, 10, generator=torch.Generator().manual_seed(SEED)) / math.sqrt(784)
    return F.log_softmax(mnist().x_train[:BATCH] @ weights, dim=-1)


def first_row() -> Tensor:
    return first_answers()[0]


def first_shape() -> torch.Size:
    return first_answers().shape


def conv_layers() -> int:
    return sum(isinstance(module, nn.Conv2d) for module in cnn())


def cnn() -> nn.Sequential:
    """The text's three convolutions, without what comes after them."""
    sizes = ((1, 16), (16, 16), (16, 10))
    return nn.Sequential(*(nn.Conv2d(a, b, kernel_size=3, stride=2, padding=1) for a, b in sizes))


def last_map() -> str:
    """Height and width that 28 x 28 pixels leave after the last convolution."""
    return "x".join(map(str, cnn()(torch.zeros(1, 1, 28, 28)).shape[2:]))
