"""How long the output of a convolution or a pooling layer is along an axis: by the rule, in numbers, and by the usual mistakes."""

from dataclasses import dataclass, replace

from core.lessons.quiz.task import Shape


@dataclass(frozen=True)
class Window:
    """What slides, alike along every axis."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def span(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    @property
    def told(self) -> tuple[tuple[str, int], ...]:
        """The arguments that are not a convolution's defaults."""
        usual = {"stride": 1, "padding": 0, "dilation": 1}
        return tuple((name, getattr(self, name)) for name, value in usual.items() if getattr(self, name) != value)

    def size(self, n: int) -> int:
        return (n + 2 * self.padding - self.span) // self.stride + 1

    def sum(self, n: int) -> str:
        """The formula of PyTorch's documentation with the numbers put in."""
        inside = f"{n} + 2·{self.padding} − {self.dilation}·({self.kernel} − 1) − 1"
        return f"floor(({inside}) / {self.stride} + 1) = {self.size(n)}"


def sums(window: Window, sides: Shape) -> tuple[str, ...]:
    """One for each different length among the axes."""
    names = {1: "L", 2: "HW", 3: "DHW"}[len(sides)]
    by_side: dict[int, str] = {}
    for name, n in zip(names, sides, strict=True):
        by_side[n] = f"{by_side[n]}, {name}" if n in by_side else name
    return tuple(f"{name}: {window.sum(n)}" for n, name in by_side.items())


def mistakes(window: Window, shape: Shape, channels: int) -> dict[str, Shape]:
    """(B, C, ...) and the channels that come out -> what one gets who forgets a part of the rule."""
    batch, before, *sides = shape
    right = _sizes(window, sides)
    return {
        "stride_forgotten": (batch, channels, *_sizes(replace(window, stride=1), sides)),
        "padding_forgotten": (batch, channels, *_sizes(replace(window, padding=0), sides)),
        "padding_once": (batch, channels, *((n + window.padding - window.span) // window.stride + 1 for n in sides)),
        "dilation_forgotten": (batch, channels, *_sizes(replace(window, dilation=1), sides)),
        "rounded_up": (batch, channels, *(-(-(n + 2 * window.padding - window.span) // window.stride) + 1 for n in sides)),
        "one_forgotten": (batch, channels, *(max(size - 1, 1) for size in right)),
        "same_size": (batch, channels, *sides),
        "channels_kept": (batch, before, *right),
        "channels_last": (batch, *right, channels),
        "batch_dropped": (channels, *right),
    }


def _sizes(window: Window, sides: Shape) -> Shape:
    return tuple(max(window.size(n), 1) for n in sides)
