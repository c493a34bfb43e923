"""How MNIST's digits came to lie where they lie: fitted into 20 x 20 pixels, then moved until their centre of mass is in the middle."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.images import Fitted

SIZE = 28                                            # the picture's side
BOX = 20                                             # the longer side of the ink's box
MIDDLE = 14                                          # in MNIST's 10,000 test pictures all centres of mass lie in [13.5, 14.5)
BITMAP = 32                                          # from so many pixels a side the 8 x 8 digits were counted
DARK = 64                                            # from here a pixel counts: MNIST then has 0.31 of ink in 8 x 8, digits have 0.305


@dataclass(frozen=True)
class Centring:
    """Each step of a picture's way into MNIST's form. Without ink, box is None and scaled has no pixels.

    Shapes: scaled (h, w) with 20 for the longer side, shifted (28, 28), both uint8.
    Units: pixels, counted from 0. box: first row, first column, rows, columns of the ink in the original. mass: row and column of
    the centre of mass in scaled. corner: row and column in shifted where scaled begins.
    """

    box: tuple[int, int, int, int] | None
    scaled: Tensor
    mass: tuple[float, float]
    corner: tuple[int, int]
    shifted: Tensor


def centre(image: Tensor | np.ndarray) -> Tensor:
    """A picture in MNIST's form. Shapes: (H, W) uint8, ink 255 on 0 -> (28, 28) uint8."""
    return centring(image).shifted


def centring(image: Tensor | np.ndarray) -> Centring:
    """The same with every step. Ink is never pushed out: where the box meets the border, the centre of mass stays off the middle."""
    image, shifted = torch.as_tensor(image), torch.zeros(SIZE, SIZE, dtype=torch.uint8)
    box = bounding_box(image)
    if box is None:
        return Centring(None, shifted[:0, :0], (0.0, 0.0), (0, 0), shifted)
    scaled = fit_box(image, box, BOX)
    mass = centre_of_mass(scaled)
    high, wide = scaled.shape
    top, left = (min(max(MIDDLE - floor(at + 0.5), 0), SIZE - side) for at, side in zip(mass, scaled.shape, strict=True))
    shifted[top:top + high, left:left + wide] = scaled
    return Centring(box, scaled, mass, (top, left), shifted)


def bounding_box(image: Tensor) -> tuple[int, int, int, int] | None:
    """First row, first column, rows, columns of the smallest box that holds all ink; None without ink."""
    rows, columns = image.any(1).nonzero(), image.any(0).nonzero()
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left


def fit_box(image: Tensor, box: tuple[int, int, int, int], side: int) -> Tensor:
    """Cut the box out and scale it, its longer side to `side`: bilinear, smoothed first when it shrinks."""
    top, left, high, wide = box
    ink = image[None, None, top:top + high, left:left + wide].float()      # (1, 1, high, wide)
    size = [max(1, round(length * side / max(high, wide))) for length in (high, wide)]
    return F.interpolate(ink, size, mode="bilinear", antialias=True).round_().clamp_(0, 255).byte()[0, 0]


def centre_of_mass(image: Tensor) -> tuple[float, float]:
    """Row and column where the ink would balance, counted from 0; (0, 0) without ink."""
    by_row, by_column = image.sum(1).double(), image.sum(0).double()
    total = by_row.sum().clamp(min=1)
    row, column = (sums @ torch.arange(len(sums), dtype=sums.dtype) / total for sums in (by_row, by_column))
    return float(row), float(column)


def eight_by_eight(image: Tensor | np.ndarray) -> Tensor:
    """A picture as scikit-learn's digits are: each 4 x 4 block of its bitmap is counted.

    Shapes: (H, W) uint8 -> (8, 8) uint8, the counts 0..16 as 0..255.
    """
    return (F.avg_pool2d(bitmap(image)[None], 4)[0] * 255).round().byte()  # (32, 32) -> (8, 8)


def bitmap(image: Tensor | np.ndarray) -> Tensor:
    """The ink, 1 on 0, scaled until it fills 32 x 32 in height or width. Shapes: (H, W) uint8 -> (32, 32) float32."""
    image, sheet = torch.as_tensor(image), torch.zeros(BITMAP, BITMAP)
    if box := bounding_box(image):
        ink = fit_box(image, box, BITMAP)
        high, wide = ink.shape
        top, left = (BITMAP - high) // 2, (BITMAP - wide) // 2
        sheet[top:top + high, left:left + wide] = (ink >= DARK).float()
    return sheet


def ready(ink: Tensor, form: str) -> Fitted:
    """A picture as MNIST's or as the 8 x 8 digits are, or as it is, and what was done to it. Shapes: (H, W) uint8 -> (1, h, w) uint8."""
    change, steps = READY[form]
    return Fitted(change(ink).unsqueeze(0), steps if ink.any() else ())


READY: dict[str, tuple[Callable[[Tensor], Tensor], tuple[tuple[str, int, int], ...]]] = {
    "centred": (centre, (("centre", BOX, SIZE),)),
    "eight": (eight_by_eight, (("eight", BITMAP // 8, 8),)),
    "as_drawn": (torch.as_tensor, ()),
}
