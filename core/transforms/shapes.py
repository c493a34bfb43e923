"""Transforms that change a picture's size: Resize, Pad, CenterCrop, RandomCrop. Units: pixels."""

from dataclasses import dataclass

from core import fields
from core.errors import SpecError
from core.transforms.step import Call, Seen, Step

LARGEST = 64                                         # pixels a side, as of the pictures here


@dataclass(frozen=True)
class Resize(Step):
    """Every picture gets this side, whatever it had."""

    side: int = fields.number(28, 8, LARGEST)
    key = "resize"

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("Resize", {"size": [self.side, self.side]}),)

    def after(self, seen: Seen) -> Seen:
        return seen.but(side=self.side)


@dataclass(frozen=True)
class Pad(Step):
    """A black margin, the same on all sides."""

    padding: int = fields.number(2, 0, 16)
    key = "pad"

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("Pad", {"padding": self.padding}),)

    def after(self, seen: Seen) -> Seen:
        return seen.but(side=seen.side + 2 * self.padding)


@dataclass(frozen=True)
class CenterCrop(Step):
    """The middle of the picture; where the picture is smaller, black around it."""

    side: int = fields.number(24, 8, LARGEST)
    key = "center"

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("CenterCrop", {"size": [self.side, self.side]}),)

    def after(self, seen: Seen) -> Seen:
        return seen.but(side=self.side)


@dataclass(frozen=True)
class RandomCrop(Step):
    """A black margin, then a square from anywhere. side 0: as large as the picture that arrives, so that it is only shifted."""

    side: int = fields.number(0, 0, LARGEST)
    padding: int = fields.number(4, 0, 16)
    key, random = "crop", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        side = self.side or seen.side
        return (Call("RandomCrop", {"size": [side, side], "padding": self.padding}),)

    def after(self, seen: Seen) -> Seen:
        padded = seen.side + 2 * self.padding
        if self.side > padded:
            raise SpecError("crop_too_large", value=self.side, limit=padded)
        return seen.but(side=self.side or seen.side)
