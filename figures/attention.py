"""Who looks at whom: heat maps with words at their rows and columns, and how a tiny Transformer learns."""

from dataclasses import dataclass

import numpy as np

from figures import svg
from figures.inside import colours, ink
from figures.palette import BLUE, GREEN, GREY, ORANGE, layout
from figures.pixel import number

WIDE, LARGEST, GAP, LETTERS = 1000, 64, 40, 20
LONGEST, SHORT = 9, 3                                # letters of a word that are shown; so many stand upright above a column


@dataclass(frozen=True)
class Map:
    """values (rows, columns); NaN cells are hatched. lit: the row and column whose cell is framed. about: of a cell, on hovering."""

    title: str
    values: np.ndarray
    lit: tuple[int, int] | None = None


def maps(row: list[Map], rows: list[str], columns: list[str], words: dict[str, str], *, top: float | None = None,
         signed: bool = False, largest: float = LARGEST) -> str:
    """SVG: one or two maps side by side, more in pairs below. words: rows, columns (what they are), alt.

    top: the value at the end of the scale, the largest of all without.
    """
    rows, columns = [_cut(word) for word in rows], [_cut(word) for word in columns]
    side, head = _width(rows) + 14, 66 + (0.6 * _width(columns) if _leans(columns) else 22)
    beside = min(len(row), 2)
    cell = min(largest, (WIDE - GAP * (beside - 1)) / beside / len(columns) - side / len(columns))
    wide, high = side + cell * len(columns), head + cell * len(rows) + 20
    top = top or float(np.nanmax(np.abs([each.values for each in row]))) or 1.0
    left, parts = (WIDE - beside * wide - GAP * (beside - 1)) / 2, []
    for i, each in enumerate(row):
        x, y = left + i % 2 * (wide + GAP) + side, i // 2 * high + head
        parts += _map(each, x, y, cell, rows, columns, words, top, signed, head)
    return svg.picture(WIDE, -(-len(row) // 2) * high, parts, words["alt"])


def _map(one: Map, x: float, y: float, cell: float, rows: list[str], columns: list[str], words: dict[str, str], top: float, signed: bool,
         head: float) -> list[str]:
    lit, size = one.lit or (-1, -1), min(22, cell * 0.32)
    middle = x + cell * len(columns) / 2
    parts = [svg.text(middle, y - head + 22, one.title, size=22, bold=True),
             svg.text(middle, y - head + 48, f"{words['columns']} →", size=18, opacity=0.85),
             svg.text(x - 10, y - 12, f"{words['rows']} ↓", size=18, anchor="end", opacity=0.85)]
    for i, word in enumerate(rows):
        parts.append(svg.text(x - 10, y + (i + 0.5) * cell + 7, word, size=LETTERS, anchor="end", bold=i == lit[0]))
    for j, word in enumerate(columns):
        at, lean = x + (j + 0.5) * cell, _leans(columns)
        above = svg.text(0, 0, word, size=LETTERS, anchor="start" if lean else "middle", bold=j == lit[1])
        parts.append(f'<g transform="translate({at:g} {y - 10:g}){" rotate(-35)" if lean else ""}">{above}</g>')
    rgb = colours(np.nan_to_num(one.values), top, signed)
    for (i, j), value in np.ndenumerate(one.values):
        left, above, masked = x + j * cell, y + i * cell, bool(np.isnan(value))
        said = "0" if masked else _short(float(value))
        title = f"{rows[i]} → {columns[j]}: {said}"
        if masked:
            parts.append(svg.box(left, above, cell, cell, stroke=GREY, radius=0, line=1, fill=GREY, opacity=0.12, dash="3 4", title=title))
        else:
            colour = "#" + bytes(rgb[i, j].tolist()).hex()
            parts.append(svg.box(left, above, cell, cell, fill=colour, stroke=GREY, radius=0, line=1, title=title))
        parts.append(svg.text(left + cell / 2, above + cell / 2 + size * 0.35, said, size=size,
                              fill="currentColor" if masked else ink(rgb[i, j])))
    if one.lit:
        parts += [svg.box(x + 1, y + lit[0] * cell + 1, cell * len(columns) - 2, cell - 2, stroke=BLUE, line=3, radius=2),
                  svg.box(x + lit[1] * cell + 1, y + 1, cell - 2, cell * len(rows) - 2, stroke=GREEN, line=3, radius=2),
                  svg.box(x + lit[1] * cell + 2, y + lit[0] * cell + 2, cell - 4, cell - 4, stroke=ORANGE, line=5, radius=2)]
    return parts


def learning(steps: int, words: dict[str, str]) -> dict:
    """A plotly figure with two empty traces: digits that are right, and whole sequences. words: step, share, digits, sequences."""
    traces = [{"type": "scatter", "mode": "lines+markers", "name": words[name], "line": {"color": colour, "width": 4, "dash": dash},
               "hovertemplate": "%{y:.1%}"} for name, colour, dash in (("digits", BLUE, "dot"), ("sequences", ORANGE, "solid"))]
    return {"data": traces, "layout": layout(
        None, margin={"l": 90, "r": 16, "t": 44, "b": 56}, hovermode="x unified",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": {"text": words["step"]}, **({"range": [0, steps * 1.02]} if steps else {})},
        yaxis={"title": {"text": words["share"]}, "range": [0, 1.03], "tickformat": ".0%"})}


def _short(value: float) -> str:
    """Two digits after the point; only what is exactly 0 or 1 is written so."""
    return number(value) if value in (0, 1) else f"{value:.2f}".replace("-", "−")


def _cut(word: str) -> str:
    return word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"


def _leans(words: list[str]) -> bool:
    return max(map(len, words)) > SHORT


def _width(words: list[str]) -> float:
    """About how wide the longest word is, at least as wide as what stands above the rows."""
    return max(92, *(LETTERS * sum(1 if letter > "⺀" else 0.6 for letter in word) for word in words))
