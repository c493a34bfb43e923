"""What every transform tells of itself: what it is called in torchvision, and what becomes of a picture's shape."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from torch import Tensor

from core.data import vision

Constants = tuple[tuple[float, ...], tuple[float, ...]]                    # mean and std, one number per channel
STAGES = ("bytes", "fractions", "normalised")        # uint8 in 0..255; float32 in 0..1; float32 around 0


@dataclass(frozen=True)
class Seen:
    """A square picture between two steps, without its pixels. measured: what Normalize can be given, that of the training pictures."""

    channels: int
    side: int                                        # pixels
    measured: Constants
    stage: str = "bytes"
    used: Constants | None = None                    # by Normalize

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.side, self.side

    def but(self, **changes: object) -> "Seen":
        return replace(self, **changes)


@dataclass(frozen=True)
class Call:
    """One object of torchvision.transforms.v2. It is made and written from the same facts: the code on the page is the code that ran."""

    name: str
    arguments: dict[str, object]

    def made(self) -> Callable[[Tensor], Tensor]:
        return getattr(vision.transforms(), self.name)(**self.arguments)

    def written(self) -> str:
        return f"v2.{self.name}({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"


class Step:
    """One transform with its parameters: a frozen dataclass whose fields carry rules."""

    key: ClassVar[str]                               # in TRANSFORMS and in links
    random: ClassVar[bool] = False                   # draws anew for each picture

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        """What torchvision is told, when such a picture arrives."""
        raise NotImplementedError

    def after(self, seen: Seen) -> Seen:
        """What comes out. Raises SpecError when such a picture must not arrive here."""
        return seen
