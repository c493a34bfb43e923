"""A colour picture as PyTorch keeps it, channels first, and ways, right and wrong, to hand it to what shows pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from core import fields
from core.data import photos

SIDE = 128                                           # pixels: half of the photo's, so that a page stays light


def permute(x: Tensor) -> Tensor:
    return x.permute(1, 2, 0)                        # (C, H, W) -> (H, W, C), as np.transpose(x, (1, 2, 0))


def reshape(x: Tensor) -> Tensor:
    channels, height, width = x.shape
    return x.reshape(height, width, channels)        # the right shape, but nothing has moved


def reverse(x: Tensor) -> Tensor:
    return x.permute(2, 1, 0)                        # (C, H, W) -> (W, H, C): also swaps height and width


def flip(x: Tensor) -> Tensor:
    return x.flip(0).permute(1, 2, 0)                # blue, green, red: the order in which OpenCV reads files


def unchanged(x: Tensor) -> Tensor:
    return x                                         # (C, H, W)


WAYS: dict[str, Callable[[Tensor], Tensor]] = {way.__name__: way for way in (permute, reshape, reverse, flip, unchanged)}
SEEN = {"permute": "photo", "reshape": "scrambled", "reverse": "turned", "flip": "colours", "unchanged": "refused"}


@dataclass(frozen=True)
class LayoutSpec:
    photo: str = fields.choice("cat", photos.PHOTOS)
    way: str = fields.choice("permute", WAYS)


@dataclass(frozen=True)
class Laid:
    """x (3, SIDE, SIDE) uint8 and what became of it. channels: of out's shape, from which channel each number came.

    message: what Pillow answers when it is asked for a picture of `out`; "" when it makes one.
    """

    x: Tensor
    out: Tensor
    channels: Tensor
    message: str


@lru_cache
def lay(spec: LayoutSpec) -> Laid:
    photo = photos.load()[list(photos.PHOTOS).index(spec.photo)]
    x = F.avg_pool2d(photo.float(), photos.SIDE // SIDE).round().to(torch.uint8)
    way = WAYS[spec.way]
    channel = torch.arange(3, dtype=torch.uint8).view(3, 1, 1).expand(x.shape).contiguous()
    out = way(x)
    return Laid(x, out, way(channel), _refusal(out))


def _refusal(out: Tensor) -> str:
    try:
        Image.fromarray(out.numpy())
    except TypeError as refused:
        return f"TypeError: {refused}"
    return ""
