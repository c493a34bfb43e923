"""From bytes to what a network wants, each step on its own: fit, to_tensor, normalise, and back."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

LUMA = (0.299, 0.587, 0.114)                         # how bright red, green and blue look; ITU-R BT.601, as in torchvision


@dataclass(frozen=True)
class Fitted:
    """Pictures that fit a network, and what was done to them: ("pad", 28, 32), ("resize", 8, 28), ("grey_to_rgb", 1, 3)."""

    images: Tensor
    steps: tuple[tuple[str, int, int], ...]


def steps_to_fit(channels: int, size: int, wanted_channels: int, wanted_size: int) -> tuple[tuple[str, int, int], ...]:
    """What must be done to pictures of channels x size x size: (what, before, after), nothing when they fit.

    Up to four missing pixels are padded with black, as LeNet's authors did; any other size is resized bilinearly.
    """
    steps: list[tuple[str, int, int]] = []
    if size != wanted_size:
        steps.append(("pad" if 0 < wanted_size - size <= 4 else "resize", size, wanted_size))
    if channels != wanted_channels:
        steps.append(("grey_to_rgb" if channels == 1 else "rgb_to_grey", channels, wanted_channels))
    return tuple(steps)


def fit_to(images: Tensor, channels: int, size: int) -> Fitted:
    """Pad, resize or convert pictures. Shapes: (N, C, H, H) uint8 -> (N, channels, size, size) uint8.

    A thousand at a time: as floats, 50,000 colour pictures would need 1.5 GB.
    """
    steps = steps_to_fit(images.shape[1], images.shape[-1], channels, size)
    for what, before, after in steps:
        images = torch.cat([FIT[what](part, before, after) for part in images.split(1000)])
    return Fitted(images, steps)


def pad(images: Tensor, before: int, after: int) -> Tensor:
    """A black margin, the same on all sides; an odd pixel goes right and below."""
    first = (after - before) // 2
    return F.pad(images, (first, after - before - first) * 2)


def resize(images: Tensor, before: int, after: int) -> Tensor:
    """Bilinear, smoothed first when it shrinks."""
    return F.interpolate(images.float(), (after, after), mode="bilinear", antialias=True).round_().clamp_(0, 255).byte()


def grey_to_rgb(images: Tensor, before: int, after: int) -> Tensor:
    """The same grey in red, green and blue: (N, 1, H, W) -> (N, 3, H, W)."""
    return images.expand(-1, after, -1, -1).contiguous()


def rgb_to_grey(images: Tensor, before: int, after: int) -> Tensor:
    """How bright the colour looks: (N, 3, H, W) -> (N, 1, H, W)."""
    return (images * torch.tensor(LUMA, device=images.device).view(1, 3, 1, 1)).sum(1, keepdim=True).round_().byte()


FIT = {"pad": pad, "resize": resize, "grey_to_rgb": grey_to_rgb, "rgb_to_grey": rgb_to_grey}


def to_tensor(image: Tensor) -> Tensor:
    """What torchvision's ToTensor does: (H, W, C) uint8 in 0..255 -> (C, H, W) float32 in [0, 1]."""
    return image.permute(2, 0, 1).float() / 255


def scale(images: Tensor) -> Tensor:
    """Bytes to fractions, channels already first: (B, C, H, W) uint8 in 0..255 -> float32 in [0, 1]."""
    return images.float().div_(255)


def normalise(x: Tensor, mean: Sequence[float] | Tensor, std: Sequence[float] | Tensor) -> Tensor:
    """(x - mean) / std for each channel. Shapes: x (B, C, H, W), mean and std one number per channel."""
    return (x - _per_channel(mean, x)).div_(_per_channel(std, x))


def unnormalise(x: Tensor, mean: Sequence[float], std: Sequence[float]) -> Tensor:
    """The exact way back, x * std + mean, with the same numbers that `normalise` had."""
    return x * _per_channel(std, x) + _per_channel(mean, x)


@dataclass(frozen=True)
class Stages:
    """A batch at each step of its way, (B, C, H, W) each: bytes, [0, 1], normalised, back, and back by the wrong formula."""

    stored: Tensor
    scaled: Tensor
    normalised: Tensor
    back: Tensor
    wrong: Tensor


def stages(images: Tensor, mean: Sequence[float], std: Sequence[float]) -> Stages:
    """`wrong` is x / 2 + 0.5, which undoes Normalize(0.5, 0.5) and nothing else."""
    x = scale(images)
    z = normalise(x, mean, std)
    return Stages(images, x, z, unnormalise(z, mean, std), z / 2 + 0.5)


def told_counts(counts: list[list[int]]) -> Tensor:
    """What `byte_counts` gave, after its way as plain numbers."""
    return torch.tensor(counts)


def byte_counts(images: Tensor) -> Tensor:
    """How often each byte occurs in each channel. Shapes: (N, C, H, W) uint8 -> (C, 256) int64."""
    return torch.stack([torch.bincount(channel.flatten(), minlength=256) for channel in images.unbind(1)])


def counted_stats(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of all pixels in [0, 1], from how often each byte occurs. Shapes: (C, 256) -> (C,), (C,).

    No list of 150 million floats is needed, and no rounding adds up: the counts are whole numbers.
    """
    n, value = counts.sum(1).double(), torch.arange(256, dtype=torch.float64) / 255
    mean = (counts * value).sum(1) / n
    variance = (counts * (value - mean.unsqueeze(1)).square()).sum(1) / (n - 1)          # n - 1, as torch.std
    return mean.float(), variance.sqrt().float()


def channel_stats(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel over all pixels in [0, 1]. Shapes: (N, C, H, W) uint8 -> (C,), (C,)."""
    return counted_stats(sum(byte_counts(part) for part in images.split(1000)))


def _per_channel(values: Sequence[float] | Tensor, like: Tensor) -> Tensor:
    return torch.as_tensor(values, dtype=like.dtype, device=like.device).view(-1, 1, 1)     # (C,) -> (C, 1, 1)
