"""Run a network once and keep every operation of its forward, functional ones included."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

NAMES = {"_max_pool2d": "max_pool2d", "reshape": "view"}      # inner names -> the name that people write


@dataclass(frozen=True)
class Op:
    """One operation: who called it, what went in, what came out. Shapes include the batch dimension."""

    name: str                                        # "conv2d", "relu", "max_pool2d", "view", "linear"
    path: str                                        # "conv1" or "conv1.0"; "" when forward() itself called it
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    out: Tensor

    @property
    def parameter_count(self) -> int:
        return sum(prod(shape) for _, shape in self.parameters)

    @property
    def arithmetic(self) -> str:
        """The parameter count as a sum of products: "6·1·5·5 + 6 = 156". Empty without parameters."""
        if not self.parameters:
            return ""
        return " + ".join("·".join(map(str, shape)) for _, shape in self.parameters) + f" = {self.parameter_count:,}"


@dataclass(frozen=True)
class Trace:
    """Every operation in order; `error` is PyTorch's own message when one of them refused its input."""

    ops: tuple[Op, ...]
    in_shape: tuple[int, ...]
    error: str = ""

    @property
    def output(self) -> Tensor:
        return self.ops[-1].out


def trace(model: nn.Module, x: Tensor) -> Trace:
    """Run model(x) without gradients. The model is left as it was. Shapes: x (B, C, H, W)."""
    recorder = _Recorder({id(m): path for path, m in model.named_modules()})
    error = ""
    with torch.no_grad(), recorder:
        try:
            model(x)
        except RuntimeError as refused:              # shapes that do not fit; anything else is our own mistake
            error = str(refused)
    return Trace(tuple(recorder.ops), tuple(x.shape), error)


def layers(ops: tuple[Op, ...]) -> list[tuple[str, Op]]:
    """The operations of LeNet's classic figure with their names there: C1, S2, C3, S4, C5/F5, F6, OUT.

    A layer's map is taken after its activation function, as the next layer sees it.
    """
    letters = {"conv2d": "C", "max_pool2d": "S", "linear": "F"}
    named: list[tuple[str, Op]] = []
    for op in ops:
        if op.name in letters:
            number = len(named) + 1
            named.append((f"{letters[op.name]}{number}", op))
        elif op.name == "relu" and named:
            label, layer = named[-1]
            named[-1] = (label, Op(layer.name, layer.path, layer.in_shape, op.out_shape, layer.parameters, op.out))
    if named and named[-1][1].name == "linear":
        named[-1] = ("OUT", named[-1][1])
    return [("C5/F5" if label == "F5" else label, op) for label, op in named]


class _Recorder(TorchFunctionMode):
    """Sees every torch function; it is off inside its own handler, so nothing is reported twice."""

    def __init__(self, paths: dict[int, str]) -> None:
        super().__init__()
        self.paths, self.ops = paths, []

    def __torch_function__(self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        out = func(*args, **(kwargs or {}))
        if isinstance(out, Tensor) and isinstance(args[0], Tensor) and func.__name__ != "__get__":
            path, module = self._caller()
            owned = tuple((n, tuple(p.shape)) for n, p in module.named_parameters(recurse=False)) if module else ()
            name = NAMES.get(func.__name__, func.__name__)
            self.ops.append(Op(name, path, tuple(args[0].shape), tuple(out.shape), owned, out.detach()))
        return out

    def _caller(self) -> tuple[str, nn.Module | None]:
        """The innermost module on the call stack. Frames leave nothing on the model, unlike hooks."""
        frame = sys._getframe(2)
        while frame is not None:
            if frame.f_code is nn.Module._call_impl.__code__:
                module = frame.f_locals["self"]
                if id(module) in self.paths:
                    return self.paths[id(module)], module
            frame = frame.f_back
        return "", None
