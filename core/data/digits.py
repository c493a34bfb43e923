"""The embedded dataset: 1,797 real handwritten digits of 8 x 8 pixels, from the scikit-learn package (UCI, 1998).

A random split probably puts digits of one writer on both sides: the file has no writer column.
"""

from pathlib import Path

import numpy as np
import torch

from core.data.imageset import ImageSet

FILE = Path(__file__).with_name("digits.npz")        # remake: python -m core.data.make_digits
TEST_IMAGES = 360


def load(train: bool, seed: int = 0) -> ImageSet:
    """A stratified random split: every class keeps its share in the 1,437 training and the 360 test pictures."""
    pictures = every()
    rest, test = pictures.divide(stratified(pictures.labels, TEST_IMAGES, torch.Generator().manual_seed(seed)))
    return rest if train else test


def load_in_order(train: bool) -> ImageSet:
    """The last 360 of the file are the test pictures: probably by other writers than the first 1,437."""
    pictures = every()
    return pictures.pick(torch.arange(len(pictures))[:-TEST_IMAGES] if train else torch.arange(len(pictures))[-TEST_IMAGES:])


def every() -> ImageSet:
    """All 1,797 as the file has them: (N, 1, 8, 8)."""
    with np.load(FILE) as stored:
        images, labels = torch.from_numpy(stored["images"]), torch.from_numpy(stored["labels"]).long()
    return ImageSet(images.unsqueeze(1), labels, tuple("0123456789"))


def stratified(labels: torch.Tensor, wanted: int, generator: torch.Generator) -> torch.Tensor:
    """Indices of `wanted` pictures: from each class in turn, in shuffled order, its proportional share."""
    order = torch.randperm(len(labels), generator=generator)
    by_class = order[torch.argsort(labels[order], stable=True)]
    picks = torch.linspace(0, len(labels) - 1, wanted).round().long()      # evenly along the classes
    return by_class[picks]
