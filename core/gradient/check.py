"""Three ways to one derivative: the chain rule by hand, PyTorch's autograd, and values side by side; and places that have none."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from core.errors import SpecError
from core.expression.budget import Budget
from core.expression.evaluate import evaluate
from core.gradient.follow import Graph, Node

UNEQUAL = 1e-3                                       # slopes that differ by more, of themselves or of 1, are two slopes
ROUNDINGS = 8                                        # and by more than what so many of them may add to a slope
SMOOTH_EPS = 1e-12                                   # below: float64, which is fine enough to tell a kink from a bend
CLOSER = 64                                          # times, for a second look, and again for a third
STEADY = 1 / 4                                       # of what is looked at: what changes by less from look to look is the same
CALLS, MULTIPLY_ADDS = 2000, 3 * 10**8               # for all elements together; each of both takes some 0.3 s


@dataclass(frozen=True)
class Sides:
    """Values of the expression at x - h, x and x + h, where x is one element of a leaf. rounding: of the largest number on the way."""

    below: float
    here: float
    above: float
    h: float
    rounding: float = 0.0

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

    @property
    def leap(self) -> tuple[float, float]:
        return self.here - self.below, self.above - self.here

    def differ(self, a: float, b: float) -> bool:
        """Whether two slopes are apart by more than bends and rounding explain. False where one is inf or nan."""
        unsure = UNEQUAL * max(1.0, min(abs(a), abs(b))) + ROUNDINGS * self.rounding / self.h
        return math.isfinite(a) and math.isfinite(b) and abs(a - b) > unsure


@dataclass(frozen=True)
class Difference:
    """The derivative with respect to one element of a leaf. autograd: None where PyTorch leaves .grad at None.

    paths: for every path from the result back to the leaf the local derivatives along it. None for tensors, whose are no single numbers.
    finite: see `Sides.central`; None where there is no number beside. rough: why there is no derivative, or why autograd knows another:
    "" where all is smooth, else "kink" (two slopes, however close one looks), "jump" or "hidden" (one slope, and it is not autograd's).
    left, right: the slopes from close by. unchecked: the check had computed too much before it came to an end here.
    """

    leaf: str
    index: tuple[int, ...]                           # () of a single number
    autograd: float | None
    paths: tuple[tuple[float, ...], ...] | None
    finite: float | None
    rough: str = ""
    left: float | None = None
    right: float | None = None
    unchecked: bool = False

    @property
    def chain(self) -> float | None:
        """Multiply along a path, add over the paths."""
        return None if self.paths is None else sum(map(math.prod, self.paths), start=0.0)

    @property
    def error(self) -> float | None:
        """Of autograd, measured by the finite difference."""
        return None if self.finite is None else abs((self.autograd or 0.0) - self.finite)


Look = Callable[[float], Sides | None]               # from h to what is found there


def differences(graph: Graph, leaves: dict[str, Tensor], seed: int = 0) -> tuple[Difference, ...]:
    """Every element of every leaf that the expression uses. leaves, best in float64, and seed: those that were followed."""
    eps = max(torch.finfo(node.value.dtype).eps for node in graph.nodes if node.requires_grad)        # of the coarsest dtype on the way
    rounding, budget, found = eps * _largest(graph), Budget(CALLS, MULTIPLY_ADDS), []
    for node in graph.nodes:
        if node.operation in leaves:
            paths = _single(list(back(graph, node.operation)))
            for at in range(node.value.numel()):
                look = partial(sides, graph, leaves, node.operation, at, seed=seed, rounding=rounding, budget=budget)
                found.append(_difference(node, at, paths, eps, look))
    return tuple(found)


def _largest(graph: Graph) -> float:
    """Size of the largest number on the way."""
    return max(node.value.double().abs().nan_to_num(0, 0).max().item() for node in graph.nodes if node.value.numel())


def _difference(leaf: Node, at: int, paths: tuple | None, eps: float, look: Look) -> Difference:
    """One look, and two closer ones where it finds two slopes, or one that autograd does not know."""
    autograd = None if leaf.gradient is None else leaf.gradient.flatten()[at].item()
    index = tuple(int(i) for i in torch.unravel_index(torch.tensor(at), leaf.value.shape)) if leaf.value.ndim else ()
    found = Difference(leaf.operation, index, autograd, paths, None)
    h = eps ** (1 / 3) * max(1.0, abs(leaf.value.flatten()[at].item()))
    try:
        around = look(h)
        if around is None:
            return found
        found = replace(found, finite=around.central)
        if eps > SMOOTH_EPS or not (around.differ(around.left, around.right) or around.differ(around.central, autograd or 0.0)):
            return found
        closer, closest = look(h / CLOSER), look(h / CLOSER**2)
    except SpecError:                                # the budget is spent
        return replace(found, unchecked=True)
    if closer is None or closest is None:
        return found
    return replace(found, rough=_rough(around, closer, closest, autograd or 0.0), left=closer.left, right=closer.right)


def back(graph: Graph, leaf: str, at: int = -1) -> Iterator[tuple[float | None, ...]]:
    """Every path from the result back to a leaf, as local derivatives. Where no gradient flows there is no path."""
    if graph.nodes[at].operation == leaf:
        yield ()
    for edge in graph.nodes[at].edges:
        if edge.passed is not None:
            yield from ((edge.local, *rest) for rest in back(graph, leaf, edge.source))


def sides(graph: Graph, leaves: dict[str, Tensor], leaf: str, at: int, h: float, seed: int = 0, rounding: float = 0.0,
          budget: Budget | None = None) -> Sides | None:
    """The expression with one element of a leaf moved down and up. None where that gives no single number, as x[x >= 1] at 1."""
    values = []
    for move in (-h, h):
        x = leaves[leaf].detach().clone()
        x.view(-1)[at] += move
        value = evaluate(graph.text, leaves | {leaf: x}, seed, budget=budget).value
        if not isinstance(value, Tensor) or value.numel() != 1:
            return None
        values.append(value.item())
    return Sides(values[0], graph.nodes[-1].value.item(), values[1], h, rounding)


def _rough(around: Sides, closer: Sides, closest: Sides, autograd: float) -> str:
    """From closer by a jump stays as high as it is, a kink keeps its two slopes, and a bend looks straight."""
    looks = (around, closer, closest)
    high = max(map(abs, closest.leap))
    if high > ROUNDINGS * closest.rounding and _steady([look.leap for look in looks], of=high):
        return "jump"
    if closest.differ(closest.left, closest.right):
        return "kink" if _steady([(look.left, look.right) for look in looks[1:]], of=closest.apart) else ""
    steady = not closest.differ(closest.central, closer.central)
    return "hidden" if steady and closest.differ(closest.central, autograd) else ""


def _steady(seen: list[tuple[float, float]], of: float) -> bool:
    """Whether both numbers stay what they are at the last look. False where one is inf or nan."""
    return all(abs(a - last) <= STEADY * of for pair in seen for a, last in zip(pair, seen[-1], strict=True))


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
