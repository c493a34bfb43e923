"""The pictures of the ladder: rows of 784 numbers, some to learn from and some to judge by."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.data import load
from core.data.imageset import ImageSet
from core.images import resize

DATASETS = ("digits", "mnist")
LEARN_FROM = 50_000                                  # of MNIST's 60,000 training pictures, as in the text; the other 10,000 judge


class Split(NamedTuple):
    """Shapes: x (N, 784) float32 from 0 up to 255/256, as the text's file has it; y (N,) int64."""

    x_train: Tensor
    y_train: Tensor
    x_valid: Tensor
    y_valid: Tensor


def data(dataset: str) -> Split:
    """MNIST as the text divides it, or the embedded digits, enlarged to 28 x 28: 1,437 to learn from and 360 to judge by.

    Raises SpecError as core.data.load does.
    """
    learn = load(dataset, train=True)
    if dataset == "mnist":
        learn = _part(learn, slice(LEARN_FROM))
    return Split(*_rows(learn), *_rows(judging(dataset)))


def judging(dataset: str) -> ImageSet:
    """The pictures that judge, as they are, in their order. Raises as `data`."""
    return _part(load(dataset, train=True), slice(LEARN_FROM, None)) if dataset == "mnist" else load(dataset, train=False)


def learns_from(dataset: str) -> int:
    """How many pictures a rung learns from. Raises as `data`, which needs more memory."""
    pictures = load(dataset, train=True)
    return LEARN_FROM if dataset == "mnist" else len(pictures)


def _part(pictures: ImageSet, which: slice) -> ImageSet:
    return ImageSet(pictures.images[which], pictures.labels[which], pictures.classes)


def _rows(pictures: ImageSet) -> tuple[Tensor, Tensor]:
    """(N, 1, H, H) bytes -> (N, 784)"""
    size = pictures.images.shape[-1]
    images = pictures.images if size == 28 else resize(pictures.images, size, 28)
    return images.to(torch.float32).div_(256).flatten(1), pictures.labels
