"""A question about a shape as a picture, and what was answered as rows of marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, RED

WIDE, FLOW, LINE = 860, 560, 40                      # units; FLOW leaves half of the page to the answers beside it
LETTERS = 34                                         # of a single line; a longer one is broken
LOW, MANY = 33, 6                                    # a row's height where there are more than MANY
ROW = 28                                             # letters of one of several lines; a longer one goes on below, from an arrow on
BESIDE = 18                                          # letters of what is done with the layer, left of what comes out; more stand above it
MARKS = {"right": ("✓", GREEN), "wrong": ("✗", RED), "shown": ("–", GREY), "open": ("", GREY)}
LETTER = 0.61                                        # of its size is a letter of a typewriter wide


@dataclass(frozen=True)
class Flow:
    """x goes in at the top, through the lines, and comes out below.

    Before the answer steps are empty and out is "?"; then they say what every line gave. refused: one line did not take what it got.
    """

    lines: tuple[str, ...]
    given: str                                       # "x (1, 3, 32, 32)"; "" where nothing goes in
    out: str
    called: str = ""
    steps: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    refused: bool = False


def flow(asked: Flow, alt: str) -> str:
    """SVG, readable from the last row, and low enough to stand on a projector with everything that is asked."""
    several, middle = len(asked.lines) > 1, FLOW / 2
    parts, y = [], 8.0
    if asked.given:
        parts += [svg.text(middle, y + 26, asked.given, size=27, bold=True), _down(middle, y + 36)]
        y += 62
    drawn, high = _several(asked, y) if several else _single(asked, y)
    parts += [*drawn, _down(middle, y + high + 6)]
    y += high
    colour, beside = ORANGE if asked.out == "?" else RED if asked.refused else GREEN, 0 < len(asked.called) <= BESIDE
    if beside:
        parts.append(_code(middle - 14, y + 64, asked.called, 24, "end"))
    else:
        called = wrap(asked.called, LETTERS, subsequent_indent="    ", break_long_words=False)
        parts += [_code(middle, y + 62 + LOW * i, row, 24, "middle") for i, row in enumerate(called)]
        y += LOW * len(called) + 4 * bool(called)
    parts.append(svg.text(middle + 14 * beside, y + 64, asked.out, size=30, fill=colour, bold=True, anchor="start" if beside else "middle"))
    y += 80
    for line in asked.sums:
        parts.append(svg.text(middle, y + 24, line, size=min(24.0, (FLOW - 20) / (0.52 * len(line)))))
        y += 32
    return svg.picture(FLOW, y + 6, parts, alt)


def _single(asked: Flow, y: float) -> tuple[list[str], float]:
    """One layer in its box, broken where it is long; and how high that is."""
    line = asked.lines[0]
    lines = _broken(line) if " → " in line else wrap(line, LETTERS, subsequent_indent="    ", break_long_words=False)
    size, high = min(25.0, (FLOW - 50) / (LETTER * max(map(len, lines)))), LINE * len(lines) + 16
    edge = {"stroke": RED, "dash": "7 5", "line": 3} if asked.refused else {"stroke": BLUE}
    return [svg.box(10, y, FLOW - 20, high, fill=BLUE, opacity=0.1, radius=12, **edge),
            *(_code(FLOW / 2, y + LINE * i + 36, line, size, "middle") for i, line in enumerate(lines))], high


def _several(asked: Flow, y: float) -> tuple[list[str], float]:
    """Layers below each other, and behind each the shape that it gave, or a cross where it refused; and how high that is."""
    lines = [_broken(line) for line in asked.lines]
    told = [*asked.steps, *(["✗"] if asked.refused else [])]
    told += [""] * (len(lines) - len(told))
    size = min(25.0, *((FLOW - 60 - 11 * len(shape)) / (LETTER * max(map(len, rows))) for rows, shape in zip(lines, told, strict=True)))
    step = LINE if sum(map(len, lines)) <= MANY else LOW
    high = step * sum(map(len, lines)) + 16
    parts = [svg.box(10, y, FLOW - 20, high, fill=BLUE, opacity=0.1, radius=12, stroke=BLUE)]
    y += 8
    for rows, shape in zip(lines, told, strict=True):
        stops = shape == "✗"
        if stops:
            parts.append(svg.box(18, y, FLOW - 36, step * len(rows), stroke=RED, dash="7 5", line=3))
        parts += [_code(28, y + step * (i + 0.7), row, size, "start") for i, row in enumerate(rows)]
        y += step * len(rows)
        if shape:
            parts.append(svg.text(FLOW - 26, y - step * 0.3, shape, size=22, fill=RED if stops else GREEN, anchor="end", bold=True))
    return parts, high


def _broken(line: str) -> list[str]:
    """Before an arrow, where the line would be too long."""
    first, *others = line.split(" → ")
    rows = [first]
    for word in others:
        if len(f"{rows[-1]} → {word}") <= ROW:
            rows[-1] += f" → {word}"
        else:
            rows.append(f"→ {word}")
    return rows


def rows(found: Mapping[str, Sequence[str]], alt: str) -> str:
    """Name -> marks: a line for each, so that one sees what to look at again."""
    side, parts = 36.0, []
    for i, (name, marks) in enumerate(found.items()):
        y = 6 + i * (side + 10)
        parts.append(svg.text(10, y + 26, name, size=22, anchor="start"))
        for column, mark in enumerate(marks):
            parts += _square(480 + column * (side + 5), y, side, mark)
    return svg.picture(WIDE, len(found) * (side + 10) + 10, parts, alt)


def _square(x: float, y: float, side: float, mark: str) -> list[str]:
    sign, colour = MARKS[mark]
    filled = {"fill": colour, "opacity": 0.25} if mark != "open" else {"dash": "4 4"}
    return [svg.box(x, y, side, side, stroke=colour, **filled),
            *([svg.text(x + side / 2, y + side * 0.72, sign, size=side * 0.62, bold=True)] if sign else [])]


def _code(x: float, y: float, words: str, size: float, anchor: str) -> str:
    """As a program is written."""
    return f'<g font-family="ui-monospace, Menlo, Consolas, monospace">{svg.text(x, y, words, size=size, anchor=anchor)}</g>'


def _down(middle: float, y: float) -> str:
    """A short arrow downwards."""
    return f'<path d="M{middle:g} {y:g}v22m-7 -9l7 9l7 -9" fill="none" stroke="currentColor" stroke-width="2.5"/>'
