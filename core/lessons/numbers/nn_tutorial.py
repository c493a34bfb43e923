"""What the torch.nn text prints: its data, its first untrained answers, and what its trainings end with."""

import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import ladder
from core.lessons.numbers.sources import mnist

SEED = 0                                             # the text has none
BATCH = 64


def side() -> str:
    """One row of the data, as the square that it was."""
    return "x".join(map(str, mnist().x_train[0].reshape(28, 28).shape))


def pixels() -> str:
    return f"{len(mnist().x_train[0])}(={side()})"


def data_shape() -> tuple[int, ...]:
    return tuple(mnist().x_train.shape)


def digits() -> str:
    """The smallest and the largest label."""
    return f"{mnist().y_train.min()}-{mnist().y_train.max()}"


def with_780_rows() -> str:
    """What PyTorch says when a batch of pictures meets the printed weights."""
    try:
        return str((torch.zeros(BATCH, 28 * 28) @ torch.randn(780, 10)).shape)
    except RuntimeError as error:
        return str(error)


@cache
def first_answers() -> Tensor:
    """Log-probabilities by random weights for the first 64 pictures, (64, 10)."""
    weights = torch.randn(784, 10, generator=torch.Generator().manual_seed(SEED)) / math.sqrt(784)
    weights.requires_grad_()
    return F.log_softmax(mnist().x_train[:BATCH] @ weights, dim=-1)


def first_row() -> Tensor:
    return first_answers()[0]


def first_shape() -> torch.Size:
    return first_answers().shape


def conv_layers() -> int:
    return len(convolutions())


def convolutions() -> list[nn.Conv2d]:
    """Of the rung's network."""
    return [module for module in ladder.made("r10")[0].modules() if isinstance(module, nn.Conv2d)]


def last_map() -> str:
    """Height and width that 28 x 28 pixels leave after the last convolution."""
    x = torch.zeros(1, 1, 28, 28)
    for convolution in convolutions():
        x = convolution(x)
    return "x".join(map(str, x.shape[2:]))
