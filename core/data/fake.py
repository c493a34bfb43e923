"""Random noise with random labels, as torchvision's FakeData draws it: for trying a program out. There is nothing in it to learn."""

import torch
from torch import Tensor

from core.data.imageset import ImageSet

TRAIN, TEST = 1000, 200
SHAPE, CLASSES = (3, 32, 32), 10


def load(train: bool) -> ImageSet:
    """FakeData draws picture i from the seed i + random_offset; the test pictures go on where the training pictures end."""
    images, labels = drawn(range(TRAIN) if train else range(TRAIN, TRAIN + TEST))
    return ImageSet(images, labels, tuple(map(str, range(CLASSES))))


def drawn(seeds: range) -> tuple[Tensor, Tensor]:
    """Shapes: images (N, C, H, W) uint8, labels (N,).

    FakeData seeds the generator of the whole process for each picture, in which other threads draw too; this one is nobody else's.
    """
    generator = torch.Generator()
    values, labels = torch.empty(len(seeds), *SHAPE), torch.empty(len(seeds), dtype=torch.int64)
    for i, seed in enumerate(seeds):
        generator.manual_seed(seed)
        torch.randn(SHAPE, generator=generator, out=values[i])
        labels[i] = torch.randint(0, CLASSES, (1,), generator=generator)[0]
    return (values * 255).int().byte(), labels             # of a negative number the lowest eight bits, as in torchvision
