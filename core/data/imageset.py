"""Pictures and their labels, held as the bytes they are."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset


@dataclass(frozen=True)
class ImageSet(Dataset):
    """A dataset is anything with a length and an item for each index.

    Shapes: images (N, C, H, W) uint8 in 0..255, labels (N,) int64 that index `classes`.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        return self.images[i], self.labels[i]

    def pick(self, indices: Tensor) -> "ImageSet":
        """A copy of these pictures."""
        return ImageSet(self.images[indices], self.labels[indices], self.classes)

    def divide(self, indices: Tensor) -> tuple["ImageSet", "ImageSet"]:
        """Copies of all other pictures and of these, both in the order of the set."""
        chosen = torch.zeros(len(self), dtype=torch.bool).index_fill_(0, indices, True)
        return self.pick((~chosen).nonzero().squeeze(1)), self.pick(chosen.nonzero().squeeze(1))

    def choose(self, indices: Tensor) -> "Chosen":
        """These pictures, without a copy."""
        return Chosen(self, indices)

    def class_counts(self) -> Tensor:
        """How many pictures each class has: (classes,)."""
        return torch.bincount(self.labels, minlength=len(self.classes))


@dataclass(frozen=True)
class Chosen(Dataset):
    """Some pictures of a set in an order of their own, fetched when they are asked for: `images` and `labels` make a copy each time."""

    stored: ImageSet
    indices: Tensor                                  # (N,) which of them

    @property
    def images(self) -> Tensor:
        return self.stored.images[self.indices]

    @property
    def labels(self) -> Tensor:
        return self.stored.labels[self.indices]

    @property
    def classes(self) -> tuple[str, ...]:
        return self.stored.classes

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        return self.stored[int(self.indices[i])]

    def pick(self, indices: Tensor) -> ImageSet:
        return self.stored.pick(self.indices[indices])

    def choose(self, indices: Tensor) -> "Chosen":
        return Chosen(self.stored, self.indices[indices])
