"""Three ways to one derivative: the chain rule by hand, PyTorch's autograd, and values side by side; and places that have none."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.expression.evaluate import evaluate
from core.gradient.follow import Graph, Node

UNEQUAL = 1e-3                                       # slopes that differ by more, of themselves or of 1, are two slopes
SMOOTH_EPS = 1e-12                                   # below: float64, which is fine enough to tell a kink from a bend
CLOSER = 16                                          # times, for a second look
JUMPING = 0.75                                       # of CLOSER: so much steeper a jump looks from there, at least


@dataclass(frozen=True)
class Sides:
    """Values of the expression at x - h, x and x + h, where x is one element of a leaf."""

    below: float
    here: float
    above: float
    h: float

    @property
    def central(self) -> float:
        """The mean of both slopes. h: smaller, rounding grows; larger, the curve bends more."""
        return (self.above - self.below) / (2 * self.h)

    @property
    def left(self) -> float:
        return (self.here - self.below) / self.h

    @property
    def right(self) -> float:
        return (self.above - self.here) / self.h

    @property
    def apart(self) -> float:
        return abs(self.right - self.left)


@dataclass(frozen=True)
class Difference:
    """The derivative with respect to one element of a leaf. autograd: None where PyTorch leaves .grad at None.

    paths: for every path from the result back to the leaf the local derivatives along it. None for tensors, whose are no single numbers.
    finite: see `Sides.central`. rough: why there is no derivative, or why autograd knows another: "" where all is smooth, else "kink" (two
    slopes, however close one looks), "jump" or "hidden" (one slope, and it is not autograd's). left, right: the slopes from close by.
    """

    leaf: str
    index: tuple[int, ...]                           # () of a single number
    autograd: float | None
    paths: tuple[tuple[float, ...], ...] | None
    finite: float | None
    rough: str = ""
    left: float | None = None
    right: float | None = None

    @property
    def chain(self) -> float | None:
        """Multiply along a path, add over the paths."""
        return None if self.paths is None else sum(map(math.prod, self.paths), start=0.0)

    @property
    def error(self) -> float | None:
        """Of autograd, measured by the finite difference."""
        return None if self.finite is None else abs((self.autograd or 0.0) - self.finite)


def differences(graph: Graph, leaves: dict[str, Tensor], seed: int = 0) -> tuple[Difference, ...]:
    """Every element of every leaf that the expression uses. leaves, best in float64, and seed: those that were followed."""
    eps = max(torch.finfo(node.value.dtype).eps for node in graph.nodes if node.requires_grad)        # of the coarsest dtype on the way
    found = []
    for node in graph.nodes:
        if node.operation in leaves:
            paths = _single(list(back(graph, node.operation)))
            found += [_difference(graph, node, at, paths, leaves, eps, seed) for at in range(node.value.numel())]
    return tuple(found)


def _difference(graph: Graph, leaf: Node, at: int, paths: tuple | None, leaves: dict[str, Tensor], eps: float, seed: int) -> Difference:
    autograd = None if leaf.gradient is None else leaf.gradient.flatten()[at].item()
    index = tuple(int(i) for i in torch.unravel_index(torch.tensor(at), leaf.value.shape)) if leaf.value.ndim else ()
    found = Difference(leaf.operation, index, autograd, paths, None)
    h = eps ** (1 / 3) * max(1.0, abs(leaf.value.flatten()[at].item()))
    around = sides(graph, leaves, leaf.operation, at, h, seed)
    if around is None:
        return found
    found = replace(found, finite=around.central)
    if eps > SMOOTH_EPS or not _suspicious(around, autograd):
        return found
    closer = sides(graph, leaves, leaf.operation, at, h / CLOSER, seed)
    return found if closer is None else replace(found, rough=_rough(around, closer, autograd), left=closer.left, right=closer.right)


def back(graph: Graph, leaf: str, at: int = -1) -> Iterator[tuple[float | None, ...]]:
    """Every path from the result back to a leaf, as local derivatives. Where no gradient flows there is no path."""
    if graph.nodes[at].operation == leaf:
        yield ()
    for edge in graph.nodes[at].edges:
        if edge.passed is not None:
            yield from ((edge.local, *rest) for rest in back(graph, leaf, edge.source))


def sides(graph: Graph, leaves: dict[str, Tensor], leaf: str, at: int, h: float, seed: int) -> Sides | None:
    """The expression with one element of a leaf moved down and up. None where that gives no single number, as x[x >= 1] at 1."""
    values = []
    for move in (-h, h):
        x = leaves[leaf].detach().clone()
        x.view(-1)[at] += move
        value = evaluate(graph.text, leaves | {leaf: x}, seed).value
        if not isinstance(value, Tensor) or value.numel() != 1:
            return None
        values.append(value.item())
    return Sides(values[0], graph.nodes[-1].value.item(), values[1], h)


def _suspicious(around: Sides, autograd: float | None) -> bool:
    """Two slopes, or one that autograd does not know."""
    return _differ(around.left, around.right) or _differ(around.central, autograd or 0.0)


def _rough(around: Sides, closer: Sides, autograd: float | None) -> str:
    """A bend looks straight from closer by: what is between its slopes goes down with h. A kink's stays, and over a jump slopes grow."""
    if max(abs(closer.left), abs(closer.right)) > JUMPING * CLOSER * max(abs(around.left), abs(around.right)):
        return "jump"
    if _differ(closer.left, closer.right) and closer.apart > around.apart / 4:
        return "kink"
    return "hidden" if _differ(closer.central, autograd or 0.0) else ""


def _differ(a: float, b: float) -> bool:
    """False where one is inf or nan."""
    return math.isfinite(a) and math.isfinite(b) and abs(a - b) > UNEQUAL * max(1.0, min(abs(a), abs(b)))


def _single(paths: list[tuple[float | None, ...]]) -> tuple[tuple[float, ...], ...] | None:
    return None if any(local is None for path in paths for local in path) else tuple(paths)


def spoiled(graph: Graph) -> tuple[int, int] | None:
    """Where a gradient becomes inf or nan first on the way back: an operation, as an index of nodes, and the place of its edge.

    None where all are finite.
    """
    for i in graph.order:
        for place, edge in enumerate(graph.nodes[i].edges):
            if edge.passed is not None and not edge.passed.isfinite().all():
                return i, place
    return None
