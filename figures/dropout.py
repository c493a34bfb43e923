"""Dropout: the input times a mask of zeros and ones, what is left made larger; and other passes of the same input."""

import numpy as np

from figures import svg
from figures.grids import Grid, titled
from figures.palette import ORANGE

WIDE, CELL, SMALL, TOP = 1000, 54, 42, 40


def passes(x: np.ndarray, ys: np.ndarray, factor: str, words: dict[str, str]) -> str:
    """SVG. x (4, 4); ys (draws, 4, 4), of which the first is written out. factor: what the rest is multiplied by, such as "1.67".

    words: mask, pass (with {n}), again, alt.
    """
    side, gaps, top = 4 * CELL, (70, 170), float(ys.max())
    left = (WIDE - 3 * side - sum(gaps)) / 2
    places = (left, left + side + gaps[0], left + 2 * side + sum(gaps))
    kept = (ys[0] != 0).astype(float)
    row = [Grid("x", x, top=top), Grid(words["mask"], kept, dropped(ys[0]), top=1), Grid(words["pass"].format(n=1), ys[0], dropped(ys[0]),
                                                                                        top=top)]
    parts = [part for grid, at in zip(row, places, strict=True) for part in titled(grid, at, TOP, CELL)]
    middle = TOP + side / 2 + 10
    parts += [svg.text(places[1] - gaps[0] / 2, middle, "×", size=30), svg.text(places[2] - gaps[1] / 2, middle, f"× {factor} =", size=28)]
    high = TOP + side + 10
    if len(ys) > 1:
        small, gap = 4 * SMALL, 60
        at, y = (WIDE - (len(ys) - 1) * (small + gap) + gap) / 2, high + 46
        for i, again in enumerate(ys[1:]):
            parts += titled(Grid(words["pass"].format(n=i + 2), again, dropped(again), top=top), at + i * (small + gap), y, SMALL)
        high = y + small + 10
    return svg.picture(WIDE, high, parts, words["alt"])


def dropped(y: np.ndarray) -> dict[tuple[int, int], str]:
    """The places of the zeros, to be framed."""
    return {(int(row), int(column)): ORANGE for row, column in np.argwhere(y == 0)}
