"""What a run tells the world: not every step, but the mean of every few, as plain numbers."""

from collections.abc import Callable, Iterator
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


def reports(records: Iterator[Step | Checked | Epoch | Tested], steps: int, done: int = 0,
            single: Callable[[], bool] = lambda: False, told: int = 0) -> Iterator[Report | Checked | Epoch | Tested]:
    """Steps become one Report for each `steps` of them, counted from the epoch's first; all other records pass.

    done: steps that this epoch had before. So the windows of a run that goes on end where they would have ended anyway.
    single: asked at each step whether it is to be told by itself.
    told: up to this step an earlier attempt has told everything, perhaps step by step. A window ends there, so that none overlaps with
    those, and no step before it is told by itself.
    Losses are read together, because reading one makes a GPU wait.
    Raises SpecError("non_finite_loss") with the first step whose loss is infinite or no number, and its lr.
    """
    window: list[Step] = []
    for record in records:
        if isinstance(record, Step):
            window.append(record)
            done += 1
            if done % steps == 0 or record.step == told or (record.step > told and single()):
                yield _report(window)
                window = []
            continue
        if window:                                   # the epoch's last, shorter window
            yield _report(window)
            window = []
        if isinstance(record, Epoch):
            done = 0
        yield record


def _report(window: list[Step]) -> Report:
    losses = torch.stack([record.loss for record in window])               # (steps,)
    finite = losses.isfinite()
    if not finite.all():
        first = window[int((~finite).nonzero()[0])]
        raise SpecError("non_finite_loss", step=first.step, lr=first.lr, value=float(first.loss))
    last = window[-1]
    return Report(last.step, len(window), last.epoch, float(losses.mean()), last.lr)
