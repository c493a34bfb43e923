""".backward() adds to .grad: what stands there after several calls, with zero_grad each time and without."""

from dataclasses import dataclass

import torch
from torch.optim import SGD

from core import fields

START = 3.0


@dataclass(frozen=True)
class AccumulateSpec:
    calls: int = fields.number(3, 1, 6)
    zero_grad: bool = fields.flag(False)


def accumulate(spec: AccumulateSpec) -> list[float]:
    """w.grad after every call of backward(). w stays as it is, so each call alone gives the same gradient: 2w."""
    w = torch.tensor(START, requires_grad=True)
    optimizer = SGD([w], lr=0.1)
    held = []
    for _ in range(spec.calls):
        if spec.zero_grad:
            optimizer.zero_grad()
        loss = w ** 2
        loss.backward()
        held.append(w.grad.item())
    return held


def guesses(spec: AccumulateSpec) -> list[float]:
    """Answers to "what does w.grad hold at the end?": one gradient, all of them, none, and the loss."""
    once = 2 * START
    return sorted({0.0, once, spec.calls * once, START**2})
