"""A LeNet that a learner edits: what each step makes of its input, what no longer fits and how to mend it, and the network as code."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, product
from math import prod

from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.errors import SpecError

ACTIVATIONS = {"relu": F.relu, "tanh": F.tanh, "sigmoid": F.sigmoid, "gelu": F.gelu, "none": lambda x: x}
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d, "none": lambda x, _size: x}
CODE = {"max": "F.max_pool2d", "average": "F.avg_pool2d"}
CLASSES = 10
MOST_REPAIRS = 3                                     # enough to choose from


@dataclass(frozen=True)
class ArchitectureSpec:
    """Two convolutions and three linear layers; the defaults are LeNet-5's. Units: kernel, stride, padding and pool_size in pixels."""

    conv1_channels: int = fields.number(6, 1, 32)
    conv1_kernel: int = fields.number(5, 1, 9)
    conv1_stride: int = fields.number(1, 1, 4)
    conv1_padding: int = fields.number(0, 0, 4)
    conv2_channels: int = fields.number(16, 1, 32)
    conv2_kernel: int = fields.number(5, 1, 9)
    conv2_stride: int = fields.number(1, 1, 4)
    conv2_padding: int = fields.number(0, 0, 4)
    activation: str = fields.choice("relu", ACTIVATIONS)
    pooling: str = fields.choice("max", POOLINGS)
    pool_size: int = fields.number(2, 2, 4)
    hidden1: int = fields.number(120, 1, 256)
    hidden2: int = fields.number(84, 1, 256)


SIDES = ("conv1_kernel", "conv1_stride", "conv1_padding", "pool_size", "pooling", "conv2_kernel", "conv2_stride", "conv2_padding")
Repair = dict[str, int | str]                        # field -> the value that it should have


@dataclass(frozen=True)
class PlanStep:
    """One step of forward(). Shapes are those of one picture, without the batch dimension.

    op is the name that `core.trace` gives it, setting its code, formula the arithmetic of its output's side or length.
    """

    name: str                                        # "conv1", "activation1", "pool1", "flatten", "fc1"
    op: str                                          # "conv2d", "relu", "max_pool2d", "view", "linear"
    setting: str                                     # "nn.Conv2d(1, 6, 5)", "F.relu(x)"
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    formula: str = ""                                # "floor((28 + 2·0 - 5) / 1) + 1 = 24"
    weight: tuple[int, ...] = ()                     # its shape; the bias has one number for each of its rows

    @property
    def parameter_count(self) -> int:
        return prod(self.weight) + self.weight[0] if self.weight else 0

    @property
    def arithmetic(self) -> str:
        """The parameter count as a sum of products: "6·1·5·5 + 6 = 156". Empty without parameters."""
        return f"{'·'.join(map(str, self.weight))} + {self.weight[0]} = {self.parameter_count:,}" if self.weight else ""


@dataclass(frozen=True)
class Plan:
    """The steps that fit, in order. When one does not, the plan stops before it: misfit says why, each of repairs mends the whole plan."""

    steps: tuple[PlanStep, ...]
    misfit: SpecError | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def flat(self) -> int:
        """How many numbers the first linear layer gets; 0 when the plan stops before."""
        return next((step.out_shape[0] for step in self.steps if step.name == "flatten"), 0)

    @property
    def parameter_count(self) -> int:
        return sum(step.parameter_count for step in self.steps)

    @property
    def arithmetic(self) -> str:
        """"156 + 2,416 + 30,840 + 10,164 + 850 = 44,426"."""
        return " + ".join(f"{step.parameter_count:,}" for step in self.steps if step.weight) + f" = {self.parameter_count:,}"


def plan(spec: ArchitectureSpec, channels: int, size: int) -> Plan:
    """What each step would make of a picture (channels, size, size). Nothing is built. Raises SpecError("unknown_key")."""
    fields.check(spec)
    steps: list[PlanStep] = []
    for step in _steps(spec, channels, size):
        if min(step.out_shape) < 1:
            mended = repairs(spec, size, first=step.name)
            return Plan(tuple(steps), _misfit(spec, step, mended[0]), mended)
        steps.append(step)
    return Plan(tuple(steps))


