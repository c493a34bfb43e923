"""Every step of an edited LeNet's forward(), by arithmetic alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod

from core.architecture.spec import CLASSES, INPUTS, MOST_FLOPS, MOST_PARAMETERS, ArchitectureSpec

CODE = {"max": "F.max_pool2d", "average": "F.avg_pool2d"}


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
    def fits(self) -> bool:
        return min(self.out_shape) > 0

    @property
    def parameter_count(self) -> int:
        return prod(self.weight) + self.weight[0] if self.weight else 0

    @property
    def flops(self) -> int:
        """Multiplications and additions for one picture, as `core.trace` counts them."""
        return 2 * prod(self.weight) * prod(self.out_shape[1:]) if self.weight else 0

    @property
    def arithmetic(self) -> str:
        """The parameter count as a sum of products: "6·1·5·5 + 6 = 156". Empty without parameters."""
        return f"{'·'.join(map(str, self.weight))} + {self.weight[0]} = {self.parameter_count:,}" if self.weight else ""


LIMITS = {                                           # what a whole network may cost: code -> what counts of a step, and the most in all
    "network_too_large": (lambda step: step.parameter_count, MOST_PARAMETERS),
    "network_too_slow": (lambda step: step.flops, MOST_FLOPS),
}


def exceeded(whole: Iterable[PlanStep]) -> str:
    """The code of the limit that these steps exceed together, "" for none."""
    whole = list(whole)
    return next((code for code, (cost, most) in LIMITS.items() if sum(map(cost, whole)) > most), "")


def steps(spec: ArchitectureSpec) -> Iterator[PlanStep]:
    """Nothing is built. From the first step that does not fit on, the shapes mean nothing."""
    channels, size = INPUTS[spec.input]
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
