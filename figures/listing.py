"""A program as a picture: numbered lines, the one that failed in red; and a change of one, line by line."""

import re
from html import escape

from figures import svg
from figures.palette import BLUE, GREEN, GREY, RED

WIDE, LEFT, ROW, LETTERS = 920, 60, 30, 22           # 22 units leave room for 64 letters a line
WORDS = re.compile(r"""(?P<comment>\#.*)|(?P<text>"[^"]*")|(?P<word>\b(?:from|import|as|def|class|return|for|in|if|with|pass|and)\b)""")
COLOURS = {"comment": GREY, "text": GREEN, "word": BLUE}

NARROW = "\u00a0"                                    # a space at which no line breaks
SIGNS = {"-": "−", "+": "+"}
GROUND = {"-": f"background:{RED}2E;border-left-color:{RED};", "+": f"background:{GREEN}2E;border-left-color:{GREEN};"}
LINE = "white-space:pre-wrap;overflow-wrap:anywhere;padding:0 0.4em 0 1.9em;text-indent:-1.5em;border-left:4px solid transparent;"


def listing(code: str, alt: str, failed: int = 0) -> str:
    """SVG. failed: the line, counted from 1, on which it stopped; 0 for none."""
    lines = code.splitlines()
    parts = [svg.box(1, 1, WIDE - 2, len(lines) * ROW + 18, stroke=GREY, fill=GREY, opacity=0.06, line=1)]
    for i, line in enumerate(lines, start=1):
        top = 10 + (i - 1) * ROW
        if i == failed:
            parts += [svg.box(2, top, WIDE - 4, ROW, fill=RED, opacity=0.18, stroke="none", radius=0),
                      svg.box(2, top, 6, ROW, fill=RED, stroke="none", opacity=1, radius=0)]
        parts += [svg.text(LEFT - 16, top + 22, str(i), size=18, anchor="end", opacity=0.6),
                  f'<text x="{LEFT}" y="{top + 22}" font-size="{LETTERS}" font-family="monospace" fill="currentColor" '
                  f'style="white-space:pre">{coloured(line)}</text>']
    return svg.picture(WIDE, len(lines) * ROW + 20, parts, alt)


def changed(diff: str) -> str:
    """HTML of lines after "- ", "+ " or two spaces: the ground and the sign say what goes and what comes, the letters stay dark."""
    parts = []
    for sign, words in ((line[:1], line[2:]) for line in diff.splitlines()):
        parts.append(f'<div style="{LINE}{GROUND.get(sign, "")}">{SIGNS.get(sign, NARROW)}{NARROW}{escape(words)}</div>')
    return f'<div style="font-family:monospace;font-size:0.95rem;line-height:1.5">{"".join(parts)}</div>'


def coloured(line: str) -> str:
    """A line of Python whose words, texts and comments have colours; it need not be correct."""
    parts, at = [], 0
    for found in WORDS.finditer(line):
        parts += [escape(line[at:found.start()]), f'<tspan fill="{COLOURS[found.lastgroup]}">{escape(found[0])}</tspan>']
        at = found.end()
    return "".join([*parts, escape(line[at:])])
