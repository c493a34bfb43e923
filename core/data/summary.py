"""A whole dataset in a few numbers: how often each class comes, what its average picture is, how often each byte occurs."""

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from core.data.imageset import ImageSet
from core.images import byte_counts

BALANCE = ("equal", "close", "apart", "far")         # the largest class to the smallest: 1; up to 1.1; up to 2; more
PART = 1000                                          # pictures at a time


def balance(counts: Tensor) -> str:
    """One of BALANCE for the numbers of pictures of all classes."""
    most, least = int(counts.max()), int(counts.min())
    return "equal" if most == least else "close" if most <= 1.1 * least else "apart" if most <= 2 * least else "far"


def spread(images: int, wanted: int) -> Tensor:
    """At most so many indices, evenly from the whole set, since it may be sorted."""
    return torch.arange(images) if images <= wanted else torch.linspace(0, images - 1, wanted).long()


def mean_images(data: ImageSet, wanted: int = 5000) -> tuple[Tensor, Tensor]:
    """The average picture of each class, from at most so many pictures of the set, and how many it is the average of.

    Shapes: (classes, C, H, W) uint8, (classes,). A class without a picture is black.
    """
    some = data.pick(spread(len(data), wanted))
    count = some.class_counts()
    total = torch.zeros(len(data.classes), *some.images.shape[1:]).index_add_(0, some.labels, some.images.float())
    return (total / count.clamp_min(1).view(-1, 1, 1, 1)).round().byte(), count


def counting(images: Tensor) -> Iterator[tuple[int, Tensor]]:
    """How often each byte occurs, a thousand pictures at a time: how many are done, and the counts (C, 256) so far."""
    counts, done = torch.zeros(images.shape[1], 256, dtype=torch.int64), 0
    for part in images.split(PART):
        counts, done = counts + byte_counts(part), done + len(part)
        yield done, counts


def as_the_text(data: Iterable[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
    """The introductions' way: all pictures as floats in one stack. For the 50,000 of CIFAR-10 that takes 614 MB."""
    stacked = torch.stack([image for image, _ in data])                    # N x (C, H, W) -> (N, C, H, W)
    return stacked.mean(dim=(0, 2, 3)), stacked.std(dim=(0, 2, 3))         # over pictures, rows, columns: (C,), (C,)
