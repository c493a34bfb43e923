"""How a drawing became a network's input: as MNIST's digits were made, or as the 8 x 8 digits were counted, step by step."""

import numpy as np

from core.centre import BITMAP, MIDDLE, Centring
from figures import svg
from figures.palette import GREY, ORANGE, RED
from figures.pixels import data_uri

SIDE, STEP, TOP = 290, 355, 44                       # units: of a panel, between two, above them


def as_mnist(image: np.ndarray, steps: Centring, words: dict[str, str]) -> str:
    """SVG. image (28, 28) uint8 as it was drawn, with ink. words: drawn, scaled, shifted (headings), alt."""
    row, column, high, wide = steps.box
    scaled = np.zeros((28, 28), np.uint8)
    scaled[4 : 4 + len(steps.scaled), 4 : 4 + steps.scaled.shape[1]] = steps.scaled.numpy()
    pixel = SIDE / 28
    parts = [*_panel(0, words["drawn"], image),
             svg.box(column * pixel, TOP + row * pixel, wide * pixel, high * pixel, stroke=ORANGE, line=4),
             *_panel(1, words["scaled"], scaled),
             svg.box(STEP + 4 * pixel, TOP + 4 * pixel, 20 * pixel, 20 * pixel, stroke=ORANGE, line=3, dash="7 5"),
             _cross(STEP, steps.mass[0] + 4, steps.mass[1] + 4, RED),
             *_panel(2, words["shifted"], steps.shifted.numpy()), _cross(2 * STEP, MIDDLE, MIDDLE, GREY),
             _cross(2 * STEP, steps.mass[0] + steps.corner[0], steps.mass[1] + steps.corner[1], RED)]
    return svg.picture(2 * STEP + SIDE, TOP + SIDE + 6, parts, words["alt"])


def as_digits(image: np.ndarray, bitmap: np.ndarray, counts: np.ndarray, words: dict[str, str]) -> str:
    """SVG. image (28, 28) uint8, bitmap (32, 32) of 0 and 1, counts (8, 8) uint8 in 0..255. words: drawn, bitmap, counts, alt."""
    block = SIDE * 4 / BITMAP
    lines = "".join(f"M{i * block:g} 0V{SIDE}M0 {i * block:g}H{SIDE}" for i in range(1, BITMAP // 4))
    grid = f'<path transform="translate({STEP} {TOP})" d="{lines}" stroke="{ORANGE}" stroke-width="1.5" fill="none"/>'
    parts = [*_panel(0, words["drawn"], image), *_panel(1, words["bitmap"], (bitmap * 255).astype(np.uint8)), grid,
             *_panel(2, words["counts"], counts)]
    return svg.picture(2 * STEP + SIDE, TOP + SIDE + 6, parts, words["alt"])


def _panel(i: int, heading: str, image: np.ndarray) -> list[str]:
    x = i * STEP
    arrow = [svg.arrow(x - (STEP - SIDE) / 2 - 14, TOP + SIDE / 2, 28)] if i else []
    return [svg.text(x + SIDE / 2, 30, heading, size=svg.LETTERS), svg.image(x, TOP, SIDE, SIDE, data_uri(image)), *arrow]


def _cross(x: float, row: float, column: float, colour: str) -> str:
    """At a place counted in pixels, whose centres are whole numbers."""
    pixel = SIDE / 28
    across, down = x + (column + 0.5) * pixel, TOP + (row + 0.5) * pixel
    return f'<path d="M{across - 11:g} {down:g}h22M{across:g} {down - 11:g}v22" stroke="{colour}" stroke-width="4"/>'
