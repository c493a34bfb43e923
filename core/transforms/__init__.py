"""The transforms, in teaching order. One more = one small class, one line here, two languages for each new parameter."""

from core.transforms.chance import (
    ColorJitter,
    GaussianBlur,
    RandomAffine,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
)
from core.transforms.shapes import CenterCrop, Pad, RandomCrop, Resize
from core.transforms.step import Step
from core.transforms.values import Grayscale, Normalize, ToTensor

TRANSFORMS: dict[str, type[Step]] = {kind.key: kind for kind in (
    ToTensor, Normalize, Grayscale, Resize, Pad, CenterCrop,
    RandomCrop, RandomHorizontalFlip, RandomVerticalFlip, RandomRotation, RandomAffine, ColorJitter, RandomErasing, GaussianBlur,
)}
