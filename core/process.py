"""Set a process up for PyTorch on shared cores. Everything here holds for the whole process."""

import gc

import torch

from core.models import fresh
from core.train import TrainSpec, TrainState, start, training_step

SMALL_BATCH = 4                                      # up to here oneDNN's set-up costs more than it saves: 770 us a step against 650


def one_thread() -> None:
    """Before the first operation: two threads on busy cores were measured 16 to 60 times slower than one."""
    torch.set_num_threads(1)


def first_optimizer() -> TrainState:
    """Build one training state: the first optimizer makes PyTorch import 900 modules."""
    return start(TrainSpec(train_images=10, val_fraction=0.0))


def first_step() -> None:
    """Take one training step and build one network, so that the first learner does not wait for what only the first one costs."""
    state = first_optimizer()
    for _ in training_step(state, torch.zeros(2, 1, 28, 28), torch.zeros(2, dtype=torch.long)):
        pass
    fresh("lenet", 0)


def for_one_run(spec: TrainSpec) -> None:
    """Make a worker fast for this run. What it chooses depends on the spec alone, so the same spec gives the same losses."""
    gc.set_threshold(50_000, 20, 100)                # a step makes hundreds of short-lived objects and no cycles: about 40 us of 760
    if spec.device == "cpu" and spec.batch_size <= SMALL_BATCH:
        torch.backends.mkldnn.set_flags(_enabled=False)
