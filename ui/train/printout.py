"""The losses as lines of text, as a training script prints them: the mean of every so many steps."""

import math

from content.text import Text
from ui.train.history import History

TEXTS = 2000                                         # mini-batches, in the CIFAR-10 text
SHORTER = (2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
LINES = 24                                           # at least so many are readable at a glance


def every(steps_per_epoch: int, epochs: int, reported: int) -> int:
    """Steps per line: the text's 2,000 where an epoch has as many, else as few as fit on the screen; at most an epoch.

    reported: steps that one report is the mean of. Lines are whole reports, so that means of means stay exact.
    """
    whole = [max(1, round(n / reported)) * reported for n in SHORTER]
    fits = [n for n in whole if n <= steps_per_epoch and math.ceil(steps_per_epoch / n) * epochs <= LINES]
    if not fits:
        return steps_per_epoch
    return fits[0] if fits[0] == whole[0] else fits[-1]


def lines(steps: list[int], losses: list[float], counts: list[int], steps_per_epoch: int, n: int) -> list[tuple[int, int, int, float]]:
    """(epoch, its step, steps in the mean, mean loss) for every n steps of each epoch; the last of an epoch may have fewer.

    The losses are means of `counts` steps up to and including their step; each is weighted with its count.
    """
    done: list[tuple[int, int, int, float]] = []
    total, many = 0.0, 0
    for step, loss, count in zip(steps, losses, counts, strict=True):
        total, many = total + loss * count, many + count
        within = (step - 1) % steps_per_epoch + 1
        if many >= n or within == steps_per_epoch:
            done.append(((step - 1) // steps_per_epoch + 1, within, many, total / many))
            total, many = 0.0, 0
    return done


def steps_per_line(past: History, epochs: int) -> int:
    return every(_steps_per_epoch(past, epochs), epochs, max(past.counts, default=1))


def text(t: Text, past: History, epochs: int) -> list[str]:
    """The printout, line by line."""
    n, told = steps_per_line(past, epochs), []
    for epoch, step, many, loss in lines(*past.losses, past.counts, _steps_per_epoch(past, epochs), n):
        line = t("train.report.line", epoch=f"{epoch:>2}", step=f"{step:>6,}", loss=f"{loss:.4f}")
        told.append(line if many == n else line + t("train.report.rest", n=many))
    return told


def _steps_per_epoch(past: History, epochs: int) -> int:
    """Older runs have told only the total."""
    return past.started.get("steps_per_epoch") or max(1, past.started.get("total_steps", 1) // max(epochs, 1))
