"""One number of a matrix product: a row, a column, and the sum of their products."""

import numpy as np

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE

CELL, LEFT, TOP, GAP = 76, 30, 44, 60
LETTERS = 22


def product(a: np.ndarray, b: np.ndarray, row: int, column: int, words: dict[str, str]) -> str:
    """SVG. a (m, k), b (k, n): a at the left of the result and b above it, so that the row and the column meet in their number.

    Numbers of the result before (row, column), counted row by row, are filled in; later ones are not. words: a, b, out, alt.
    """
    (m, k), n = a.shape, b.shape[1]
    x, y = LEFT + k * CELL + GAP, TOP + k * CELL + GAP                     # of the result
    parts = [svg.text(LEFT + k * CELL / 2, y - 16, words["a"], bold=True), svg.text(x + n * CELL / 2, TOP - 16, words["b"], bold=True),
             svg.text(x + n * CELL + 16, y + m * CELL / 2 + 8, words["out"], anchor="start", bold=True)]
    for (i, j), value in np.ndenumerate(a):
        parts += _cell(LEFT + j * CELL, y + i * CELL, f"{value:g}", BLUE if i == row else "")
    for (i, j), value in np.ndenumerate(b):
        parts += _cell(x + j * CELL, TOP + i * CELL, f"{value:g}", ORANGE if j == column else "")
    for (i, j), value in np.ndenumerate(a @ b):
        known = (i, j) <= (row, column)
        parts += _cell(x + j * CELL, y + i * CELL, f"{value:g}" if known else "", GREEN if (i, j) == (row, column) else "")
    sums = " + ".join(f"{p:g}·{q:g}" for p, q in zip(a[row], b[:, column], strict=True))
    parts.append(svg.text(LEFT, y + m * CELL + 46, f"[{row}, {column}] = {sums} = {a[row] @ b[:, column]:g}", anchor="start", size=26))
    return svg.picture(max(x + n * CELL + 180, 900), y + m * CELL + 64, parts, words["alt"])


def _cell(x: float, y: float, words: str, colour: str) -> list[str]:
    return [svg.box(x + 2, y + 2, CELL - 4, CELL - 4, stroke=colour or GREY, fill=colour or GREY, opacity=0.3 if colour else 0.06),
            svg.text(x + CELL / 2, y + CELL / 2 + 8, words, size=LETTERS, bold=bool(colour))]
