"""How one number of a layer came to be, in numbers: a window times a kernel, the winner of a pooling window, a unit's contributions."""

import numpy as np

from figures import svg
from figures.inside import colours
from figures.palette import BLUE, GREY, ORANGE, RED

WIDE, CELL, LETTERS = 1000, 54, 17
PER_ROW = 8                                          # sums of input channels side by side


def products(window: np.ndarray, kernel: np.ndarray, sums: np.ndarray, bias: float, total: float, shown: int, words: dict[str, str]) -> str:
    """SVG: window × kernel = products of input channel `shown`, then every channel's sum, which with the bias make the pixel.

    window, kernel (I, kh, kw); sums (I,). words: window, kernel, products, channel (with {channel}), all, bias, total, alt, and end,
    what becomes of the total ("" for nothing).
    """
    grids = (window[shown], kernel[shown], window[shown] * kernel[shown])
    rows, columns = grids[0].shape
    cell = min(CELL, (WIDE - 150) / (3 * columns))
    step, top = columns * cell + 75, 44
    parts = []
    for i, (grid, name, signed) in enumerate(zip(grids, ("window", "kernel", "products"), (False, True, True), strict=True)):
        x = i * step
        parts.append(svg.text(x + columns * cell / 2, 26, words[name], size=22, bold=True))
        parts += _grid(grid, x, top, cell, signed or bool(grid.min() < 0))
        if i:
            parts.append(svg.text(x - 38, top + rows * cell / 2 + 10, "×" if i == 1 else "=", size=32))
    y = top + rows * cell + 22
    wide = WIDE / PER_ROW
    for i, value in enumerate(sums):
        x, below = (i % PER_ROW) * wide, y + (i // PER_ROW) * 66
        colour = RED if value > 0 else BLUE
        edge, line = ("currentColor", 4) if i == shown else (colour, 1.5)
        chip = [svg.box(x + 3, below, wide - 6, 58, fill=colour, stroke=edge, opacity=0.14, radius=8, line=line),
                svg.text(x + wide / 2, below + 23, words["channel"].format(channel=i), size=17, opacity=0.8),
                svg.text(x + wide / 2, below + 47, number(value), size=21, bold=True)]
        parts.append(f'<g data-channel="{i}">{"".join(chip)}</g>')                         # may be clicked
    y += -(-len(sums) // PER_ROW) * 66 + 34
    parts.append(svg.text(WIDE / 2, y, _sum(sums, bias, total, words), size=23))
    if words.get("end"):
        y += 34
        parts.append(svg.text(WIDE / 2, y, words["end"], size=22, opacity=0.85))
    return svg.picture(WIDE, y + 16, parts, words["alt"])


def winner(window: np.ndarray, won: tuple[int, int] | None, words: dict[str, str]) -> str:
    """SVG: a pooling window (kh, kw); the largest is framed, None where all count alike. words: window, total, alt."""
    rows, columns = window.shape
    cell, x = 84, 60
    parts = [svg.text(x + columns * cell / 2, 26, words["window"], size=22, bold=True),
             *_grid(window, x, 44, cell, bool(np.nanmin(window) < 0), size=22)]
    if won is not None:
        parts.append(svg.box(x + won[1] * cell, 44 + won[0] * cell, cell, cell, stroke=ORANGE, line=6, radius=4))
    parts.append(svg.text(x + columns * cell + 50, 44 + rows * cell / 2 + 8, words["total"], size=26, anchor="start"))
    return svg.picture(WIDE, 44 + rows * cell + 12, parts, words["alt"])


def contributions(rows: list[tuple[str, float, float]], rest: float, bias: float, total: float, words: dict[str, str]) -> str:
    """SVG: bars x · w of the largest inputs of a unit. rows: (name, x, w). words: rest, bias, total, alt."""
    bars = [(name, f"{number(x)} × {number(w)}", x * w) for name, x, w in rows] + [(words["rest"], "", rest), (words["bias"], "", bias)]
    largest, high = max(abs(value) for *_, value in bars) or 1.0, 36
    parts = []
    for i, (name, about, value) in enumerate(bars):
        y, length, colour = i * high, 190 * abs(value) / largest, RED if value > 0 else BLUE
        parts.append(svg.text(330, y + 25, name, size=20, anchor="end"))
        parts.append(svg.text(345, y + 25, about, size=19, anchor="start", opacity=0.75))
        x = 730 if value >= 0 else 730 - length
        parts.append(svg.box(x, y + 7, length, high - 14, fill=colour, stroke="none", opacity=0.75, radius=2))
        parts.append(svg.text(1000, y + 25, number(value), size=20, anchor="end", bold=True))
    y = len(bars) * high + 30
    parts.append(f'<path d="M730 0V{len(bars) * high}" stroke="{GREY}" stroke-width="1.5"/>')
    parts.append(svg.text(1000, y, f"{words['total']} = {number(total)}", size=24, anchor="end", bold=True))
    return svg.picture(WIDE, y + 14, parts, words["alt"])


def number(value: float) -> str:
    """Three digits, with a real minus."""
    if not np.isfinite(value):
        return "−∞" if value < 0 else "∞"
    return f"{value + 0.0:.3g}".replace("-", "−")          # + 0.0: a negative zero is a zero


def factor(value: float) -> str:
    """A number behind a times sign: a negative one in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def added(terms: list[str]) -> str:
    """0.83 + 0.2 − 0.05"""
    return " + ".join(terms).replace("+ −", "− ")


def _grid(values: np.ndarray, x: float, y: float, cell: float, signed: bool, size: float = LETTERS) -> list[str]:
    """Cells with their numbers on the colour of the value; black or white letters, whichever can be read."""
    finite = values[np.isfinite(values)]
    top = float(np.abs(finite).max()) if finite.size and np.abs(finite).max() else 1.0
    rgb = colours(np.nan_to_num(values, neginf=0.0), top, signed)
    parts = []
    for (row, column), value in np.ndenumerate(values):
        red, green, blue = (int(c) for c in rgb[row, column])
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 140
        left, above = x + column * cell, y + row * cell
        parts.append(svg.box(left, above, cell, cell, fill=f"#{red:02x}{green:02x}{blue:02x}", stroke=GREY, radius=0, line=1))
        parts.append(svg.text(left + cell / 2, above + cell / 2 + size * 0.35, _short(value), size=size, fill="#fff" if dark else "#111"))
    return parts


def _short(value: float) -> str:
    """As wide as a cell: a third decimal is the last."""
    return number(round(float(value), 3)) if np.isfinite(value) else number(value)


def _sum(sums: np.ndarray, bias: float, total: float, words: dict[str, str]) -> str:
    """0.83 − 0.2 + bias 0.05 = 0.68; of many channels only their sum."""
    told = [number(value) for value in sums] if len(sums) <= 6 else [f"{words['all']} {number(float(sums.sum()))}"]
    return f"{' + '.join(told)} + {words['bias']} {number(bias)} = {words['total']} {number(total)}".replace("+ −", "− ")
