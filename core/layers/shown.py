"""What every view of the gallery tells of its layer: what went in, what came out, what can be learned, and the program that did it."""

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Shown:
    """A layer at work: y = module(x), in the mode in which the module is. code: a program that ends with the same y."""

    module: nn.Module
    x: Tensor
    y: Tensor
    code: str

    @property
    def written(self) -> str:
        """The layer as its program makes it: nn.Linear(3, 2)."""
        return self.code.partition("\nlayer = ")[2].partition("\n")[0]

    @property
    def parameters(self) -> list[tuple[str, tuple[int, ...], int]]:
        """Name, shape and how many numbers, as `named_parameters` lists them."""
        return [(name, tuple(p.shape), p.numel()) for name, p in self.module.named_parameters()]


@dataclass(frozen=True, eq=False)
class Curve:
    """(N,) each: an input that is moved, what comes out, and the slope that autograd finds at every place."""

    x: Tensor
    y: Tensor
    slope: Tensor


def call(name: str, *given: object, **named: object) -> str:
    """How the layer is written: call("Linear", 3, 2, bias=False) -> "nn.Linear(3, 2, bias=False)"."""
    words = [*map(repr, given), *(f"{key}={value!r}" for key, value in named.items())]
    return f"nn.{name}({', '.join(words)})"


def program(seed: int, layer: str, x: str, use: str = "y = layer(x)", before: str = "") -> str:
    """The usual program: seed, what is drawn `before`, layer, input, output, in this order."""
    return f"import torch\nfrom torch import nn\n\ntorch.manual_seed({seed})\n{before}layer = {layer}\nx = {x}\n{use}\nprint(y)"
