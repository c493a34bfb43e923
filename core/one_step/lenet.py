"""LeNet-5 on one batch of handwritten digits: the same five parts, 44,426 parameters."""

from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

from core import fields, train
from core.one_step.frame import RULES, Frame, forgetful, fresh_gradient, moved, record, setting

STEPS, BATCH = 3, 8
LAYERS = ("conv1", "conv2", "fc1", "fc2", "fc3")     # as the network's own attributes
KINDS = ("weights", "grads", "updates", "outputs")   # what is drawn of each layer


@dataclass(frozen=True)
class LeNetSpec:
    """moment: which frame is shown; in_batch: whose activations are shown."""

    optimizer: str = fields.choice("adam", RULES)
    lr: float = fields.number(0.002, 1e-5, 1.0, log=True)
    forget: bool = fields.flag(False)
    in_batch: int = fields.number(0, 0, BATCH - 1)
    moment: int = fields.number(0, 0, 5 * STEPS)


@dataclass(frozen=True, eq=False)
class Run:
    """x (B, 1, 28, 28) as the network gets it, y (B,)."""

    x: Tensor
    y: Tensor
    frames: tuple[Frame, ...]


@lru_cache(maxsize=1)
def digits() -> train.Splits:
    """The embedded digits, fitted to the network once for all settings."""
    return train.split(setting("sgd", 0.1, batch_size=BATCH, train_images=10 * BATCH, val_fraction=0.0))


def start(optimizer: str, lr: float, forget: bool = False) -> tuple[train.TrainState, Tensor, Tensor]:
    """A training state as any run has it, and its first batch."""
    state = train.start(setting(optimizer, lr, batch_size=BATCH, train_images=10 * BATCH, val_fraction=0.0), digits())
    if forget:
        forgetful(state.optimizer)
    return state, *next(train.batches(state))


@lru_cache(maxsize=12)
def run(optimizer: str, lr: float, forget: bool) -> Run:
    state, x, y = start(optimizer, lr, forget)
    return Run(x, y, record(state, x, y, STEPS))


def alone(frame: Frame, found: Run) -> dict[str, Tensor]:
    """The gradient at the frame's weights without any that was there before."""
    return fresh_gradient(train.fresh("lenet5", 0), frame.weights, found.x, found.y)


@dataclass(frozen=True)
class Row:
    """Of one parameter the lengths of what stands there, its gradient and its latest update, each seen as one long vector.

    None: not there yet. before: the length ahead of that update.
    """

    name: str
    shape: tuple[int, ...]
    weight: float
    gradient: float | None
    update: float | None
    before: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.update is None else self.update / self.before


def table(frames: tuple[Frame, ...], at: int) -> list[Row]:
    """A row for every parameter."""
    frame, updates = frames[at], moved(frames, at)
    return [_row(name, p, frame.grads[name], updates and updates[name]) for name, p in frame.weights.items()]


def _row(name: str, p: Tensor, gradient: Tensor | None, update: Tensor | None) -> Row:
    return Row(name, tuple(p.shape), p.norm().item(), *(None if values is None else values.norm().item() for values in (
        gradient, update, None if update is None else p - update)))


def without_gradient(frame: Frame, name: str) -> float:
    """The share of a parameter's numbers whose gradient is exactly 0."""
    return (frame.grads[name] == 0).float().mean().item()


def weight_name(layer: str) -> str:
    """ "conv1" -> "conv1.0.weight": where the layer's weight stands in the network's Sequential."""
    return f"{layer}.0.weight"
