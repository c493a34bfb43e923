"""A typed expression taken apart: under each part its turn and its shape, then every value as a small picture."""

from dataclasses import dataclass
from html import escape

import numpy as np

from figures import svg
from figures.inside import colours, ink
from figures.lines import lines
from figures.palette import BLUE, GREEN, GREY, RED
from figures.pixels import data_uri
from figures.tensor import as_grid, brief

WIDE, MARGIN = 1000, 20
LETTER, NARROWEST = 22, 14                           # of a letter of an expression in one line: the longer, the narrower
WRAPPED = 18                                         # of a letter where that would still be too long for one line
ROW, DROP, BADGE = 54, 8, 13                         # of a part's bracket and words; the radius of its number
ONWARD, BESIDE, BETWEEN = 38, 32, 14                 # of brackets that go on in the next line; of one's number; the gap before that line
SMALL, LABEL = 11, 20                                # a letter of the shapes is so wide, and so high
CARD, CARD_HIGH = 192, 196                           # a value's card
SIDE, WITHIN = 96, 172                               # the height and the width that its picture may have
NAME = 21                                            # letters of an operand's name beside its shape
SAID = 16                                            # letters of a card's heading
CELL, NUMBERED = 44.0, 24                            # the longest side of a number's cell, and the shortest in which it can be read


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


@dataclass(frozen=True)
class Piece:
    """What one line shows of a part: a bracket from letter to letter of the line, and, where the part ends, its words.

    beside: how many parts begin at the same letter and go on in the next line too; they share one bracket.
    """

    number: int                                      # which part, counted from 0
    part: Part
    start: int
    end: int
    opens: bool
    closes: bool
    beside: int = 0

    @property
    def words(self) -> float:
        """How wide its number and its words are together."""
        return 2 * BADGE + 8 + len(self.part.about) * SMALL * self.closes


