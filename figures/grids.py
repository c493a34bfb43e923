"""Tensors as grids of numbers side by side, with signs between them, and the cells that belong together framed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from figures import svg
from figures.inside import colours, ink
from figures.palette import GREY, ORANGE
from figures.pixel import number

WIDE, LARGEST, GAP, TOP, UNDER = 1000, 62, 44, 40, 34
LETTERS = 18                                         # at most; numbers in small cells are smaller


@dataclass(frozen=True)
class Grid:
    """values (rows, columns); NaN cells stay empty. lit: cells with a frame of that colour. sign: stands before it, such as "×" or "=".

    signed: coloured around zero; top: the value at the end of the scale, the largest of the grid without. about: a line below it.
    """

    title: str
    values: np.ndarray
    lit: Mapping[tuple[int, int], str] = field(default_factory=dict)
    sign: str = ""
    signed: bool | None = None
    top: float | None = None
    about: str = ""


def grids(row: list[Grid], alt: str, largest: float = LARGEST) -> str:
    """SVG of one row of grids, as large as the page is wide; all have cells of one size, at most `largest`."""
    columns, high = sum(grid.values.shape[1] for grid in row), max(grid.values.shape[0] for grid in row)
    cell = min(largest, (WIDE - GAP * (len(row) - 1)) / columns)
    about = UNDER if any(grid.about for grid in row) else 0
    x, parts = (WIDE - cell * columns - GAP * (len(row) - 1)) / 2, []
    for i, grid in enumerate(row):
        rows, wide = grid.values.shape[0], grid.values.shape[1] * cell
        y = TOP + (high - rows) * cell / 2
        if i:
            parts.append(svg.text(x - GAP / 2, TOP + high * cell / 2 + 10, grid.sign, size=28))
        parts += titled(grid, x, y, cell)
        x += wide + GAP
    return svg.picture(WIDE, TOP + high * cell + about + 8, parts, alt)


def titled(grid: Grid, x: float, y: float, cell: float) -> list[str]:
    """The cells from (x, y) on, the title above them, and what is about them below."""
    rows, columns = grid.values.shape
    middle = x + columns * cell / 2
    below = [svg.text(middle, y + rows * cell + 25, grid.about, size=19, opacity=0.85)] if grid.about else []
    return [svg.text(middle, y - 11, grid.title, size=20, bold=True), *cells(grid, x, y, cell), *below]


def cells(grid: Grid, x: float, y: float, cell: float) -> list[str]:
    """The numbers on their colours, then the frames, so that no neighbour covers them."""
    values = np.asarray(grid.values, dtype=float)
    finite = values[np.isfinite(values)]
    signed = bool((finite < 0).any()) if grid.signed is None else grid.signed
    top = grid.top or float(np.abs(finite).max(initial=0)) or 1.0
    rgb = colours(np.nan_to_num(values, posinf=top, neginf=-top), top, signed)
    written = {at: number(round(float(value), 4)) for at, value in np.ndenumerate(values) if not np.isnan(value)}
    size, parts = min(LETTERS, cell * 0.34, cell * 1.7 / max(map(len, written.values()), default=1)), []
    for (row, column), value in np.ndenumerate(values):
        left, above = x + column * cell, y + row * cell
        if np.isnan(value):
            parts.append(svg.box(left, above, cell, cell, stroke=GREY, radius=0, line=1, opacity=0, dash="3 4"))
            continue
        red, green, blue = (int(c) for c in rgb[row, column])
        parts.append(svg.box(left, above, cell, cell, fill=f"#{red:02x}{green:02x}{blue:02x}", stroke=GREY, radius=0, line=1))
        parts.append(svg.text(left + cell / 2, above + cell / 2 + size * 0.35, written[row, column], size=size,
                              fill=ink(rgb[row, column])))
    parts += [svg.box(x + column * cell + 2, y + row * cell + 2, cell - 4, cell - 4, stroke=colour or ORANGE, line=4, radius=2)
              for (row, column), colour in grid.lit.items()]
    return parts
