"""A tensor above its memory: which place each element is read from."""

import numpy as np

from figures import svg
from figures.inside import colours, ink
from figures.palette import GREY, ORANGE
from figures.tensor import as_grid, brief

WIDE, LEFT = 1000, 20
CELL, HIGH = 66, 48                                  # a cell of the tensor, and of memory where there is room
STRIP_HIGH, INDEX = 52, 24                           # a cell of memory; the number of its place below it
LETTERS = 20


def memory(values: np.ndarray, places: np.ndarray, strips: list[tuple[str, np.ndarray]], chosen: int, words: dict[str, str]) -> str:
    """SVG. values: the tensor; places: where each of its elements lies in the last strip; chosen: the element followed, row by row.

    strips: a title and the numbers (n,) of each memory, the tensor's own last. words: alt, title (of the tensor), hover, which may use
    {index} and {place}. One colour stands for one number, here and there.
    """
    top = max((float(np.nanmax(np.abs(numbers), initial=0)) for _, numbers in strips), default=0) or 1.0
    signed = any((numbers < 0).any() for _, numbers in strips)
    parts, y, spots = [], 0.0, np.zeros((0, 2))
    for title, numbers in strips:
        drawn, spots = _strip(title, numbers, y, top, signed)
        parts += drawn
        y += STRIP_HIGH + INDEX + 52
    y += 26                                          # room for the line
    parts.append(svg.text(LEFT, y + 24, words["title"], anchor="start", bold=True))
    tensor, here, high = _tensor(values, places, chosen, y + 38, top, signed, words["hover"])
    parts += tensor
    if here is not None and len(spots):
        parts += _follow(here, spots[int(places.reshape(-1)[chosen])])
    return svg.picture(WIDE, y + 38 + high + 6, parts, words["alt"])


def _strip(title: str, numbers: np.ndarray, y: float, top: float, signed: bool) -> tuple[list[str], np.ndarray]:
    """A memory with the number of every place; where the upper left corner and the width of each place are: (n, 3)."""
    wide = min(CELL, (WIDE - 2 * LEFT) / max(len(numbers), 1))
    parts = [svg.text(LEFT, y + 24, title, anchor="start", bold=True)]
    for i, value in enumerate(numbers):
        x = LEFT + i * wide
        parts += _cell(x, y + 38, wide, STRIP_HIGH, value, top, signed, "")
        parts.append(svg.text(x + wide / 2, y + 38 + STRIP_HIGH + 20, str(i), size=18, opacity=0.7))
    return parts, np.array([(LEFT + i * wide, y + 38, wide) for i in range(len(numbers))])


def _tensor(values: np.ndarray, places: np.ndarray, chosen: int, y: float, top: float, signed: bool,
            hover: str) -> tuple[list[str], tuple[float, float, float, float] | None, float]:
    """Its rows, blocks below each other; where the chosen element is drawn, and how high all of it is."""
    grid, order = as_grid(values), as_grid(np.arange(values.size).reshape(values.shape))
    wide = min(CELL, (WIDE - 2 * LEFT) / max(grid.shape[1], 1))
    parts, here = [], None
    for (row, column), number in np.ndenumerate(order):
        if np.isnan(number):                         # the empty row between two blocks
            continue
        x, top_y = LEFT + column * wide, y + row * HIGH
        index = tuple(int(i) for i in np.unravel_index(int(number), values.shape)) if values.ndim else ()
        title = hover.format(index=list(index), place=int(places.reshape(-1)[int(number)]))
        parts += _cell(x, top_y, wide, HIGH, grid[row, column], top, signed, title)
        if int(number) == chosen:
            here = (x, top_y, wide, HIGH)
    return parts, here, grid.shape[0] * HIGH


def _follow(here: tuple[float, float, float, float], spot: np.ndarray) -> list[str]:
    """Frames around the element and its place, and a line from the one to the other."""
    x, y, wide, high = here
    to_x, to_y, to_wide = spot
    start, end = (x + wide / 2, y), (to_x + to_wide / 2, to_y + STRIP_HIGH + INDEX)
    middle = (start[1] + end[1]) / 2
    path = f'M{start[0]:g} {start[1]:g}C{start[0]:g} {middle:g} {end[0]:g} {middle:g} {end[0]:g} {end[1]:g}'
    return [f'<path d="{path}" fill="none" stroke="{ORANGE}" stroke-width="4"/>',
            svg.box(x, y, wide, high, stroke=ORANGE, line=5), svg.box(to_x, to_y, to_wide, STRIP_HIGH, stroke=ORANGE, line=5)]


def _cell(x: float, y: float, wide: float, high: float, value: float, top: float, signed: bool, title: str) -> list[str]:
    known = np.isfinite(value)
    rgb = colours(np.array([[value if known else 0.0]]), top, signed)[0, 0]
    digits = int(wide / LETTERS / 0.55)
    fill = f"rgb({rgb[0]},{rgb[1]},{rgb[2]})" if known else "none"
    return [svg.box(x + 1, y + 1, wide - 2, high - 2, fill=fill, stroke=GREY, line=1, title=title),
            svg.text(x + wide / 2, y + high / 2 + 7, brief(value, digits), size=LETTERS, fill=ink(rgb) if known else "currentColor")]
