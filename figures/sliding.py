"""A window that slides: the sheets of the input, each beside its piece of the kernel, and the output that they make."""

import numpy as np

from figures import svg
from figures.grids import GAP, Grid, titled
from figures.pixel import number

WIDE, LARGEST, TITLE, END, LETTERS = 1000, 62, 42, 10, 18


def sliding(lines: list[tuple[Grid, ...]], output: Grid, outside: float, alt: str, largest: float = LARGEST) -> str:
    """SVG. Every line begins with a sheet of the padded input, NaN in the padding, where `outside` is written; output stands at the right.

    All lines have grids of the same sizes; what they give is added. largest: the side of a cell at most. Grids of one row, as a
    one-dimensional input has them, stand below one another.
    """
    if lines[0][0].values.shape[0] == 1:
        return _rows(lines, output, outside, alt, largest)
    widths = [grid.values.shape[1] for grid in (*lines[0], output)]
    cell = min(largest, (WIDE - GAP * (len(widths) - 1)) / sum(widths))
    high = TITLE + cell * max(grid.values.shape[0] for grid in lines[0])                 # of a line
    whole = max(high * len(lines), TITLE + cell * output.values.shape[0])
    left = (WIDE - cell * sum(widths) - GAP * (len(widths) - 1)) / 2
    starts = [left + cell * sum(widths[:i]) + GAP * i for i in range(len(widths))]
    parts = []
    for i, line in enumerate(lines):
        above = (whole - high * len(lines)) / 2 + i * high
        for j, (x, grid) in enumerate(zip(starts, line, strict=False)):
            parts += _placed(grid, x, above, high, cell)
            if not j:
                parts += _padding(grid, x, above + TITLE, cell, outside)
            elif i:
                parts.append(svg.text(x - GAP / 2, above + 32, "+", size=28))
    return svg.picture(WIDE, whole + END, [*parts, *_placed(output, starts[-1], 0, whole, cell)], alt)


def _rows(lines: list[tuple[Grid, ...]], output: Grid, outside: float, alt: str, largest: float) -> str:
    """Each grid in the middle of a line of its own."""
    row = [grid for line in lines for grid in line] + [output]
    cell = min(largest, (WIDE - 2 * GAP) / max(grid.values.shape[1] for grid in row))
    parts = []
    for i, grid in enumerate(row):
        x, above = (WIDE - cell * grid.values.shape[1]) / 2, i * (TITLE + cell)
        parts += _placed(grid, x, above, TITLE + cell, cell)
        if any(grid is line[0] for line in lines):
            parts += _padding(grid, x, above + TITLE, cell, outside)
            if i:
                parts.append(svg.text(x - GAP / 2, above + TITLE + cell / 2 + 10, "+", size=28))
    return svg.picture(WIDE, len(row) * (TITLE + cell) + END, parts, alt)


def _placed(grid: Grid, x: float, above: float, high: float, cell: float) -> list[str]:
    """In the middle of a line that begins at `above` and is so high; its title, and before it its sign."""
    rows = grid.values.shape[0]
    y = above + (high - TITLE - rows * cell) / 2 + TITLE
    sign = [svg.text(x - GAP / 2, y + rows * cell / 2 + 10, grid.sign, size=28)] if grid.sign else []
    return [*sign, *titled(grid, x, y, cell)]


def _padding(grid: Grid, x: float, y: float, cell: float, outside: float) -> list[str]:
    size = min(LETTERS, cell * 0.34)
    return [svg.text(x + (column + 0.5) * cell, y + (row + 0.5) * cell + size * 0.35, number(outside), size=size, opacity=0.7)
            for row, column in np.argwhere(np.isnan(grid.values))]
