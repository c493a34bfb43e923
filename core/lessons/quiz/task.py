"""A question about a shape: layers one after the other, what goes in, and what PyTorch really gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from core.layers.shown import call
from core.seeded import seeded

Shape = tuple[int, ...]
RAISES = "raises"                                    # the answer that PyTorch refuses
REFUSED = (RuntimeError, ValueError, TypeError, IndexError, AssertionError)      # how it does

# What is done with the last layer: the program's line, and the same as a function of the layer and x.
USES: dict[str, tuple[str, Callable[[Any, Tensor], Tensor]]] = {
    "plain": ("y = layer(x)", lambda layer, x: layer(x)),
    "output": ("y, _ = layer(x)", lambda layer, x: layer(x)[0]),
    "hidden": ("_, y = layer(x)", lambda layer, x: layer(x)[1]),
    "lstm_hidden": ("_, (y, _) = layer(x)", lambda layer, x: layer(x)[1][0]),
    "attended": ("y, _ = layer(x, x, x)", lambda layer, x: layer(x, x, x)[0]),
    "attention": ("_, y = layer(x, x, x)", lambda layer, x: layer(x, x, x)[1]),
    "decoded": ("y = layer(x, x)", lambda layer, x: layer(x, x)),
    "classes": ("y = layer(x, torch.zeros(len(x), dtype=torch.long))", lambda layer, x: layer(x, torch.zeros(len(x), dtype=torch.long))),
    "distance": ("y = layer(x, torch.zeros_like(x))", lambda layer, x: layer(x, torch.zeros_like(x))),
    "weight": ("y = layer.weight", lambda layer, x: layer.weight),
}
INPUTS: dict[str, tuple[str, Callable[[Shape], Tensor]]] = {
    "rand": ("torch.rand({shape})", torch.rand),
    "indices": ("torch.zeros({shape}, dtype=torch.long)", lambda shape: torch.zeros(shape, dtype=torch.long)),
}


@dataclass(frozen=True)
class Part:
    """One layer of torch.nn and its arguments."""

    name: str
    given: tuple = ()
    named: tuple[tuple[str, Any], ...] = ()

    @property
    def written(self) -> str:
        return call(self.name, *self.given, **dict(self.named))

    def build(self) -> nn.Module:
        return getattr(nn, self.name)(*self.given, **dict(self.named))


@dataclass(frozen=True)
class Task:
    """kind: a key of LAYERS. guesses: answers that lie near, and the thoughts that lead to them. sums: the rule in numbers.

    ask: which words ask it: "shape" of y, "features" that nn.Linear(?, ...) needs, "weight". x: what goes in, a key of INPUTS.
    """

    kind: str
    parts: tuple[Part, ...]
    shape: Shape
    guesses: tuple[tuple[str, str], ...]
    sums: tuple[str, ...] = ()
    ask: str = "shape"
    use: str = "plain"
    x: str = "rand"

    @property
    def lines(self) -> tuple[str, ...]:
        """The layers as a program makes them; of the linear layer that is asked about, the number is open."""
        lines = [part.written for part in self.parts]
        return (*lines, "nn.Linear(?, 10)") if self.ask == "features" else tuple(lines)


@dataclass(frozen=True)
class Outcome:
    """answer: the shape, or the number, or RAISES. steps: what every line gave, up to the one that refused; message: PyTorch's own."""

    answer: str
    steps: tuple[str, ...] = ()
    message: str = ""


def run(task: Task) -> Outcome:
    """Build the layers and let x go through them."""
    return seeded(0, lambda: _run(task))


def _run(task: Task) -> Outcome:
    x, steps = INPUTS[task.x][1](task.shape), []
    try:
        layers = [part.build() for part in task.parts]
        with torch.no_grad():
            for layer in layers:
                x = USES[task.use if layer is layers[-1] else "plain"][1](layer, x)
                steps.append(str(tuple(x.shape)))
    except REFUSED as error:
        return Outcome(RAISES, tuple(steps), f"{type(error).__name__}: {error}")
    return Outcome(str(x.shape[-1]) if task.ask == "features" else steps[-1], tuple(steps))


def program(task: Task) -> str:
    """What proves the answer: it prints the shape, or raises the error."""
    layers = [part.written for part in task.parts]
    made = f"layer = {layers[0]}" if len(layers) == 1 else "layer = nn.Sequential(\n" + "".join(f"    {line},\n" for line in layers) + ")"
    x = INPUTS[task.x][0].format(shape=", ".join(map(str, task.shape)) if task.x == "rand" else task.shape)
    given = "" if task.ask == "weight" else f"x = {x}\n"
    end = "print(y.shape[-1])" if task.ask == "features" else "print(y.shape)"
    return f"import torch\nfrom torch import nn\n\n{made}\n{given}{USES[task.use][0]}\n{end}"


@dataclass(frozen=True)
class Question:
    """What a learner is asked. lines: the layers, one below the other; called: what is done with them; code: a program that proves it."""

    kind: str                                        # a key of LAYERS or MODELS
    ask: str
    lines: tuple[str, ...]
    shape: Shape
    guesses: tuple[tuple[str, str], ...]
    sums: tuple[str, ...]
    called: str
    code: str
    outcome: Outcome


def posed(task: Task) -> Question:
    """The task with PyTorch's own answer."""
    return Question(task.kind, task.ask, task.lines, task.shape, task.guesses, task.sums, USES[task.use][0], program(task), run(task))


def near(right: Shape | int, thoughts: Mapping[str, Shape | int]) -> tuple[tuple[str, str], ...]:
    """The answer if all fits, and what usual thoughts lead to -> answers and their thoughts; of several with one answer, the first."""
    found = {str(right): "right"}
    for thought, answer in thoughts.items():
        found.setdefault(str(answer), thought)
    return tuple(found.items())
