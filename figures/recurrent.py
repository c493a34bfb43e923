"""One step of a recurrent cell as an equation of columns, below it all steps side by side; and what a tagger says of each word."""

import numpy as np

from figures import svg
from figures.grids import GAP, LARGEST, WIDE, Grid, titled
from figures.inside import colours, ink
from figures.palette import GREY, ORANGE
from figures.pixel import number

HEAD, TITLE, ABOUT, BETWEEN = 34, 34, 30, 22         # heights: of a band's heading, a grid's title, the line below it; between two bands
LEFT, ROW, LETTERS = 150, 34, 19                     # of a sentence: the names' width, a row's height


def bands(rows: list[tuple[str, list[Grid]]], alt: str) -> str:
    """SVG. Each band has a heading and a row of grids; all cells of a band have one size."""
    y, parts = 0.0, []
    for heading, row in rows:
        parts.append(svg.text(0, y + 22, heading, size=21, anchor="start", bold=True))
        y += HEAD + TITLE
        columns, high = sum(grid.values.shape[1] for grid in row), max(grid.values.shape[0] for grid in row)
        cell = min(LARGEST, (WIDE - GAP * (len(row) - 1)) / columns)
        x = (WIDE - cell * columns - GAP * (len(row) - 1)) / 2
        for grid in row:
            tall, wide = grid.values.shape[0] * cell, grid.values.shape[1] * cell
            top = y + (high * cell - tall) / 2
            parts.append(svg.text(x - GAP / 2, y + high * cell / 2 + 10, grid.sign, size=28))
            parts += titled(grid, x, top, cell)
            x += wide + GAP
        y += high * cell + ABOUT + BETWEEN
    return svg.picture(WIDE, y - BETWEEN + 6, parts, alt)


def sentence(words: tuple[str, ...], tags: list[str], probs: np.ndarray, names: list[str], hidden: np.ndarray, said: dict[str, str]) -> str:
    """SVG. A column per word: the word, its tag, the probabilities (L, tags), a row for each of `names`, and the hidden vector (L, H).

    said: probability, hidden, alt. The largest probability of a word has a frame.
    """
    wide = min(130.0, (WIDE - LEFT) / len(words))
    parts = []
    for column, (word, tag) in enumerate(zip(words, tags, strict=True)):
        x = LEFT + (column + 0.5) * wide
        parts += [svg.text(x, 24, word, size=21, bold=True), svg.text(x, 50, tag, size=18)]
    y = 64.0
    parts += _rows(probs.T, names, y, wide, 1.0, signed=False)
    parts += [svg.box(LEFT + column * wide + 2, y + int(best) * ROW + 2, wide - 4, ROW - 4, stroke=ORANGE, line=4, radius=2)
              for column, best in enumerate(probs.argmax(1))]
    y += len(names) * ROW + 26
    parts.append(svg.text(LEFT, y - 4, said["probability"], size=18, anchor="start", opacity=0.85))
    y += 14
    parts += _rows(hidden.T, [f"h[{i}]" for i in range(hidden.shape[1])], y, wide, 1.0, signed=True)
    y += hidden.shape[1] * ROW + 26
    parts.append(svg.text(LEFT, y - 4, said["hidden"], size=18, anchor="start", opacity=0.85))
    return svg.picture(WIDE, y + 8, parts, said["alt"])


def _rows(values: np.ndarray, names: list[str], y: float, wide: float, top: float, signed: bool) -> list[str]:
    """values (rows, columns) on a scale that ends at top."""
    rgb, parts = colours(values, top, signed), []
    for row, name in enumerate(names):
        parts.append(svg.text(LEFT - 10, y + (row + 0.5) * ROW + 7, name, size=LETTERS, anchor="end"))
        for column, value in enumerate(values[row]):
            red, green, blue = (int(c) for c in rgb[row, column])
            x = LEFT + column * wide
            parts.append(svg.box(x, y + row * ROW, wide, ROW, fill=f"#{red:02x}{green:02x}{blue:02x}", stroke=GREY, radius=0, line=1))
            parts.append(svg.text(x + wide / 2, y + (row + 0.5) * ROW + 7, number(round(float(value), 2)), size=LETTERS,
                                  fill=ink(rgb[row, column])))
    return parts
