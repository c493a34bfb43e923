"""Three ways to one derivative: the chain rule by hand, PyTorch's autograd, and two values of the expression side by side."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from core.expression.evaluate import evaluate
from core.gradient.follow import Graph


@dataclass(frozen=True)
class Difference:
    """The derivative with respect to one element of a leaf. autograd: None where PyTorch leaves .grad at None. finite: see `central`.

    paths: for every path from the result back to the leaf the local derivatives along it. None for tensors, whose are no single numbers.
    """

    leaf: str
    index: tuple[int, ...]                           # () of a single number
    autograd: float | None
    paths: tuple[tuple[float, ...], ...] | None
    finite: float | None

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
    found = []
    coarsest = max(torch.finfo(node.value.dtype).eps for node in graph.nodes if node.requires_grad)
    for node in graph.nodes:
        if node.operation not in leaves:
            continue
        paths = _single(list(back(graph, node.operation)))
        for at in range(node.value.numel()):
            finite = central(graph.text, leaves, node.operation, at, coarsest, seed)
            autograd = None if node.gradient is None else node.gradient.flatten()[at].item()
            index = tuple(int(i) for i in torch.unravel_index(torch.tensor(at), node.value.shape)) if node.value.ndim else ()
            found.append(Difference(node.operation, index, autograd, paths, finite))
    return tuple(found)


def back(graph: Graph, leaf: str, at: int = -1) -> Iterator[tuple[float | None, ...]]:
    """Every path from the result back to a leaf, as local derivatives. Where no gradient flows there is no path."""
    if graph.nodes[at].operation == leaf:
        yield ()
    for edge in graph.nodes[at].edges:
        if edge.passed is not None:
            yield from ((edge.local, *rest) for rest in back(graph, leaf, edge.source))


def central(text: str, leaves: dict[str, Tensor], leaf: str, at: int, eps: float, seed: int) -> float | None:
    """(f(x + h) - f(x - h)) / 2h for one element of a leaf. h: smaller, rounding grows; larger, the curve bends more.

    None where a neighbour of x gives no single number, as x[x >= 1] at 1.
    """
    h = eps ** (1 / 3) * max(1.0, abs(leaves[leaf].flatten()[at].item()))
    values = []
    for moved in (h, -h):
        x = leaves[leaf].detach().clone()
        x.view(-1)[at] += moved
        value = evaluate(text, leaves | {leaf: x}, seed).value
        if not isinstance(value, Tensor) or value.numel() != 1:
            return None
        values.append(value.item())
    return (values[0] - values[1]) / (2 * h)


def _single(paths: list[tuple[float | None, ...]]) -> tuple[tuple[float, ...], ...] | None:
    return None if any(local is None for path in paths for local in path) else tuple(paths)
