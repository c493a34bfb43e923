"""What a run tells the world: not every step, but the mean of every few, as plain numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from core.errors import SpecError
from core.evaluate import Checked
from core.train import Epoch, Step, Tested

POINTS = 1000                                        # a chart is not wider than this
LONGEST = 100                                        # steps between two reports, so that a run can be stopped at once


@dataclass(frozen=True)
class Report:
    """The mean loss of the last `steps` steps, up to and including `step`."""

    step: int
    steps: int
    epoch: int
    loss: float
    lr: float


def every(total_steps: int) -> int:
    """Steps per report, so that a whole run gives about a thousand points."""
    return max(1, min(LONGEST, -(-total_steps // POINTS)))


def reports(records: Iterator[Step | Checked | Epoch | Tested], steps: int) -> Iterator[Report | Checked | Epoch | Tested]:
    """Steps become one Report for each `steps` of them; all other records pass.

    Losses are read together, because reading one makes a GPU wait.
    Raises SpecError("non_finite_loss") with the first step whose loss is infinite or no number, and its lr.
    """
    window: list[Step] = []
    for record in records:
        if isinstance(record, Step):
            window.append(record)
            if len(window) == steps:
                yield _report(window)
                window = []
            continue
        if window:                                   # the epoch's last, shorter window
            yield _report(window)
            window = []
        yield record


def _report(window: list[Step]) -> Report:
    losses = torch.stack([record.loss for record in window])               # (steps,)
    finite = losses.isfinite()
    if not finite.all():
        first = window[int((~finite).nonzero()[0])]
        raise SpecError("non_finite_loss", step=first.step, lr=first.lr, value=float(first.loss))
    last = window[-1]
    return Report(last.step, len(window), last.epoch, float(losses.mean()), last.lr)
