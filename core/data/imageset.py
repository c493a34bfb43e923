"""Pictures and their labels, held in memory as the bytes they are."""

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
        return ImageSet(self.images[indices], self.labels[indices], self.classes)

    def class_counts(self) -> Tensor:
        """How many pictures each class has: (classes,)."""
        return torch.bincount(self.labels, minlength=len(self.classes))