def build(spec: ArchitectureSpec, channels: int, size: int) -> nn.Module:
    """The network, with random weights. Raises SpecError("kernel_too_large") or ("pooling_too_large") when a step does not fit."""
    return EditedLeNet(spec, channels, _whole(spec, channels, size).flat)


class EditedLeNet(nn.Module):
    """LeNet with the settings of a spec; `source` writes it out. Input (B, channels, H, W), output (B, 10) logits."""

    def __init__(self, spec: ArchitectureSpec, channels: int, flat: int) -> None:
        super().__init__()
        self.spec = spec
        self.conv1 = nn.Conv2d(channels, spec.conv1_channels, spec.conv1_kernel, spec.conv1_stride, spec.conv1_padding)
        self.conv2 = nn.Conv2d(spec.conv1_channels, spec.conv2_channels, spec.conv2_kernel, spec.conv2_stride, spec.conv2_padding)
        self.fc1 = nn.Linear(flat, spec.hidden1)
        self.fc2 = nn.Linear(spec.hidden1, spec.hidden2)
        self.fc3 = nn.Linear(spec.hidden2, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        activation, pooling = ACTIVATIONS[self.spec.activation], POOLINGS[self.spec.pooling]
        x = pooling(activation(self.conv1(x)), self.spec.pool_size)
        x = pooling(activation(self.conv2(x)), self.spec.pool_size)
        x = x.view(len(x), -1)                       # (B, C, H, W) -> (B, C·H·W)
        x = activation(self.fc1(x))
        x = activation(self.fc2(x))
        return self.fc3(x)                           # -> (B, 10)


def source(spec: ArchitectureSpec, channels: int, size: int) -> str:
    """The network as a class to paste and run, in the style of `core.models.lenet`. Raises SpecError as `build` does."""
    whole = _whole(spec, channels, size)
    layers = "\n".join(f"        self.{step.name} = {step.setting}" for step in whole.steps if step.weight)
    forward = "\n".join(f"        {line}" for line in _forward(whole))
    functional = "from torch.nn import functional as F\n" if any(step.setting.startswith("F.") for step in whole.steps) else ""
    return f'''from torch import Tensor, nn
{functional}

class LeNet(nn.Module):
    """{whole.parameter_count:,} parameters. Input (B, {channels}, {size}, {size}), output (B, {CLASSES}) logits."""

    def __init__(self) -> None:
        super().__init__()
{layers}

    def forward(self, x: Tensor) -> Tensor:
{forward}
'''


def repairs(spec: ArchitectureSpec, size: int, first: str) -> tuple[Repair, ...]:
    """The smallest changes after which every step fits, found by trying: of one setting, or of several where one is not enough.

    Those of the step `first` come first, and there are at most three. Empty when every step fits already.
    """
    if _fits(spec, size):
        return ()
    own = "pool" if first.startswith("pool") else first                    # both pooling steps have the same settings
    names = sorted(SIDES, key=lambda name: not name.startswith(own))
    for count in range(1, len(names) + 1):
        found = filter(None, (_nearest(spec, size, chosen) for chosen in combinations(names, count)))
        if mended := tuple(islice(found, MOST_REPAIRS)):
            return mended
    return ()


def _steps(spec: ArchitectureSpec, channels: int, size: int) -> Iterator[PlanStep]:
    """Every step of forward(), by arithmetic alone. From the first that does not fit on, the shapes mean nothing."""
    shape = (channels, size, size)
    for n in (1, 2):
        maps, kernel, stride, padding = (getattr(spec, f"conv{n}_{name}") for name in ("channels", "kernel", "stride", "padding"))
        more = "".join(f", {name}={value}" for name, value, usual in (("stride", stride, 1), ("padding", padding, 0)) if value != usual)
        code = f"nn.Conv2d({shape[0]}, {maps}, {kernel}{more})"
        side, formula = _slide(shape[1], kernel, stride, padding)
        yield PlanStep(f"conv{n}", "conv2d", code, shape, (maps, side, side), formula, (maps, shape[0], kernel, kernel))
        shape = (maps, side, side)
        yield from _activation(spec, n, shape)
        if spec.pooling != "none":
            side, formula = _slide(shape[1], spec.pool_size, spec.pool_size, 0)
            code = CODE[spec.pooling]
            yield PlanStep(f"pool{n}", code[2:], f"{code}(x, {spec.pool_size})", shape, (maps, side, side), formula)
            shape = (maps, side, side)
    width, inputs = prod(shape), " * ".join(map(str, shape))
    yield PlanStep("flatten", "view", "x.view(len(x), -1)", shape, (width,), f"{'·'.join(map(str, shape))} = {width:,}")
    for n, wide in enumerate((spec.hidden1, spec.hidden2, CLASSES), start=1):
        yield PlanStep(f"fc{n}", "linear", f"nn.Linear({inputs}, {wide})", (width,), (wide,), weight=(wide, width))
        width, inputs = wide, str(wide)
        if n < 3:
            yield from _activation(spec, n + 2, (width,))


def _activation(spec: ArchitectureSpec, n: int, shape: tuple[int, ...]) -> Iterator[PlanStep]:
    if spec.activation != "none":
        yield PlanStep(f"activation{n}", spec.activation, f"F.{spec.activation}(x)", shape, shape)


def _slide(size: int, kernel: int, stride: int, padding: int) -> tuple[int, str]:
    """How many places a window has along one side, and the rule of torch.nn.Conv2d that says so. Below 1 it does not fit."""
    places = (size + 2 * padding - kernel) // stride + 1
    return places, f"floor(({size} + 2·{padding} - {kernel}) / {stride}) + 1 = {places}"


def _forward(whole: Plan) -> list[str]:
    """The lines of forward(): a layer with what is applied to its output, and the shapes that come of it."""
    codes, shapes = [], []
    for step in whole.steps:
        if step.weight or step.op == "view":         # a new line
            codes.append(f"self.{step.name}(x)" if step.weight else step.setting)
            shapes.append([step.out_shape])
        else:                                        # around the line so far
            codes[-1] = step.setting.replace("(x", f"({codes[-1]}", 1)
            shapes[-1] += [step.out_shape] if step.out_shape != shapes[-1][-1] else []
    shapes[0].insert(0, whole.steps[0].in_shape)
    starts = [*(f"x = {code}" for code in codes[:-1]), f"return {codes[-1]}"]
    ends = [" -> ".join(f"(B, {', '.join(map(str, shape))})" for shape in line) for line in shapes]
    wide = max(map(len, starts))
    return [f"{start:<{wide}}  # {'-> ' if n else ''}{end}" for n, (start, end) in enumerate(zip(starts, ends, strict=True))]


def _misfit(spec: ArchitectureSpec, step: PlanStep, repair: Repair) -> SpecError:
    mend = ", ".join(f"{name} = {value}" for name, value in repair.items())
    facts = {"step": step.name, "size": step.in_shape[1], "rule": step.formula, "repair": mend}
    if step.op != "conv2d":
        return SpecError("pooling_too_large", kernel=spec.pool_size, **facts)
    return SpecError("kernel_too_large", kernel=step.weight[-1], padding=getattr(spec, f"{step.name}_padding"), **facts)


def _nearest(spec: ArchitectureSpec, size: int, names: tuple[str, ...]) -> Repair | None:
    """The values of these settings that are nearest to what they are now and make every step fit."""
    rules = fields.rules(ArchitectureSpec)
    ways = product(*(_others(rules[name][0], getattr(spec, name)) for name in names))
    for _, values in sorted((sum(far for far, _ in way), [value for _, value in way]) for way in ways):
        repair = dict(zip(names, values, strict=True))
        if _fits(replace(spec, **repair), size):
            return repair
    return None


def _others(rule: fields.Number | fields.Choice, current: int | str) -> list[tuple[int, int | str]]:
    """What a setting could be instead, and how far away that is."""
    if isinstance(rule, fields.Choice):
        return [(1, key) for key in rule.keys if key != current]
    return [(abs(value - current), value) for value in range(rule.low, rule.high + 1) if value != current]


def _fits(spec: ArchitectureSpec, size: int) -> bool:
    return all(min(step.out_shape) > 0 for step in _steps(spec, 1, size))


def _whole(spec: ArchitectureSpec, channels: int, size: int) -> Plan:
    whole = plan(spec, channels, size)
    if whole.misfit:
        raise whole.misfit
    return whole
