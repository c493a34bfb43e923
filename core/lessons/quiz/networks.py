"""Questions about the shapes inside the introductions' own networks."""

import ast
import inspect
from dataclasses import dataclass
from functools import cache, lru_cache
from math import prod
from random import Random

import torch

from core.lessons.quiz.layers import EASY, MISFITS
from core.lessons.quiz.sliding import Window
from core.lessons.quiz.task import PICTURES, RAISES, Outcome, Question, Shape, near
from core.models import MODELS, fresh
from core.trace import Op, trace

FIRST = 4                                            # so many operations that change a shape are asked about at the lowest level
OTHER_SIZES = {32: 28, 28: 32}                       # MNIST's pixels into a network for 32, and the other way round


@dataclass(frozen=True)
class Stop:
    """One operation on the way: how it is written in the picture and in a program, and the shape behind it."""

    written: str
    code: str
    shape: Shape
    sum: str
    begins: bool                                     # a new line of the picture


@lru_cache(maxsize=64)
def way(key: str, batch: int, size: int) -> tuple[tuple[Stop, ...], str]:
    """x (batch, C, size, size) through a fresh network: every operation up to the one that refuses, and PyTorch's message if one does."""
    found = trace(fresh(key, 0), torch.zeros(batch, MODELS[key].channels, size, size))
    return tuple(map(_stop, found.ops)), found.error


def question(key: str, rng: Random, level: int) -> Question:
    """What comes out behind an operation, how many numbers the first linear layer gets, or whether pictures fit at all."""
    batch = rng.choice((1, 4, 16))
    ask = rng.choice((_first,) if level == EASY else (_behind, _behind, _features))
    return _misfit(key, batch) if rng.random() < MISFITS[level] else ask(key, batch, rng)


def _first(key: str, batch: int, rng: Random) -> Question:
    return _behind(key, batch, rng, FIRST)


def _behind(key: str, batch: int, rng: Random, among: int | None = None) -> Question:
    """among: of how many operations from the first on, all without."""
    size = MODELS[key].size
    stops, _ = way(key, batch, size)
    at = rng.choice([i for i, stop in enumerate(stops) if stop.sum][:among])
    shape = (batch, MODELS[key].channels, size, size)
    guesses, seen = near(stops[at].shape, _thoughts(key, batch, at, shape)), stops[: at + 1]
    begun = max(i for i, stop in enumerate(seen) if stop.begins)
    sums = tuple(f"{stop.written.partition(':')[0]}: {stop.sum}" for stop in seen[begun:] if stop.sum)
    return Question(key, "network", _lines(seen), shape, guesses, sums, "", _program(key, shape, seen),
                    Outcome(str(stops[at].shape), _line_shapes(seen)), PICTURES)


def _thoughts(key: str, batch: int, at: int, x: Shape) -> dict[str, Shape]:
    """Shapes of the neighbours on the way, of the sister networks there, and the usual slips."""
    stops, _ = way(key, batch, MODELS[key].size)
    right, before = stops[at].shape, [x, *(stop.shape for stop in stops[:at])]
    found = {"network_before": next((shape for shape in reversed(before) if shape != right), x),
             "network_next": next((stop.shape for stop in stops[at:] if stop.shape != right), stops[-1].shape)}
    for i, other in enumerate(other for other in MODELS if other != key):
        there = way(other, batch, MODELS[other].size)[0]
        if at < len(there) and len(there[at].shape) == len(right):
            found[f"network_other{i}"] = there[at].shape
    return found | {"batch_dropped": right[1:], "channels_last": (batch, *right[2:], right[1]), "turned": right[::-1]}


def _features(key: str, batch: int, rng: Random) -> Question:
    size = MODELS[key].size
    stops, _ = way(key, batch, size)
    at = next(i for i, stop in enumerate(stops) if stop.code.startswith("x.view"))
    channels, side = stops[at - 1].shape[1:3]
    others = {f"network_other{i}": _flat(other) for i, other in enumerate(MODELS) if other != key}
    before = next(stop.shape for stop in reversed(stops[:at]) if stop.shape != stops[at - 1].shape)
    guesses = near(channels * side * side, {**others, "features_channels": side * side, "features_before_pool": prod(before[1:]),
                                            "features_side": channels * side, "features_kept": stops[0].shape[1] * side * side})
    shape, seen = (batch, MODELS[key].channels, size, size), stops[: at + 1]
    return Question(key, "features", (*_lines(seen), "fc1: Linear(?, 120)"), shape, guesses,
                    (f"{channels} · {side} · {side} = {channels * side * side}",), "", _program(key, shape, seen, "[-1]"),
                    Outcome(str(stops[at].shape[-1]), _line_shapes(seen)), PICTURES)