def taken_apart(text: str, parts: list[Part], chosen: int, alt: str) -> str:
    """SVG: the expression, a numbered bracket for each part in the order of computing, the chosen one filled; then the values as cards."""
    letter, drawn, floor = _letter(text), [], 0.0
    for start, end in _lines(text):
        top = floor + BETWEEN * bool(drawn)
        pieces = _pieces(text, parts, start, end)
        rows = _rows(pieces, letter)
        closing = {row for piece, row in zip(pieces, rows, strict=True) if piece.closes}
        heights = [ROW if row in closing else ONWARD for row in range(max(rows, default=-1) + 1)]
        drawn.append(written(text[start:end].rstrip(), letter, top))
        for piece, row in zip(pieces, rows, strict=True):
            drawn += _bracket(piece, top, top + 44 + sum(heights[:row]), letter, piece.number == len(parts) - 1, piece.number == chosen)
        floor = top + 44 + sum(heights)
    columns = WIDE // (CARD + 8)
    for i, part in enumerate(parts):
        x, y = i % columns * (CARD + 8), floor + 16 + i // columns * (CARD_HIGH + 10)
        drawn += _card(text, part, i, x, y, i == len(parts) - 1, i == chosen)
    high = floor + 16 + (-(-len(parts) // columns)) * (CARD_HIGH + 10)
    return svg.picture(WIDE, high, drawn, alt)


def underlined(text: str, start: int, end: int, alt: str) -> str:
    """SVG: the expression with the letters that were refused underlined."""
    letter, drawn, end, top = _letter(text), [], max(end, start + 1), 0
    for low, high in _lines(text):
        left, right = max(start, low), end if high == len(text) else min(end, high)
        line = [written(text[low:high].rstrip(), letter, top)]
        if left < right:
            x, wide = MARGIN + (left - low) * letter, (right - left) * letter
            line = [svg.box(x, top + 6, wide, 36, fill=RED, opacity=0.15, stroke="none"), *line,
                    f'<path d="M{x:g} {top + 44}h{wide:g}" stroke="{RED}" stroke-width="5"/>']
        drawn += line
        top += 60
    return svg.picture(WIDE, top, drawn, alt)


def misfit(names: tuple[str, str], shapes: tuple[tuple[int, ...], tuple[int, ...]], axes: tuple[int, int], alt: str) -> str:
    """SVG: two shapes, aligned at the right, the axis of each that does not fit in red. axes count from 0 at the left."""
    deepest, parts = max(map(len, shapes)), []
    for row, (name, shape, axis) in enumerate(zip(names, shapes, axes, strict=True)):
        y = 8 + row * 62
        parts.append(svg.text(300, y + 34, name if len(name) <= NAME else name[:NAME - 1] + "…", anchor="end", bold=True))
        for i, size in enumerate(shape):
            x, wrong = 320 + (deepest - len(shape) + i) * 112, i == axis
            parts.append(svg.box(x, y, 100, 50, stroke=RED if wrong else GREY, fill=RED if wrong else GREY, opacity=0.2 if wrong else 0.06,
                                 line=4 if wrong else 2))
            parts.append(svg.text(x + 50, y + 34, str(size), bold=wrong, size=26))
    return svg.picture(340 + deepest * 112, 2 * 62 + 4, parts, alt)


def written(text: str, letter: float, top: float = 0) -> str:
    """Every letter as wide as the next, whatever letters the browser has."""
    return (f'<text x="{MARGIN}" y="{top + 34:g}" font-size="{letter / 0.6:g}" font-family="monospace" fill="currentColor" '
            f'textLength="{len(text) * letter:g}" lengthAdjust="spacingAndGlyphs" style="white-space:pre">{escape(text)}</text>')


def _letter(text: str) -> float:
    """How wide each letter of the expression is."""
    letter = (WIDE - 2 * MARGIN) / max(len(text), 1)
    return WRAPPED if letter < NARROWEST else min(LETTER, letter)


def _lines(text: str) -> list[tuple[int, int]]:
    return lines(text, int((WIDE - 2 * MARGIN) / _letter(text) + 1e-9))


def _pieces(text: str, parts: list[Part], start: int, end: int) -> list[Piece]:
    """Of each part that begins or ends in the letters start to end what lies there."""
    found: list[Piece] = []
    for i, part in enumerate(parts):
        low, high = max(part.start, start), min(part.end, start + len(text[start:end].rstrip()))
        opens, closes = part.start >= start, part.end <= end
        if low < high and (opens or closes):
            beside = sum(other.start == low - start and not other.closes for other in found)
            found.append(Piece(i, part, low - start, high - start, opens, closes, 0 if closes else beside))
    return found


def _rows(pieces: list[Piece], letter: float) -> list[int]:
    """The row of each piece: below all that went into it, and beside nothing that it would cover."""
    rows: dict[int, int] = {}
    taken: list[tuple[int, float, float]] = []       # row, from, to
    onward: dict[int, int] = {}                      # letter -> row
    for piece in pieces:
        low, high = _extent(piece, letter)
        row = max((rows[used] + 1 for used in piece.part.uses if used in rows), default=0)
        while any(other == row and low < right and left < high for other, left, right in taken):
            row += 1
        rows[piece.number] = row if piece.closes else onward.setdefault(piece.start, row)
        taken.append((rows[piece.number], low, high))
    return list(rows.values())


def _extent(piece: Piece, letter: float) -> tuple[float, float]:
    """From where to where its bracket and its words go."""
    middle, half = MARGIN + (piece.start + piece.end) / 2 * letter, piece.words / 2 + 4
    middle = max(middle, half)
    return min(MARGIN + piece.start * letter, middle - half), max(MARGIN + piece.end * letter, middle + half)


def _bracket(piece: Piece, top: float, y: float, letter: float, last: bool, chosen: bool) -> list[str]:
    """Ends that lie in other lines stay open."""
    y += 0 if piece.closes else 8                    # its number sits on the line
    colour, part = _colour(piece.part, last), piece.part
    left, right = MARGIN + piece.start * letter, MARGIN + piece.end * letter
    x = max((left + right) / 2 - piece.words / 2, 4)
    begin = f"M{left + 2:g} {y:g}v{DROP}" if piece.opens else f"M{left - 10:g} {y + DROP:g}"
    finish = f"H{right - 2:g}v-{DROP}" if piece.closes else f"H{right + 10:g}"
    guides = "".join(f"M{edge:g} {y:g}V{top + 42:g}" for edge, ends in ((left + 2, piece.opens), (right - 2, piece.closes)) if ends)
    line = f'<path d="{begin}{finish}" fill="none" stroke="{colour}" stroke-width="3"/>'
    line += f'<path d="{guides}" stroke="{colour}" stroke-width="1" opacity="0.35"/>'
    if not piece.closes:
        badge = _badge(left + 20 + piece.beside * BESIDE, y + DROP, piece.number, colour, part.title)
        return badge if piece.beside else [line, *badge]
    ground = [svg.box(x - 4, y + DROP + 4, piece.words + 8, 34, fill=svg.MARK, opacity=0.42, stroke="none")] if chosen else []
    return [line, *ground, *_badge(x + BADGE, y + DROP + 21, piece.number, colour, part.title),
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
        words = "" if np.isnan(value) and values.ndim > 2 else brief(value, int(broad // 8.5))            # a row between two blocks
        parts.append(svg.text(left + (column + 0.5) * broad, upper + (row + 0.5) * tall + 5, words, size=15,
                              fill="currentColor" if np.isnan(value) else ink(shown[row, column, :3])))
    return parts


def readable(values: np.ndarray) -> bool:
    """Whether a card has room for its numbers."""
    grid = as_grid(values)
    return grid.size > 0 and min(_cell(*grid.shape)) >= NUMBERED


def _cell(rows: int, columns: int) -> tuple[float, float]:
    """Height and width of one of so many cells."""
    return min(CELL, SIDE / rows), min(CELL, WITHIN / columns)
