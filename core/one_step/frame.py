"""The training loop's own generator, stopped after each of its parts: every number that is there then, and which of them are new."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from core.train import TrainSpec, TrainState, training_step

START = "start"                                      # before anything ran
PARTS = ("zero_grad", "forward", "loss", "backward", "step")
RULES = {"sgd": ("sgd", 0.0), "momentum": ("sgd", 0.9), "adam": ("adam", 0.9)}       # -> a key of OPTIMIZERS, and its momentum
Way = Callable[[TrainState, Tensor, Tensor], Iterator[str]]
Named = Mapping[str, Tensor | None]


@dataclass(frozen=True, eq=False)
class Frame:
    """A network that stands still. weights, grads: by parameter; a gradient is None where PyTorch says None.

    outputs: what each part of the network gave in the latest forward pass, and flows the gradient of the loss for that; empty before
    the first. memory: what the optimizer keeps, under "parameter/name". changed: the fields that differ from the frame before.
    """

    step: int = 0                                    # counted from 1; 0 before the first
    part: str = START
    weights: Named = field(default_factory=dict)
    grads: Named = field(default_factory=dict)
    outputs: Named = field(default_factory=dict)
    flows: Named = field(default_factory=dict)
    loss: Named = field(default_factory=dict)        # {"loss": ()} once it was computed
    memory: Named = field(default_factory=dict)
    changed: tuple[str, ...] = ()


SEEN = tuple(f.name for f in fields(Frame) if f.name not in ("step", "part", "changed"))


def setting(rule: str, lr: float, **more: object) -> TrainSpec:
    """What the training loop is told. rule: a key of RULES."""
    optimizer, momentum = RULES[rule]
    return TrainSpec(optimizer=optimizer, lr=lr, momentum=momentum, **more)


def forgetful(optimizer: Optimizer) -> Optimizer:
    """The same optimizer, whose zero_grad() does nothing: as if somebody had forgotten the line."""
    optimizer.zero_grad = lambda: None
    return optimizer


def record(state: TrainState, x: Tensor, y: Tensor, steps: int, way: Way = training_step) -> tuple[Frame, ...]:
    """The start, and a frame after each part of so many steps, all on one batch."""
    outputs = watched(state.model)
    frames = [freeze(state, outputs, Frame())]
    for step in range(1, steps + 1):
        for part in way(state, x, y):
            frames.append(freeze(state, outputs, frames[-1], step, part))
    return tuple(frames)


def watched(model: nn.Module) -> dict[str, Tensor]:
    """A dict in which every forward pass leaves what each part of the network gave."""
    outputs = {}

    def keep(name: str, out: Tensor) -> None:
        out.retain_grad()                            # else autograd throws the gradient of what is no parameter away
        outputs[name] = out

    for name, part in model.named_children():
        part.register_forward_hook(lambda _, given, out, name=name: keep(name, out))
    return outputs


def freeze(state: TrainState, outputs: dict[str, Tensor], last: Frame, step: int = 0, part: str = START) -> Frame:
    """Copies of all that differs from the frame before; the rest is shared with it."""
    named = dict(state.model.named_parameters())
    found: dict[str, Named] = {
        "weights": named, "grads": {name: p.grad for name, p in named.items()},
        "outputs": outputs, "flows": {name: out.grad for name, out in outputs.items()},
        "loss": {} if state.loss is None else {"loss": state.loss},
        "memory": {f"{name}/{key}": value for name, p in named.items() for key, value in state.optimizer.state.get(p, {}).items()},
    }
    new = {name: {key: copied(value) for key, value in values.items()} for name, values in found.items()
           if not same(values, getattr(last, name))}
    kept = {name: new.get(name, getattr(last, name)) for name in SEEN}
    return Frame(step, part, **kept, changed=() if part == START else tuple(new))


def copied(value: Tensor | None) -> Tensor | None:
    return None if value is None else value.detach().clone()


def same(a: Named, b: Named) -> bool:
    """Bit for bit."""
    return a.keys() == b.keys() and all(_equal(a[name], b[name]) for name in a)


def _equal(a: Tensor | None, b: Tensor | None) -> bool:
    return a is b if a is None or b is None else torch.equal(a, b)


def moved(frames: tuple[Frame, ...], at: int) -> dict[str, Tensor] | None:
    """By how much the latest optimizer step changed each weight; None before the first."""
    steps = [i for i in range(1, at + 1) if frames[i].part == "step"]
    if not steps:
        return None
    after, before = frames[steps[-1]].weights, frames[steps[-1] - 1].weights
    return {name: after[name] - before[name] for name in after}


def fresh_gradient(model: nn.Module, weights: Named, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """What backward() finds for these weights when nothing was there before."""
    model.load_state_dict(weights)
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    return {name: p.grad.clone() for name, p in model.named_parameters()}


@cache
def lines() -> dict[str, str]:
    """The five lines of the training loop as its file has them, by the part that each one is."""
    source = inspect.getsource(training_step)
    return {part: re.search(rf"^ *(\S.*?) *# {part}:", source, re.MULTILINE)[1] for part in PARTS}
