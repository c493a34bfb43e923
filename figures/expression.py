"""A typed expression taken apart: under each part its turn and its shape, then every value as a small picture."""

from dataclasses import dataclass
from html import escape

import numpy as np

from figures import svg
from figures.inside import colours
from figures.palette import BLUE, GREEN, GREY, RED
from figures.pixels import data_uri
from figures.tensor import as_grid

WIDE, MARGIN = 1000, 20
LETTER = 22                                          # the widest that a letter of the expression gets; long ones shrink
ROW, DROP, BADGE = 54, 8, 13                         # of a part's bracket and words; the radius of its number
SMALL, LABEL = 11, 20                                # a letter of the shapes is so wide, and so high
CARD, CARD_HIGH = 192, 196                           # a value's card
SIDE, WITHIN = 96, 172                               # the height and the width that its picture may have
SAID = 16                                            # letters of a card's heading
CELL, NUMBERED = 44.0, 24                            # the longest side of a number's cell, and the shortest in which it can be read
LUMINANCE = np.array([0.299, 0.587, 0.114])          # of red, green and blue


@dataclass(frozen=True)
class Part:
    """Letters start to end of the text; about: its shape or value; uses: which parts before it went in."""

    start: int
    end: int
    about: str
    uses: tuple[int, ...]
    failed: bool
    values: np.ndarray | None                        # what its picture shows: a corner of it, numbers or truth values
    title: str                                       # said when the pointer is on it


