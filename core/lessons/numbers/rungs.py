"""The torch.nn text's trainings are the rungs of the ladder: what they print before, after each epoch and at the end."""

from collections.abc import Iterator

from core import ladder
from core.lessons.numbers.sources import mnist

# on one core, two epochs of 50,000 pictures; 13 goes on from 12 on a GPU
SECONDS = {"r1": 2, "r2": 2, "r3": 2, "r4": 2, "r5": 2, "r6": 2, "r7": 3, "r8": 4, "r9": 4, "r10": 9, "r11": 9, "r12": 9}


def values(key: str, seed: int) -> Iterator[tuple[str, float] | None]:
    """The loss and the accuracy "before" and "after" on one batch, and the validation loss of each "epoch"."""
    for told in ladder.run(key, mnist(), seed):
        if told.what == "epoch":
            yield f"epoch {told.epoch}", told.loss
        elif told.what in ("before", "after"):
            yield told.what, told.loss
            yield f"accuracy {told.what}", told.accuracy
        else:
            yield None
