"""Random noise with random labels, from torchvision's FakeData: for trying a program out. There is nothing in it to learn."""

import torch
from torch import Tensor

from core.data import vision
from core.data.imageset import ImageSet

TRAIN, TEST = 1000, 200
SHAPE, CLASSES = (3, 32, 32), 10


def load(train: bool) -> ImageSet:
    """FakeData draws picture i from the seed i + random_offset; the test pictures go on where the training pictures end."""
    made = vision.datasets().FakeData(TRAIN if train else TEST, SHAPE, CLASSES, random_offset=0 if train else TRAIN, transform=_bytes)
    images, labels = zip(*made, strict=True)
    return ImageSet(torch.stack(images), torch.as_tensor(labels), tuple(map(str, range(CLASSES))))


def _bytes(image) -> Tensor:
    """A picture of PIL -> (C, H, W) uint8."""
    from torchvision.transforms.functional import pil_to_tensor

    return pil_to_tensor(image)
