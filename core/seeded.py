"""Randomness where PyTorch accepts no generator, such as a layer's first weights."""

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

Made = TypeVar("Made")
_one_at_a_time = threading.Lock()                      # the global generator belongs to the whole process


def seeded(seed: int, make: Callable[[], Made]) -> Made:
    """Call make() as if `torch.manual_seed(seed)` stood before it, and leave the global generator as it was."""
    with _one_at_a_time, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return make()


def seeded_steps(seed: int, steps: Iterator[Made]) -> Iterator[Made]:
    """Go through a generator as if `torch.manual_seed(seed)` stood before its first step.

    Whenever a step is handed out, the global generator is as it was.
    """
    state = torch.Generator().manual_seed(seed).get_state()
    while True:
        with _one_at_a_time, torch.random.fork_rng(devices=[]):
            torch.set_rng_state(state)
            try:
                step = next(steps)
            except StopIteration:
                return
            state = torch.get_rng_state()
        yield step
