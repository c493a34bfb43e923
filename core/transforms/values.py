"""Transforms that change numbers in a fixed way: ToTensor, Normalize, Grayscale."""

from dataclasses import dataclass

import torch

from core import fields
from core.data import DATASETS
from core.errors import SpecError
from core.transforms.step import Call, Constants, Seen, Step

CONSTANTS = ("measured", "half", "cifar")            # the training pictures' own; 0.5 and 0.5; those that the texts print for CIFAR-10


@dataclass(frozen=True)
class ToTensor(Step):
    """Bytes in 0..255 become float32 in [0, 1]. v2 writes the old name's two halves out: ToImage, then ToDtype."""

    key = "tensor"

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return Call("ToImage", {}), Call("ToDtype", {"dtype": torch.float32, "scale": True})

    def after(self, seen: Seen) -> Seen:
        return seen.but(stage="fractions") if seen.stage == "bytes" else seen


@dataclass(frozen=True)
class Normalize(Step):
    """(x - mean) / std for each channel."""

    constants: str = fields.choice("measured", CONSTANTS)
    key = "norm"

    def numbers(self, seen: Seen) -> Constants:
        if self.constants == "half":
            return (0.5,) * seen.channels, (0.5,) * seen.channels
        return seen.measured if self.constants == "measured" else (DATASETS["cifar10"].mean, DATASETS["cifar10"].std)

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        mean, std = self.numbers(seen)
        return (Call("Normalize", {"mean": list(mean), "std": list(std)}),)

    def after(self, seen: Seen) -> Seen:
        if seen.stage == "bytes":
            raise SpecError("normalize_before_totensor")
        if seen.used:
            raise SpecError("normalize_twice")
        used = self.numbers(seen)
        if len(used[0]) != seen.channels:            # torchvision's v2 would silently stretch one channel to three
            raise SpecError("normalize_channels", value=seen.channels, numbers=len(used[0]))
        return seen.but(stage="normalised", used=used)


@dataclass(frozen=True)
class Grayscale(Step):
    """Three colours become how bright they look: one channel."""

    key = "gray"

    def calls(self, seen: Seen) -> tuple[Call, ...]:
        return (Call("Grayscale", {"num_output_channels": 1}),)

    def after(self, seen: Seen) -> Seen:
        return seen.but(channels=1)
