"""What a learner chooses on the ladder."""

from dataclasses import dataclass

from core import fields
from core.ladder import DATASETS, RUNGS, Split

EPOCHS = {"digits": 20, "mnist": 2}                  # the text's 2 are 1,564 steps of 64; on the few digits even 20 are only 460


@dataclass(frozen=True)
class LadderSpec:
    rung: str = fields.choice("r1", RUNGS)
    dataset: str = fields.choice("digits", DATASETS)
    seed: int = fields.number(0, 0, 9999)


def batches(split: Split, batch_size: int = 64) -> int:
    """Of one epoch, with the last one, which may be short."""
    return batches_of(len(split.x_train), batch_size)


def batches_of(images: int, batch_size: int = 64) -> int:
    return -(-images // batch_size)


def last_batch(images: int, batch_size: int = 64) -> int:
    """How many pictures the last batch of an epoch holds: 16 of 50,000."""
    return (images - 1) % batch_size + 1