def taken_apart(text: str, parts: list[Part], chosen: int, alt: str) -> str:
    """SVG: the expression, a numbered bracket for each part in the order of computing, the chosen one filled; then the values as cards."""
    letter = min(LETTER, (WIDE - 2 * MARGIN) / len(text))
    drawn, floor = [written(text, letter)], 0.0
    for i, (part, row) in enumerate(zip(parts, _rows(parts, letter), strict=True)):
        y = 44 + row * ROW
        floor = max(floor, y + ROW)
        drawn += _bracket(part, i, y, letter, i == len(parts) - 1, i == chosen)
    columns = WIDE // (CARD + 8)
    for i, part in enumerate(parts):
        x, y = i % columns * (CARD + 8), floor + 16 + i // columns * (CARD_HIGH + 10)
        drawn += _card(text, part, i, x, y, i == len(parts) - 1, i == chosen)
    high = floor + 16 + (-(-len(parts) // columns)) * (CARD_HIGH + 10)
    return svg.picture(WIDE, high, drawn, alt)


def underlined(text: str, start: int, end: int, alt: str) -> str:
    """SVG: the expression with the letters that were refused underlined."""
    letter = min(LETTER, (WIDE - 2 * MARGIN) / max(len(text), 1))
    x, wide = MARGIN + start * letter, max(end - start, 1) * letter
    line = f'<path d="M{x:g} 44h{wide:g}" stroke="{RED}" stroke-width="5"/>'
    return svg.picture(WIDE, 60, [svg.box(x, 6, wide, 36, fill=RED, opacity=0.15, stroke="none"), written(text, letter), line], alt)


def misfit(names: tuple[str, str], shapes: tuple[tuple[int, ...], tuple[int, ...]], axes: tuple[int, int], alt: str) -> str:
    """SVG: two shapes, aligned at the right, the axis of each that does not fit in red. axes count from 0 at the left."""
    deepest, parts = max(map(len, shapes)), []
    for row, (name, shape, axis) in enumerate(zip(names, shapes, axes, strict=True)):
        y = 8 + row * 62
        parts.append(svg.text(180, y + 34, name, anchor="end", bold=True))
        for i, size in enumerate(shape):
            x, wrong = 200 + (deepest - len(shape) + i) * 112, i == axis
            parts.append(svg.box(x, y, 100, 50, stroke=RED if wrong else GREY, fill=RED if wrong else GREY, opacity=0.2 if wrong else 0.06,
                                 line=4 if wrong else 2))
            parts.append(svg.text(x + 50, y + 34, str(size), bold=wrong, size=26))
    return svg.picture(220 + deepest * 112, 2 * 62 + 4, parts, alt)


def written(text: str, letter: float) -> str:
    """Every letter as wide as the next, whatever letters the browser has."""
    return (f'<text x="{MARGIN}" y="34" font-size="{letter / 0.6:g}" font-family="monospace" fill="currentColor" '
            f'textLength="{len(text) * letter:g}" lengthAdjust="spacingAndGlyphs" style="white-space:pre">{escape(text)}</text>')


def _rows(parts: list[Part], letter: float) -> list[int]:
    """The row of each part: below all that went into it, and beside nothing that it would cover."""
    rows: list[int] = []
    taken: list[tuple[int, float, float]] = []       # row, from, to
    for part in parts:
        low, high = _extent(part, letter)
        row = max((rows[used] + 1 for used in part.uses), default=0)
        while any(other == row and low < right and left < high for other, left, right in taken):
            row += 1
        rows.append(row)
        taken.append((row, low, high))
    return rows


def _extent(part: Part, letter: float) -> tuple[float, float]:
    """From where to where its bracket and its words go."""
    middle, half = MARGIN + (part.start + part.end) / 2 * letter, (2 * BADGE + 8 + len(part.about) * SMALL) / 2 + 4
    middle = max(middle, half)
    return min(MARGIN + part.start * letter, middle - half), max(MARGIN + part.end * letter, middle + half)


def _bracket(part: Part, i: int, y: float, letter: float, last: bool, chosen: bool) -> list[str]:
    colour = _colour(part, last)
    left, right = MARGIN + part.start * letter, MARGIN + part.end * letter
    words = 2 * BADGE + 8 + len(part.about) * SMALL
    x = max((left + right) / 2 - words / 2, 4)
    line = f'<path d="M{left + 2:g} {y:g}v{DROP}H{right - 2:g}v-{DROP}" fill="none" stroke="{colour}" stroke-width="3"/>'
    line += f'<path d="M{left + 2:g} {y:g}V42M{right - 2:g} {y:g}V42" stroke="{colour}" stroke-width="1" opacity="0.35"/>'
    ground = [svg.box(x - 4, y + DROP + 4, words + 8, 34, fill=svg.MARK, opacity=0.42, stroke="none")] if chosen else []
    return [line, *ground, *_badge(x + BADGE, y + DROP + 21, i, colour, part.title),
            svg.text(x + 2 * BADGE + 6, y + DROP + 28, part.about, size=LABEL, anchor="start", bold=last)]


def _colour(part: Part, last: bool) -> str:
    return RED if part.failed else GREEN if last else BLUE


def _badge(x: float, y: float, i: int, colour: str, title: str) -> list[str]:
    circle = f'<circle cx="{x:g}" cy="{y:g}" r="{BADGE}" fill="{colour}"><title>{escape(title)}</title></circle>'
    return [circle, svg.text(x, y + 6, str(i + 1), size=17, fill="white", bold=True)]


def _card(text: str, part: Part, i: int, x: float, y: float, last: bool, chosen: bool) -> list[str]:
    """Number, the part's text, its picture, its shape."""
    said = text[part.start:part.end]
    said = said if len(said) <= SAID else said[:SAID - 1] + "…"
    ground = {"fill": svg.MARK, "opacity": 0.25} if chosen else {"fill": GREY, "opacity": 0.08}
    parts = [svg.box(x + 1, y + 1, CARD, CARD_HIGH - 4, stroke=RED if part.failed else GREY, title=part.title, **ground),
             *_badge(x + 20, y + 22, i, _colour(part, last), part.title),
             svg.text(x + 40, y + 29, said, size=18, anchor="start")]
    middle = x + CARD / 2
    if part.failed or part.values is None:
        return [*parts, svg.text(middle, y + 110, "✗" if part.failed else part.about, size=44 if part.failed else LABEL,
                                 fill=RED if part.failed else "currentColor")]
    return [*parts, *_values(part.values, middle, y + 46), svg.text(middle, y + CARD_HIGH - 18, part.about, size=LABEL)]


def _values(values: np.ndarray, middle: float, y: float) -> list[str]:
    """Its own colours: blue below zero and red above, or dark to bright where nothing is negative."""
    grid = as_grid(values)
    if not grid.size:
        return [svg.text(middle, y + SIDE / 2 + 8, "∅", size=40)]
    top, signed = float(np.nanmax(np.abs(grid[np.isfinite(grid)]), initial=0)) or 1.0, bool((grid < 0).any())
    tall, broad = _cell(*grid.shape)
    if not readable(values):
        tall = broad = min(tall, broad)              # squares, where nothing needs to be read
    wide, high = grid.shape[1] * broad, grid.shape[0] * tall
    shown = colours(np.nan_to_num(grid, nan=0, posinf=top, neginf=-top), top, signed)
    shown = np.dstack([shown, np.where(np.isnan(grid), 0, 255).astype(np.uint8)])      # neither nan nor the row between two blocks
    left, upper = middle - wide / 2, y + (SIDE + 8 - high) / 2
    parts = [svg.image(left, upper, wide, high, data_uri(shown))]
    if not readable(values):
        return parts
    for (row, column), value in np.ndenumerate(grid):
        bright = shown[row, column, :3] @ LUMINANCE > 140
        words = "" if np.isnan(value) and values.ndim > 2 else _brief(value, int(broad // 8.5))            # a row between two blocks
        parts.append(svg.text(left + (column + 0.5) * broad, upper + (row + 0.5) * tall + 5, words, size=15,
                              fill="black" if bright else "white" if not np.isnan(value) else "currentColor"))
    return parts


def readable(values: np.ndarray) -> bool:
    """Whether a card has room for its numbers."""
    grid = as_grid(values)
    return grid.size > 0 and min(_cell(*grid.shape)) >= NUMBERED


def _cell(rows: int, columns: int) -> tuple[float, float]:
    """Height and width of one of so many cells."""
    return min(CELL, SIDE / rows), min(CELL, WITHIN / columns)


def _brief(value: float, letters: int) -> str:
    """As many digits as fit."""
    forms = (f"{value:g}", f"{value:.2f}", f"{value:.1f}", f"{value:.0f}")
    return next((words for words in forms if len(words) <= letters), "…")
