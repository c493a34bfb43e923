"""How two shapes meet: aligned at the right, axis by axis, with stretched and clashing axes marked; and the numbers read again."""

import numpy as np

from core.broadcast import Aligned
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, RED
from figures.tensor import as_grid, brief

CELL, ROW, LEFT, TOP = 120, 62, 150, 46
SQUARE, WIDE, NARROWEST, TALLEST = 62, 1000, 40, 14  # of a number's cell; of the picture; the narrowest cell; the most rows
LETTERS = 20


def alignment(axes: list[Aligned], labels: dict[str, str], compared: int) -> str:
    """SVG. compared: so many axes, from the right, are done. labels: a, b, result, stretch, missing, clash, same, alt.

    Hover a cell for what happens to its axis.
    """
    width, parts = LEFT + CELL * max(len(axes), 1) + 20, []
    for row, name in enumerate(("a", "b", "result")):
        parts.append(svg.text(LEFT - 20, TOP + row * ROW + 36, labels[name], anchor="end", bold=True))
    for column, axis in enumerate(axes):
        x, from_right = LEFT + column * CELL, column - len(axes)
        parts.append(svg.text(x + CELL / 2 - 6, TOP - 16, f"dim {from_right}", size=20, opacity=0.7))
        if -from_right > compared:
            parts += [part for row, own in enumerate((axis.a, axis.b)) for part in _waiting(x, TOP + row * ROW, own)]
            continue
        for row, (own, other) in enumerate(((axis.a, axis.b), (axis.b, axis.a))):
            parts += _cell(x, TOP + row * ROW, own, other, axis.fits, labels)
        out = "✗" if axis.out is None else str(axis.out)
        colour = RED if axis.out is None else GREEN
        parts.append(svg.box(x, TOP + 2 * ROW, CELL - 12, ROW - 10, fill=colour, opacity=0.22, stroke=colour))
        parts.append(svg.text(x + CELL / 2 - 6, TOP + 2 * ROW + 36, out, bold=True, size=28))
    if not axes:
        parts.append(svg.text(LEFT, TOP + 2 * ROW + 44, "( )", anchor="start"))
    return svg.picture(max(width, 420), TOP + 3 * ROW + 6, parts, labels["alt"])


def _cell(x: float, y: float, own: int | None, other: int | None, fits: bool, labels: dict[str, str]) -> list[str]:
    """One axis of one tensor: its size, and an arrow when it is stretched to the other's."""
    target = other if other is not None else own
    stretched = fits and own in (None, 1) and target not in (None, 1)
    words, colour, dash, title = str(own), "currentColor", "", labels["same"]
    if own is None:
        words, colour, dash, title = "–", ORANGE, "6 5", labels["missing"]
    if stretched:
        words, colour, title = (f"1 → {target}" if own == 1 else f"– → {target}"), ORANGE, labels["stretch" if own == 1 else "missing"]
    if not fits:
        colour, title = RED, labels["clash"]
    return [
        svg.box(x, y, CELL - 12, ROW - 10, stroke=colour, dash=dash or ("6 5" if stretched else ""), fill=colour,
                opacity=0.12 if colour != "currentColor" else 0.04, title=title),
        svg.text(x + CELL / 2 - 6, y + 36, words, bold=True, size=28 if len(words) < 4 else 24),
    ]


def _waiting(x: float, y: float, own: int | None) -> list[str]:
    """An axis that is not compared yet."""
    if own is None:
        return []
    return [svg.box(x, y, CELL - 12, ROW - 10, stroke=GREY, opacity=0.04), svg.text(x + CELL / 2 - 6, y + 36, str(own), size=28)]


def readable(result: np.ndarray) -> bool:
    """Whether three such tensors fit side by side with their numbers."""
    rows, columns = as_grid(result).shape
    return result.size > 0 and rows <= TALLEST and columns * NARROWEST * 3 <= WIDE - 160


def stretched(blocks: list[tuple[str, np.ndarray, np.ndarray]], words: dict[str, str]) -> str:
    """SVG: a, b and the result of an element-wise operation, all of one shape, side by side.

    blocks: a title, the numbers, and where they are stored; what is only read again is pale and dashed. words: sign, again (said when the
    pointer is on such a number), alt.
    """
    rows, columns = as_grid(blocks[0][1]).shape
    cell = min(SQUARE, (WIDE - 160) / 3 / columns)
    parts, x, middle = [], 4.0, 44 + rows * SQUARE * 0.75 / 2
    for (title, values, stored), colour, sign in zip(blocks, (BLUE, ORANGE, GREEN), (words["sign"], "=", ""), strict=True):
        parts.append(svg.text(x + columns * cell / 2, 28, title, bold=True))
        for (row, column), value in np.ndenumerate(as_grid(values)):
            if values.ndim > 2 and (row + 1) % (values.shape[-2] + 1) == 0:        # the row between two blocks
                continue
            own = bool(as_grid(stored)[row, column])
            parts += _number(x + column * cell, 44 + row * SQUARE * 0.75, cell, value, colour, "" if own else words["again"])
        x += columns * cell
        parts.append(svg.text(x + 40, middle + 10, sign, size=34, bold=True))
        x += 80
    return svg.picture(x - 76, 48 + rows * SQUARE * 0.75, parts, words["alt"])


def _number(x: float, y: float, wide: float, value: float, colour: str, again: str) -> list[str]:
    high = SQUARE * 0.75
    look = {"opacity": 0.05, "dash": "5 4"} if again else {"opacity": 0.28}
    return [svg.box(x + 2, y + 2, wide - 4, high - 4, stroke=colour, fill=colour, title=again, **look),
            svg.text(x + wide / 2, y + high / 2 + 7, brief(value, int(wide / LETTERS / 0.55)), size=LETTERS, opacity=0.6 if again else 1)]
