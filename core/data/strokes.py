"""Ten sharp digits that we drew ourselves, as lines and arcs: pictures for looking into a network, not for training.

They are rendered as MNIST was made: fitted into 20 x 20 pixels, then centred by their mass in 28 x 28.
"""

from functools import cache
from math import cos, pi, sin

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

Point = tuple[float, float]
FINE = 16                                            # drawn so many times larger, then averaged: grey edges, no stairs
PEN = 2.6                                            # stroke width in pixels of the 28 x 28 picture


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> list[Point]:
    """Points of an ellipse around (x, y) with half-axes wide and high; angles in degrees, 0 = right, 90 = down."""
    angles = [start + (end - start) * i / 24 for i in range(25)]
    return [(x + wide * cos(a * pi / 180), y + high * sin(a * pi / 180)) for a in angles]


STROKES: dict[int, list[list[Point]]] = {            # x to the right and y down, both in 0..1
    0: [arc(0.5, 0.5, 0.30, 0.48, 0, 360)],
    1: [[(0.36, 0.20), (0.54, 0.03), (0.50, 0.97)]],
    2: [[*arc(0.47, 0.28, 0.28, 0.25, 190, 380), (0.58, 0.58), (0.18, 0.95)], [(0.16, 0.93), (0.84, 0.91)]],
    3: [[*arc(0.44, 0.27, 0.28, 0.23, 200, 435), *arc(0.44, 0.72, 0.31, 0.24, 285, 520)]],
    4: [[(0.34, 0.04), (0.18, 0.58), (0.86, 0.54)], [(0.66, 0.10), (0.60, 0.98)]],
    5: [[(0.80, 0.05), (0.34, 0.06), (0.28, 0.44), *arc(0.46, 0.68, 0.30, 0.26, 235, 500)]],
    6: [[(0.66, 0.03), (0.36, 0.34), *arc(0.49, 0.71, 0.25, 0.25, 190, 550)]],
    7: [[(0.17, 0.08), (0.82, 0.06), (0.42, 0.97)]],
    8: [arc(0.5, 0.27, 0.22, 0.23, 90, 450), arc(0.5, 0.74, 0.26, 0.24, 270, 630)],
    9: [[*arc(0.47, 0.29, 0.25, 0.25, 0, 360), (0.70, 0.40), (0.60, 0.97)]],
}


@cache
def sharp_digit(digit: int) -> Tensor:
    """One picture (1, 28, 28) uint8, white on black."""
    side = 28 * FINE
    sheet = Image.new("L", (side, side))
    pen, scale, margin = ImageDraw.Draw(sheet), (20 - PEN) * FINE, (4 + PEN / 2) * FINE
    radius = PEN * FINE / 2
    for stroke in STROKES[digit]:
        points = [(margin + x * scale, margin + y * scale) for x, y in stroke]
        pen.line(points, fill=255, width=round(PEN * FINE), joint="curve")
        for x, y in (points[0], points[-1]):         # round ends
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    pixels = np.asarray(sheet).reshape(28, FINE, 28, FINE).mean((1, 3))    # (448, 448) -> (28, 28)
    return torch.from_numpy(_centred(pixels).round().astype(np.uint8)).unsqueeze(0)


def _centred(pixels: np.ndarray) -> np.ndarray:
    """Move the centre of mass to pixel 14, by whole pixels, as MNIST's lie."""
    weights = pixels / pixels.sum()
    rows, columns = np.indices(pixels.shape)
    down, right = 14 - (rows * weights).sum(), 14 - (columns * weights).sum()
    return np.roll(pixels, (round(down), round(right)), (0, 1))
