"""The texts' way to batches: a DataLoader that asks the dataset for one picture at a time."""

import sys
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from core import fields
from core.data.imageset import Chosen, ImageSet
from core.errors import SpecError
from core.images import normalise, scale
from core.transforms.training import Augment


@dataclass(frozen=True)
class LoaderSpec:
    """What a DataLoader is told."""

    batch_size: int = fields.number(8, 1, 64, doubling=True)
    shuffle: bool = fields.flag(True)
    drop_last: bool = fields.flag(False)
    seed: int = fields.number(0, 0, 9999)


@dataclass(frozen=True)
class BatchSpec:
    """Which batch of the epoch is looked at, counted from 1."""

    batch_size: int = fields.number(16, 1, 64, doubling=True)
    shuffle: bool = fields.flag(True)
    seed: int = fields.number(0, 0, 9999)
    number: int = fields.number(1, 1, 60000)


@dataclass(frozen=True)
class Batch:
    """One batch and where it came from. Shapes: images (B, C, H, W) uint8, labels (B,), indices (B,)."""

    images: Tensor
    labels: Tensor
    indices: Tensor
    number: int                                      # counted from 1
    batches: int                                     # in one epoch; the last may be smaller


def batch(data: ImageSet, spec: BatchSpec) -> Batch:
    """The epoch's batch with this number, counted from 1, with the indices that the loader's sampler drew.

    Raises SpecError("no_such_batch") past the end of the epoch.
    """
    batches = -(-len(data) // spec.batch_size)       # rounded up: the last batch may be smaller
    if not 1 <= spec.number <= batches:
        raise SpecError("no_such_batch", value=spec.number, batches=batches)
    generator = torch.Generator().manual_seed(spec.seed)
    if spec.shuffle:
        torch.empty((), dtype=torch.int64).random_(generator=generator)    # the DataLoader draws its workers' seed first
    order = torch.randperm(len(data), generator=generator) if spec.shuffle else torch.arange(len(data))        # as its RandomSampler does
    indices = order[(spec.number - 1) * spec.batch_size : spec.number * spec.batch_size].clone()   # without it, all of `order` is kept
    return Batch(data.images[indices], data.labels[indices], indices, spec.number, batches)


@dataclass(frozen=True)
class Numbered(Dataset):
    """Says with every sample which one it is, so that the order of a loader can be seen. Samples: (image, label, i)."""

    pictures: ImageSet | Chosen

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor, int]:
        return *self.pictures[i], i


def spread(data: ImageSet, count: int) -> ImageSet:
    """Some pictures of a set, evenly spread over its order; all where it has not so many."""
    count = min(count, len(data))
    return data.pick(torch.arange(count) * len(data) // count)


def epochs(data: ImageSet | Chosen, spec: LoaderSpec, count: int) -> list[list[Batch]]:
    """All batches of so many epochs, as one DataLoader brings them. For small sets: every picture is fetched."""
    generator = torch.Generator().manual_seed(spec.seed)
    bring = DataLoader(Numbered(data), spec.batch_size, shuffle=spec.shuffle, drop_last=spec.drop_last, generator=generator)
    return [[Batch(images, labels, indices, i, len(bring)) for i, (images, labels, indices) in enumerate(bring, start=1)]
            for _ in range(count)]


@dataclass(frozen=True)
class Transformed(Dataset):
    """As the texts' datasets: a picture is scaled and normalised, or goes through a pipeline, whenever it is asked for."""

    pictures: ImageSet | Chosen
    mean: Tensor                                     # (C,)
    std: Tensor
    augment: Augment | None = None

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        image, label = self.pictures[i]
        if self.augment:
            return self.augment.one(image, i), label
        return normalise(scale(image), self.mean, self.std), label


def one_by_one(pictures: ImageSet | Chosen, order: Tensor, size: int, mean: Tensor, std: Tensor,
               augment: Augment | None = None, workers: int = 0) -> DataLoader:
    """Batches of `size` in this order, each picture prepared by itself. Shapes: x (B, C, H, W), y (B,).

    workers: processes that prepare samples, and stay for the next epoch; 0 = the process that asks. The loader draws a seed for them even
    where there are none, which must not come from the global generator.
    """
    # a job's own children would be started anew, import PyTorch again, and could not be handed pictures that stay in their file
    forked = "fork" if workers and sys.platform == "linux" else None
    return DataLoader(Transformed(pictures, mean, std, augment), size, sampler=order.tolist(), num_workers=workers,
                      persistent_workers=workers > 0, multiprocessing_context=forked, generator=torch.Generator())
