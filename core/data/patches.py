"""Patches of five photos: which photo is a patch from? No object is recognised: colours and textures of these very photos tell.

Training patches come from the left part of each photo, test patches from the right, and none reaches over the border.
"""

import torch
from torch import Tensor
from torch.utils.data import Dataset

from core.data import photos
from core.data.imageset import ImageSet

SIDE, STEP = 32, 8                                   # pixels of a patch; from one to the next, so neighbours overlap
BORDER = 160                                         # of 256 columns: left of it is for training


class Patches(Dataset):
    """A dataset of one's own needs two methods: how many samples there are, and which one is number i.

    No patch is stored: each is cut out when it is asked for. Shapes: stored (N, C, H, W), a sample (C, SIDE, SIDE) and its photo's number.
    """

    def __init__(self, stored: Tensor) -> None:
        self.stored = stored
        self.rows, self.columns = ((size - SIDE) // STEP + 1 for size in stored.shape[2:])

    def __len__(self) -> int:
        return len(self.stored) * self.rows * self.columns

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        photo, top, left = self.corner(i)
        return self.stored[photo, :, top:top + SIDE, left:left + SIDE], photo

    def corner(self, i: int) -> tuple[int, int, int]:
        """Where patch i is cut: the photo, and its upper left pixel."""
        if not 0 <= i < len(self):
            raise IndexError(i)                      # this is how a `for` loop over the dataset finds its end
        photo, place = divmod(i, self.rows * self.columns)
        row, column = divmod(place, self.columns)
        return photo, row * STEP, column * STEP


def patches(train: bool) -> Patches:
    part = photos.load()[..., :BORDER] if train else photos.load()[..., BORDER:]            # (5, 3, 256, W)
    return Patches(part)


def load(train: bool) -> ImageSet:
    """All of them at once, as every set here: (N, 3, 32, 32)."""
    images, labels = zip(*patches(train), strict=True)
    return ImageSet(torch.stack(images), torch.tensor(labels), tuple(photos.PHOTOS))
