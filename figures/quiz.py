"""A question about a shape as a picture, and what was answered as rows of marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, RED

WIDE, LINE = 860, 46                                 # as wide as the page leaves on a projector of 1280 pixels
LETTERS = 56                                         # of a single line; a longer one is broken
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
    """SVG, readable from the last row: no letters under 20 units but in the longest lines."""
    several = len(asked.lines) > 1
    lines = asked.lines if several else tuple(wrap(asked.lines[0], LETTERS, subsequent_indent="    ", break_long_words=False))
    room = 600 if several and asked.steps else WIDE - 50
    size = min(25.0, room / (LETTER * max(map(len, lines))))
    parts, y = [], 8.0
    if asked.given:
        parts += [svg.text(WIDE / 2, y + 26, asked.given, size=27, bold=True), _down(y + 38)]
        y += 66
    high = LINE * len(lines) + 10
    edge = {"stroke": RED, "dash": "7 5", "line": 3} if asked.refused and not several else {"stroke": BLUE}
    parts.append(svg.box(10, y, WIDE - 20, high, fill=BLUE, opacity=0.1, radius=12, **edge))
    for i, line in enumerate(lines):
        middle = y + LINE * i + 37
        stops = asked.refused and several and i == len(asked.steps)
        if stops:
            parts.append(svg.box(18, middle - 31, WIDE - 36, 42, stroke=RED, dash="7 5", line=3))
        parts.append(_code(30 if several else WIDE / 2, middle, line, size, "start" if several else "middle"))
        if several and asked.steps and (i < len(asked.steps) or stops):
            told = "✗" if stops else asked.steps[i]
            parts.append(svg.text(WIDE - 30, middle, told, size=22, fill=RED if stops else GREEN, anchor="end", bold=True))
    y += high
    parts.append(_down(y + 8))
    colour = ORANGE if asked.out == "?" else RED if asked.refused else GREEN
    if asked.called:
        parts.append(_code(WIDE / 2 - 14, y + 70, asked.called, 24, "end"))
    parts.append(svg.text(WIDE / 2 + 14 * bool(asked.called), y + 70, asked.out, size=32, fill=colour, bold=True,
                          anchor="start" if asked.called else "middle"))
    y += 88
    for line in asked.sums:
        parts.append(svg.text(WIDE / 2, y + 26, line, size=min(24.0, (WIDE - 20) / (0.52 * len(line)))))
        y += 36
    return svg.picture(WIDE, y + 6, parts, alt)


def strip(marks: Sequence[str], current: int, alt: str) -> str:
    """One square for every question, the current one (from 0) framed; groups are divided by an empty mark ""."""
    side = min(56.0, (WIDE - 20) / max(len(marks) - marks.count("") / 2, 1) - 8)
    parts, x, number = [], 10.0, 0
    for mark in marks:
        if not mark:
            x += side / 2
            continue
        parts += _square(x, 6, side, mark, framed=number == current)
        x, number = x + side + 8, number + 1
    return svg.picture(WIDE, side + 14, parts, alt)


def rows(found: Mapping[str, Sequence[str]], alt: str) -> str:
    """Name -> marks: a line for each, so that one sees what to look at again."""
    side, parts = 36.0, []
    for i, (name, marks) in enumerate(found.items()):
        y = 6 + i * (side + 10)
        parts.append(svg.text(10, y + 26, name, size=22, anchor="start"))
        for column, mark in enumerate(marks):
            parts += _square(480 + column * (side + 5), y, side, mark)
    return svg.picture(WIDE, len(found) * (side + 10) + 10, parts, alt)


def _square(x: float, y: float, side: float, mark: str, framed: bool = False) -> list[str]:
    sign, colour = MARKS[mark]
    filled = {"fill": colour, "opacity": 0.25} if mark != "open" else {"dash": "4 4"}
    frame = [svg.box(x - 3, y - 3, side + 6, side + 6, stroke=ORANGE, line=4)] if framed else []
    return [svg.box(x, y, side, side, stroke=colour, **filled), *frame,
            *([svg.text(x + side / 2, y + side * 0.72, sign, size=side * 0.62, bold=True)] if sign else [])]


def _code(x: float, y: float, words: str, size: float, anchor: str) -> str:
    """As a program is written."""
    return f'<g font-family="ui-monospace, Menlo, Consolas, monospace">{svg.text(x, y, words, size=size, anchor=anchor)}</g>'


def _down(y: float) -> str:
    """A short arrow downwards in the middle."""
    middle = WIDE / 2
    return f'<path d="M{middle:g} {y:g}v22m-7 -9l7 9l7 -9" fill="none" stroke="currentColor" stroke-width="2.5"/>'