def _flat(key: str) -> int:
    stops, _ = way(key, 1, MODELS[key].size)
    return next(stop.shape[-1] for stop in stops if stop.code.startswith("x.view"))


def _misfit(key: str, batch: int) -> Question:
    """Pictures of the other size: up to the first linear layer all goes well."""
    size = OTHER_SIZES[MODELS[key].size]
    shape = (batch, MODELS[key].channels, size, size)
    whole, _ = way(key, batch, MODELS[key].size)
    stops, message = way(key, batch, size)
    flat, wanted = stops[-1].shape[-1], _flat(key)
    guesses = near((batch, 10), {"linear_batch_lost": (10,), "network_next": (batch, 120), "channels_last": (batch, 84)})
    return Question(key, "fits", _lines(whole), shape, guesses, (f"{flat} ≠ in_features = {wanted}",), "", _program(key, shape, whole),
                    Outcome(RAISES, _line_shapes(stops), f"RuntimeError: {message}"), PICTURES)


def _stop(op: Op) -> Stop:
    called = f"{_member(f'net.{op.path}')}(x)"
    name = op.path.partition(".")[0]
    match op.name:
        case "conv2d":
            out, given, kernel, _ = op.weight.shape
            sum_ = f"{Window(kernel, op.window.stride[0], op.window.padding[0]).sum(op.in_shape[2])}"
            return Stop(f"{name}: Conv2d({given}, {out}, {kernel})", called, op.out_shape, sum_, True)
        case "linear":
            out, given = op.weight.shape
            return Stop(f"{name}: Linear({given}, {out})", called, op.out_shape, f"{op.in_shape} → {op.out_shape}", True)
        case "max_pool2d":
            side = op.window.size[0]
            sum_ = f"{Window(side, op.window.stride[0]).sum(op.in_shape[2])}"
            return Stop(f"max_pool2d({side})", called if op.path else f"F.max_pool2d(x, {side})", op.out_shape, sum_, False)
        case "view":
            sum_ = f"{' · '.join(map(str, op.in_shape[1:]))} = {op.out_shape[1]}"
            return Stop("x.view(len(x), -1)", "x.view(len(x), -1)", op.out_shape, sum_, True)
    return Stop({"batch_norm": "BatchNorm2d"}.get(op.name, op.name), called if op.path else f"F.{op.name}(x)", op.out_shape, "", False)


def _member(path: str) -> str:
    """net.conv1.0 -> net.conv1[0]"""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path.split(".")).removeprefix(".")


def _lines(stops: tuple[Stop, ...]) -> tuple[str, ...]:
    """What belongs together stands on one line."""
    lines: list[str] = []
    for stop in stops:
        if stop.begins:
            lines.append(stop.written)
        else:
            lines[-1] += f" → {stop.written}"
    return tuple(lines)


def _line_shapes(stops: tuple[Stop, ...]) -> tuple[str, ...]:
    """The shape at the end of each of those lines."""
    return tuple(str(stop.shape) for stop, behind in zip(stops, (*stops[1:], None), strict=True) if behind is None or behind.begins)


def _program(key: str, shape: Shape, stops: tuple[Stop, ...], part: str = "") -> str:
    """The network's own class, and x through the first of its operations."""
    name, source = _class(key)
    steps = "\n".join(f"x = {stop.code}" for stop in stops)
    imports = "import torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F"
    return (f"{imports}\n\n\n{source}\n\n\n"
            f"net = {name}()\nx = torch.rand({', '.join(map(str, shape))})\n{steps}\nprint(x.shape{part})")


@cache
def _class(key: str) -> tuple[str, str]:
    """Its name and its source, which takes 2 ms to find."""
    kind = type(fresh(key, 0))
    return kind.__name__, _without_docstrings(inspect.getsource(kind).rstrip())


def _without_docstrings(source: str) -> str:
    """They speak of our own modules. The empty lines that followed them go too; comments stay."""
    lines: list[str | None] = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            first, last = node.body[0].lineno - 1, node.body[0].end_lineno
            last += not lines[last]
            lines[first:last] = [None] * (last - first)
    return "\n".join(line for line in lines if line is not None)
