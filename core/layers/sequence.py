"""nn.Sequential: modules one after the other, a Flatten and a function of one's own among them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core.seeded import seeded


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


@dataclass(frozen=True)
class Link:
    """One step of the chain. shape: what comes out, None where it refused. error: why, in PyTorch's words."""

    name: str
    written: str
    shape: tuple[int, ...] | None
    parameters: int
    error: str = ""


def to_picture(x: Tensor) -> Tensor:
    return x.view(-1, 1, 4, 4)                       # (B, 16) -> (B, 1, 4, 4)


def sequence(start_dim: int) -> nn.Sequential:
    """(B, 16) -> (B, 3), with start_dim=1."""
    return nn.Sequential(Lambda(to_picture), nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(start_dim), nn.Linear(8, 3))


@lru_cache(maxsize=8)
def chain_of(start_dim: int) -> tuple[tuple[Link, ...], Tensor | None]:
    """The shape after each step for x (2, 16), up to the step that refuses; and what came out, None if one did."""
    net, x = seeded(0, lambda: (sequence(start_dim), torch.rand(2, 16)))
    links = []
    for (name, step), written in zip(net.named_children(), _written(start_dim), strict=True):
        count = sum(p.numel() for p in step.parameters())
        try:
            x = step(x).detach()
        except RuntimeError as error:
            return (*links, Link(name, written, None, count, str(error))), None
        links.append(Link(name, written, tuple(x.shape), count))
    return tuple(links), x


def program(start_dim: int) -> str:
    """The same as a program; it stops where a step refuses."""
    functions: tuple[Callable | type, ...] = (Lambda, to_picture)
    source = [inspect.getsource(part).rstrip() for part in functions]
    steps = "\n".join(f"    {written}," for written in _written(start_dim))
    return "\n\n\n".join(["import torch\nfrom torch import Tensor, nn", *source, f"""torch.manual_seed(0)
net = nn.Sequential(
{steps}
)
x = torch.rand(2, 16)
for step in net:
    x = step(x)
    print(tuple(x.shape))"""])


def _written(start_dim: int) -> tuple[str, ...]:
    return "Lambda(to_picture)", "nn.Conv2d(1, 2, 3)", "nn.ReLU()", f"nn.Flatten({start_dim})", "nn.Linear(8, 3)"
