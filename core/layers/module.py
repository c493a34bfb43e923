"""nn.Module: what it finds of the things that are assigned to it, and what it does not."""

import copy
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.layers.shown import Shown
from core.seeded import seeded


class WithTensor(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.tensor([1.0, 2.0, 3.0])

    def forward(self, x):
        return x * self.scale


class WithParameter(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        return x * self.scale


class WithBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        return x * self.scale


class WithModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return self.fc(x)


class WithList(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = [nn.Linear(3, 3), nn.Dropout(0.5)]

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x


class WithModuleList(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([nn.Linear(3, 3), nn.Dropout(0.5)])

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x


class WithTwice(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = self.second = nn.Linear(3, 3)

    def forward(self, x):
        return self.second(self.first(x))


class Outer(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)


WAYS: dict[str, type[nn.Module]] = {
    "tensor": WithTensor,
    "parameter": WithParameter,
    "buffer": WithBuffer,
    "module": WithModule,
    "list": WithList,
    "module_list": WithModuleList,
    "twice": WithTwice,
}


@dataclass(frozen=True)
class ModuleSpec:
    """depth: how many modules lie around it. training: net.train() was called, or else net.eval()."""

    held: str = fields.choice("tensor", WAYS)
    depth: int = fields.number(1, 0, 2)
    training: bool = fields.flag(True)
    start_dim: int = fields.number(1, 0, 2)


@dataclass(frozen=True)
class Row:
    """One thing on the tree. name: what PyTorch calls it, "" where it does not know it.

    count: how many numbers parameters() finds in it, 0 where it has found them before, None where it does not find them.
    shape, saved (in state_dict) and moved (converted by net.double()) belong to tensors, training belongs to modules; None elsewhere.
    """

    level: int
    label: str
    kind: str
    name: str
    shape: tuple[int, ...] | None = None
    count: int | None = None
    saved: bool | None = None
    moved: bool | None = None
    training: bool | None = None


@lru_cache(maxsize=64)
def module(spec: ModuleSpec) -> Shown:
    """Shapes: x (1, 3) -> y (1, 3)."""
    def made() -> tuple[nn.Module, Tensor, Tensor]:
        net = WAYS[spec.held]()
        for _ in range(spec.depth):
            net = Outer(net)
        net.train(spec.training)
        x = torch.rand(1, 3)
        return net, x, net(x).detach()

    return Shown(*seeded(0, made), _program(spec))


@lru_cache(maxsize=64)
def tree(spec: ModuleSpec) -> tuple[Row, ...]:
    """Everything that hangs on the network, from the outside in, whether PyTorch knows of it or not."""
    net = module(spec).module
    as_double = [thing for *_, thing in walk(copy.deepcopy(net).double())]
    once, saved = dict(net.named_parameters()), net.state_dict()
    known = {*dict(net.named_modules(remove_duplicate=False)), *dict(net.named_parameters(remove_duplicate=False)), *saved}
    rows = []
    for (level, label, name, thing), double in zip(walk(net), as_double, strict=True):
        more = {}
        if isinstance(thing, nn.Module):
            more = {"training": thing.training}
        elif isinstance(thing, Tensor):
            again = isinstance(thing, nn.Parameter) and name in known
            count = once[name].numel() if name in once else 0 if again else None
            more = {"shape": tuple(thing.shape), "count": count, "saved": name in saved, "moved": double.dtype == torch.float64}
        rows.append(Row(level, label, type(thing).__name__, name if name in known else "", **more))
    return tuple(rows)


def walk(thing: object, level: int = 0, label: str = "net", name: str = "") -> Iterator[tuple[int, str, str, object]]:
    """A network and all that its attributes hold: (level, label, dotted name, thing)."""
    yield level, label, name, thing
    for key, part in _parts(thing):
        at = f"[{key}]" if isinstance(thing, list) else key
        yield from walk(part, level + 1, at, f"{name}.{key}".lstrip("."))


def line(way: str) -> str:
    """What stands in __init__ below super().__init__()."""
    return inspect.getsource(WAYS[way]).splitlines()[3].strip()


def _parts(thing: object) -> list[tuple[str, object]]:
    if isinstance(thing, list):
        return [(str(i), part) for i, part in enumerate(thing)]
    if not isinstance(thing, nn.Module):
        return []
    registered = [*thing.named_parameters(recurse=False), *thing.named_buffers(recurse=False), *thing._modules.items()]
    return [*registered, *((key, value) for key, value in vars(thing).items() if isinstance(value, Tensor | list))]


def _program(spec: ModuleSpec) -> str:
    way = WAYS[spec.held]
    classes = [inspect.getsource(kind).rstrip() for kind in ((way, Outer) if spec.depth else (way,))]
    net = "Outer(" * spec.depth + f"{way.__name__}()" + ")" * spec.depth
    return "\n\n\n".join(["import torch\nfrom torch import nn", *classes, f"""torch.manual_seed(0)
net = {net}
net.{"train" if spec.training else "eval"}()
for name, parameter in net.named_parameters():
    print(name, tuple(parameter.shape), parameter.numel())
x = torch.rand(1, 3)
y = net(x)
print(y)"""])
