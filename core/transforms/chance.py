"""Transforms that draw anew for each picture and leave its shape as it is."""

from dataclasses import dataclass, field

from core import fields
from core.errors import SpecError
from core.transforms.step import Call, Seen, Step


@dataclass(frozen=True)
class RandomHorizontalFlip(Step):
    """Left and right change places, with probability p."""

    p: float = fields.number(0.5, 0.0, 1.0, step=0.05)
    key, random = "flip", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("RandomHorizontalFlip", {"p": self.p}),)


@dataclass(frozen=True)
class RandomVerticalFlip(Step):
    """Top and bottom change places, with probability p."""

    p: float = fields.number(0.5, 0.0, 1.0, step=0.05)
    key, random = "vflip", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("RandomVerticalFlip", {"p": self.p}),)


@dataclass(frozen=True)
class RandomRotation(Step):
    """Turned by an angle between -degrees and +degrees; the corners that come free are black."""

    degrees: int = fields.number(15, 0, 180, step=5)
    key, random = "rotate", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("RandomRotation", {"degrees": self.degrees}),)


@dataclass(frozen=True)
class RandomAffine(Step):
    """Turned, shifted by at most `translate` of the side, and made smaller or larger by at most `scale`."""

    degrees: int = fields.number(10, 0, 180, step=5)
    translate: float = fields.number(0.1, 0.0, 0.5, step=0.05)
    scale: float = fields.number(0.1, 0.0, 0.5, step=0.05)
    key, random = "affine", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        sizes = round(1 - self.scale, 4), round(1 + self.scale, 4)
        return (Call("RandomAffine", {"degrees": self.degrees, "translate": (self.translate, self.translate), "scale": sizes}),)


@dataclass(frozen=True)
class ColorJitter(Step):
    """Brightness, contrast and saturation times a factor between 1 - value and 1 + value each, cut to 0..1."""

    brightness: float = fields.number(0.3, 0.0, 1.0, step=0.1)
    contrast: float = fields.number(0.3, 0.0, 1.0, step=0.1)
    saturation: float = fields.number(0.3, 0.0, 1.0, step=0.1)
    key, random = "jitter", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("ColorJitter", {"brightness": self.brightness, "contrast": self.contrast, "saturation": self.saturation}),)

    def after(self, seen: Seen) -> Seen:
        if seen.used:                                # torchvision would cut off all that lies below 0 and say nothing
            raise SpecError("jitter_after_normalize")
        return seen


@dataclass(frozen=True)
class RandomErasing(Step):
    """With probability p, a rectangle of 2 to 33 % of the picture becomes 0."""

    p: float = fields.number(0.5, 0.0, 1.0, step=0.05)
    key, random = "erase", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("RandomErasing", {"p": self.p}),)

    def after(self, seen: Seen) -> Seen:
        if seen.stage == "bytes":
            raise SpecError("erasing_before_totensor")
        return seen


class Odd(fields.Number):
    """A kernel has a middle: an even number of pixels is read as the next odd one."""

    def read(self, raw: object, default: float) -> float:
        return int(super().read(raw, default)) | 1


@dataclass(frozen=True)
class GaussianBlur(Step):
    """Every pixel becomes a mean of its neighbours, by a bell whose width is drawn between 0.1 and sigma. Units: pixels."""

    kernel_size: int = field(default=3, metadata={"rule": Odd(3, 9, step=2)})
    sigma: float = fields.number(2.0, 0.2, 5.0, step=0.2)
    key, random = "blur", True

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("GaussianBlur", {"kernel_size": self.kernel_size, "sigma": (0.1, self.sigma)}),)

    def after(self, seen: Seen) -> Seen:
        if self.kernel_size // 2 >= seen.side:       # it looks at pixels mirrored at the edge
            raise SpecError("blur_too_wide", value=self.kernel_size, side=seen.side)
        return seen
