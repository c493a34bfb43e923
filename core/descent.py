"""Gradient descent on curves and surfaces that can be drawn: where it goes, and how it ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from core import fields

WITHIN, FAR = 0.01, 0.1                              # of the picture's width: at a valley's lowest point, and nowhere near it
FLAT = 0.01                                          # a slope that moves nothing
SPAN = 10                                            # steps over which the values must sink, else it only goes back and forth
SINKING = 0.9                                        # of the values one span before
FACTORS = {"own": 1.0, "half": 0.5, "double": 2.0}   # of the learning rate that is asked for


def parabola(p: Tensor) -> Tensor:
    x, = p
    return x**2


def two_valleys(p: Tensor) -> Tensor:
    x, = p
    return x**4 / 4 - 0.62 * x**2 + 0.24 * x         # slope (x + 1.2)·(x - 0.2)·(x - 1)


def plateau(p: Tensor) -> Tensor:
    x, = p
    return torch.tanh(2 * x) ** 2                    # squared error of one tanh unit whose target is 0


def narrow_valley(p: Tensor) -> Tensor:
    x, y = p
    return 0.4 * x**2 + 9.5 * y**2                   # curvatures 0.8 and 19


def bent_valley(p: Tensor) -> Tensor:
    x, y = p
    return (1 - x) ** 2 / 10 + (y - x**2) ** 2       # Rosenbrock's function, with b = 10, divided by 10


def saddle(p: Tensor) -> Tensor:
    x, y = p
    return (x**2 - 1) ** 2 / 4 + y**2 / 2


@dataclass(frozen=True)
class Landscape:
    """A function of one or two numbers, and the part of it that is drawn.

    f takes (dims,) or (dims, ...) and returns a number for each place. low and high: corners of the picture, one number for each of the
    dims. y0: where a descent on a surface starts, beside its x0. minima: all of them. curvature: the largest one, where it is the same
    everywhere.
    """

    f: Callable[[Tensor], Tensor]
    formula: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    y0: tuple[float, ...] = ()
    curvature: float | None = None

    @property
    def dims(self) -> int:
        return len(self.low)


LANDSCAPES: dict[str, Landscape] = {
    "parabola": Landscape(parabola, "f(x) = x^2", (-3,), (3,), ((0,),), curvature=2),
    "two_valleys": Landscape(two_valleys, r"f(x) = \frac{x^4}{4} - 0.62\,x^2 + 0.24\,x", (-2.2,), (2.2,), ((-1.2,), (1,))),
    "plateau": Landscape(plateau, r"f(x) = \tanh^2(2x)", (-3,), (3,), ((0,),)),
    "narrow_valley": Landscape(narrow_valley, "f(x, y) = 0.4\\,x^2 + 9.5\\,y^2", (-2.5, -1.5), (2.5, 1.5), ((0, 0),), (0.6,), curvature=19),
    "bent_valley": Landscape(bent_valley, r"f(x, y) = \frac{(1 - x)^2}{10} + (y - x^2)^2", (-2.5, -2), (2.5, 4), ((1, 1),), (2,)),
    "saddle": Landscape(saddle, r"f(x, y) = \frac{(x^2 - 1)^2}{4} + \frac{y^2}{2}", (-2.2, -1.9), (2.2, 1.9), ((-1, 0), (1, 0)), (1.2,)),
}
VERDICTS = ("converged", "on_the_way", "stuck", "oscillating", "diverged")


@dataclass(frozen=True)
class DescendSpec:
    landscape: str = fields.choice("parabola", LANDSCAPES)
    x0: float = fields.number(-2.0, -2.0, 2.0, step=0.1)
    lr: float = fields.number(0.1, 0.001, 2.0, log=True)
    momentum: float = fields.number(0.0, 0.0, 0.95, step=0.05)
    steps: int = fields.number(20, 1, 200)


@dataclass(frozen=True)
class Descent:
    """A walk of N steps. path (N + 1, dims), values (N + 1,), gradients (N + 1, dims): at each place of the path, the start included.

    verdict: a key of VERDICTS. left: the first step from which on it was outside the picture, or not finite, up to the end.
    arrived: the first step from which on it was at one valley's lowest point. nearest: that point, or the one nearest to the end.
    """

    path: np.ndarray
    values: np.ndarray
    gradients: np.ndarray
    verdict: str
    left: int | None
    arrived: int | None
    nearest: tuple[float, ...]


def walk(f: Callable[[Tensor], Tensor], start: tuple[float, ...], lrs: tuple[float, ...], momentum: float) -> Iterator[tuple[Tensor, ...]]:
    """Gradient descent without end, R walks from one start, each with its learning rate; all in one tensor take little more time than one.

    Yields places (dims, R), values (R,) and gradients (dims, R), then takes a step by torch.optim.SGD's rule.
    """
    x = torch.tensor(start, dtype=torch.float64)[:, None].repeat(1, len(lrs)).requires_grad_()
    lr, ones, v = torch.tensor(lrs, dtype=torch.float64), torch.ones(len(lrs), dtype=torch.float64), torch.zeros_like(x)
    while True:
        value = f(x)
        value.backward(ones)                         # each value depends on its own column of x alone: x.grad holds R gradients
        slope, x = x.grad, x.detach()
        yield x, value.detach(), slope
        v = momentum * v + slope                     # what optimizer.step() does; x is detached, so nothing is recorded
        x = (x - lr * v).requires_grad_()            # a new leaf, with no old gradient to set to zero


@lru_cache(maxsize=512)
def descend(spec: DescendSpec) -> dict[str, Descent]:
    """The walk with the learning rate asked for, and those it is compared with: keys of FACTORS.

    Raises SpecError("unknown_key") for a landscape that is not known.
    """
    fields.check(spec)
    land = LANDSCAPES[spec.landscape]
    steps = islice(walk(land.f, start(spec), tuple(spec.lr * factor for factor in FACTORS.values()), spec.momentum), spec.steps + 1)
    paths, values, gradients = (torch.stack(each).numpy() for each in zip(*steps, strict=True))        # (N + 1, dims, R), (N + 1, R)
    return {name: judge(land, paths[..., i], values[:, i], gradients[..., i]) for i, name in enumerate(FACTORS)}


def start(spec: DescendSpec) -> tuple[float, ...]:
    return (spec.x0, *LANDSCAPES[spec.landscape].y0)


def judge(land: Landscape, path: np.ndarray, values: np.ndarray, gradients: np.ndarray) -> Descent:
    """Says from the numbers alone how a walk ended."""
    width = max(np.subtract(land.high, land.low))
    inside = ((path >= land.low) & (path <= land.high)).all(1) & np.isfinite(values)           # (N + 1,), False for nan
    left = None if inside[-1] else _since(~inside)
    with np.errstate(invalid="ignore", over="ignore"):                     # a walk that has left may be anywhere
        distances = np.linalg.norm(path[:, None] - np.array(land.minima), axis=2) / width      # (N + 1, minima)
    nearest = int(np.argmin(distances[-1 if left is None else left - 1]))
    at_rest = distances[:, nearest] <= WITHIN
    arrived = _since(at_rest) if at_rest[-1] else None
    if left is not None:
        verdict = "diverged"
    elif arrived is not None:
        verdict = "converged"
    elif distances[-1, nearest] > FAR and np.linalg.norm(gradients[-1]) < FLAT:
        verdict = "stuck"
    else:
        verdict = "oscillating" if _back_and_forth(path, values - floor_of(land)) else "on_the_way"
    return Descent(path, values, gradients, verdict, left, arrived, tuple(map(float, land.minima[nearest])))


@lru_cache
def floor_of(land: Landscape) -> float:
    """The lowest value that there is."""
    return min(float(land.f(torch.tensor(place, dtype=torch.float64))) for place in land.minima)


def _back_and_forth(path: np.ndarray, heights: np.ndarray) -> bool:
    """Most of the last steps turn round, and the way down goes on no more."""
    span = min(SPAN, (len(path) - 1) // 2)
    if span < 1:
        return False
    moves = np.diff(path[-span - 2:], axis=0)
    turns = (moves[1:] * moves[:-1]).sum(1) < 0
    return turns.mean() > 0.5 and heights[-span:].mean() > SINKING * heights[-2 * span:-span].mean()


def _since(true: np.ndarray) -> int:
    """The index from which on all are true; the last one is."""
    return len(true) - int(np.argmin(true[::-1])) if not true.all() else 0


@lru_cache
def grid(landscape: str, points: int) -> tuple[np.ndarray, ...]:
    """The picture's axes, (points,) each, and the values over them: (points,), or (points, points) with a row for each y."""
    land = LANDSCAPES[landscape]
    axes = [torch.linspace(low, high, points, dtype=torch.float64) for low, high in zip(land.low, land.high, strict=True)]
    return (*(axis.numpy() for axis in axes), land.f(torch.stack(torch.meshgrid(*axes, indexing="xy"))).numpy())
