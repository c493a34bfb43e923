"""What an optimizer does to one weight, by its formula, beside what it really did."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from core.one_step.frame import RULES, Frame
from core.one_step.points import one

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8                 # torch.optim.Adam's own
KEPT = {"sgd": (), "momentum": ("momentum_buffer",), "adam": ("exp_avg", "exp_avg_sq")}      # as PyTorch's state names them


@dataclass(frozen=True)
class Move:
    """One weight in one step: memory as the optimizer's state has it, before and after; by_hand: the formula's (weight, *memory)."""

    step: int
    gradient: float
    before: float
    after: float
    memory_before: tuple[float, ...]
    memory: tuple[float, ...]
    by_hand: tuple[float, ...]

    @property
    def far(self) -> float:
        """How far the formula is from the optimizer, at most."""
        return max(abs(a - b) for a, b in zip(self.by_hand, (self.after, *self.memory), strict=True))


def sgd(w: float, g: float, lr: float, t: int) -> tuple[float, ...]:
    return (w - lr * g,)


def momentum(w: float, g: float, lr: float, t: int, v: float) -> tuple[float, ...]:
    """v: the sum of all gradients so far, the older the less: 0.9 of it stays."""
    v = RULES["momentum"][1] * v + g
    return w - lr * v, v


def adam(w: float, g: float, lr: float, t: int, m: float, s: float) -> tuple[float, ...]:
    """m, s: running means of g and of g². They begin with 0, which the division by 1 − βᵗ makes up for."""
    m = BETA1 * m + (1 - BETA1) * g
    s = BETA2 * s + (1 - BETA2) * g * g
    m_hat, s_hat = m / (1 - BETA1**t), s / (1 - BETA2**t)
    return w - lr * m_hat / (math.sqrt(s_hat) + EPS), m, s


FORMULAS = {"sgd": sgd, "momentum": momentum, "adam": adam}


def moves(frames: tuple[Frame, ...], optimizer: str, lr: float, parameter: str) -> Iterator[Move]:
    """Every step of the run, each from what the optimizer itself had before it."""
    for last, frame in zip(frames, frames[1:], strict=False):
        if frame.part == "step":
            g, w = one(frame.grads, parameter), one(last.weights, parameter)
            before, memory = _memory(last, optimizer, parameter), _memory(frame, optimizer, parameter)
            by_hand = FORMULAS[optimizer](w, g, lr, frame.step, *before)
            yield Move(frame.step, g, w, one(frame.weights, parameter), before, memory, by_hand)


def _memory(frame: Frame, optimizer: str, parameter: str) -> tuple[float, ...]:
    """Zeros before the first step, when the optimizer keeps nothing yet."""
    name, _, index = parameter.partition("[")
    kept = {f"{name}/{key}": frame.memory.get(f"{name}/{key}") for key in KEPT[optimizer]}
    return tuple(one(kept, f"{key}[{index}") or 0.0 for key in kept)
