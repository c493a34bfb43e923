"""Many pictures with their classes as one SVG in which each can be clicked."""

from collections.abc import Sequence
from html import escape

import numpy as np

from figures import svg
from figures.pixels import channels_last, data_uri

WIDE, LETTERS = 1000, 22


def sheet(rows: Sequence[np.ndarray], names: Sequence[str], labels: Sequence[Sequence[str]], indices: Sequence[Sequence[int]], across: int,
          alt: str) -> str:
    """rows: (n, C, H, W) uint8, at most `across` pictures each, each row one PNG. names: of the rows, to their left; may be none.

    labels and indices: of each picture, said when the mouse is on it; without names the label also stands below.
    """
    left = min(200, max(map(_width, names), default=0) + 14) if names else 0
    side = (WIDE - left) / across
    high = side + (0 if names else 30)
    parts = []
    for r, (pictures, said, numbers) in enumerate(zip(rows, labels, indices, strict=True)):
        y = r * high
        if names:
            parts.append(svg.text(left - 12, y + side / 2 + 8, names[r], size=LETTERS, anchor="end"))
        if not len(pictures):
            continue
        parts.append(svg.image(left, y, side * len(pictures), side, data_uri(channels_last(np.concatenate(list(pictures), axis=2)))))
        for c, (label, index) in enumerate(zip(said, numbers, strict=True)):
            x = left + c * side
            if not names:
                size = min(LETTERS, LETTERS * (side - 4) / _width(label))
                parts.append(svg.text(x + side / 2, y + side + 22, label, size=size))
            parts.append(_tile(x, y, side, index, f"{label} · {index}"))
    return svg.picture(WIDE, len(rows) * high + 4, parts, alt)


def _tile(x: float, y: float, side: float, index: int, title: str) -> str:
    """A window on one picture; its border, in the page's own colour, is the gap between pictures."""
    return (f'<rect x="{x:.6g}" y="{y:.6g}" width="{side:.6g}" height="{side:.6g}" fill="transparent" stroke="var(--st-background-color)" '
            f'stroke-width="5" style="cursor:pointer" data-picture="{index}"><title>{escape(title)}</title></rect>')


def _width(words: str) -> float:
    """About, at size LETTERS."""
    return LETTERS * max(1.0, sum(1.0 if letter > "⺀" else 0.56 for letter in words))
