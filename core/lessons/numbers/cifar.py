"""The long one: introyt1's two epochs over CIFAR-10, four pictures at a time, and what its network then knows."""

from collections.abc import Iterator
from functools import cache

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from core import data, train
from core.images import byte_counts, counted_stats
from core.introyt1 import text_output
from core.lessons.numbers.introyt1 import MEAN, STD
from core.lessons.numbers.sources import archive, pictures_key
from core.seeded import seeded
from core.train import Step, Tested, TrainSpec

EPOCHS, BATCH, EVERY = 2, 4, 2_000
BATCHES = 50_000 // BATCH                            # of an epoch
SHORT = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")           # as the text calls them


def values(seed: int) -> Iterator[tuple[str, float] | None]:
    """Train as the text does. "1, 2000" is the mean loss of the 2,000 batches that end there, "accuracy" is in per cent."""
    spec = TrainSpec(network="cifar_net", dataset=pictures_key(), lr=0.001, batch_size=BATCH, epochs=EPOCHS, optimizer="sgd",
                     momentum=0.9, val_fraction=0.0, normalisation="half", seed=seed)
    running, before = torch.zeros(()), 0
    for record in train.train(train.start(spec)):
        yield None
        if isinstance(record, Step):
            if record.epoch != before:               # what an epoch's last 500 batches lost is never printed
                running, before = torch.zeros(()), record.epoch
            running += record.loss
            batch = record.step - record.epoch * BATCHES
            if batch % EVERY == 0:
                yield f"{record.epoch + 1}, {batch}", running.item() / EVERY
                running = torch.zeros(())
        elif isinstance(record, Tested):
            yield "accuracy", 100 * record.test.accuracy


# the pictures themselves

@cache
def stats() -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel over all training pixels in [0, 1], out of counts of bytes."""
    return counted_stats(byte_counts(data.load(pictures_key(), train=True).images))


def mean() -> Tensor:
    return stats()[0].float()


def std() -> Tensor:
    return stats()[1].float()


def told_mean() -> tuple[float, ...]:
    return tuple(round(number, 4) for number in stats()[0].tolist())


def told_std() -> tuple[float, ...]:
    return tuple(round(number, 4) for number in stats()[1].tolist())


def archive_bytes() -> int:
    return archive().stat().st_size


def archive_megabytes() -> str:
    """As a progress bar says it."""
    return f"{archive_bytes() / 1e6:.0f}M"


def train_shape() -> tuple[int, ...]:
    return tuple(data.load(pictures_key(), train=True).images.shape)


def test_pictures() -> int:
    return len(data.load(pictures_key(), train=False))


def normalised_mean() -> float:
    """Of all channels together, after the text's Normalize."""
    return ((stats()[0] - torch.tensor(MEAN)) / torch.tensor(STD)).mean().item()


def normalised_std() -> float:
    return (stats()[1] / torch.tensor(STD)).mean().item()


def first_labels() -> str:
    """The first batch of a shuffled loader, if the text's draws go on: its network and its picture come before."""
    stored = data.load("cifar10", train=True)

    def chain() -> list[int]:
        for size in ((2, 2), (2, 3), (3, 2), (2, 2)):
            torch.rand(size)
        type(text_output()[0])(), torch.rand(1, 1, 32, 32)
        return next(iter(DataLoader(stored.labels.tolist(), batch_size=BATCH, shuffle=True, num_workers=0))).tolist()

    return " ".join(f"{SHORT[label]:>5}" for label in seeded(1729, chain))


def picture_size() -> str:
    return "x".join(map(str, data.load(pictures_key(), train=True).images.shape[2:]))
