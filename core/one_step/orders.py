"""zero_grad first, as introyt1 has it, or last, as the student notes have it: the same run, but for one moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor
from torch.nn import functional as F

from core.one_step import points
from core.one_step.frame import Frame, record
from core.train import TrainState

STEPS = 20


def zero_last(state: TrainState, x: Tensor, y: Tensor) -> Iterator[str]:
    """The five lines in the order of the student notes. Shapes: x (B, 2), y (B,)."""
    state.logits = state.model(x)
    yield "forward"
    loss = F.cross_entropy(state.logits, y)
    state.loss = loss.detach()
    yield "loss"
    loss.backward()
    yield "backward"
    state.optimizer.step()
    yield "step"
    state.optimizer.zero_grad()
    yield "zero_grad"


@dataclass(frozen=True, eq=False)
class Orders:
    """Both runs from the same start. weights, losses: the largest difference of any number at any step."""

    first: tuple[Frame, ...]
    last: tuple[Frame, ...]
    weights: float
    losses: float


@lru_cache(maxsize=16)
def orders(optimizer: str, lr: float, activation: str) -> Orders:
    first = record(points.start(optimizer, lr, activation), points.X, points.Y, STEPS)
    last = record(points.start(optimizer, lr, activation), points.X, points.Y, STEPS, zero_last)
    pairs = list(zip(after(first, "step"), after(last, "step"), strict=True))
    return Orders(first, last, *(max(_far(getattr(a, kind), getattr(b, kind)) for a, b in pairs) for kind in ("weights", "loss")))


def after(frames: tuple[Frame, ...], part: str) -> list[Frame]:
    return [frame for frame in frames if frame.part == part]


def holds_gradients(frame: Frame) -> bool:
    return any(grad is not None for grad in frame.grads.values())


def _far(a: dict[str, Tensor], b: dict[str, Tensor]) -> float:
    return max((a[name] - b[name]).abs().max().item() for name in a)
