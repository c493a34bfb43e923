"""Two runs side by side: where their numbers part, the two numbers, their bits, and both curves."""

import math
import struct
from html import escape

from core.twins import PARTS, Difference
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, layout

WIDE, GAP, TOP, HIGH = 156, 11, 42, 88               # of the boxes, one for each part
CELL = 28                                            # one bit
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"


def walk(first: Difference | None, words: dict[str, str], begun: bool = True) -> str:
    """SVG: the parts in the order in which numbers come to be, each equal, different or not compared, and the number that differs.

    first: None while all are equal, or, when it has not begun, unknown. words: for each part its name, and equal, differs, later, start,
    now (the step), a, b, alt.
    """
    found = PARTS.index(first.part) if first else len(PARTS)
    parts = [*_bracket(_x(0), _x(0) + WIDE, words["start"]), *_bracket(_x(1), _x(len(PARTS) - 1) + WIDE, words["now"])]
    for i, name in enumerate(PARTS):
        colour, mark, about = ((GREEN, "=", "equal"), (RED, "≠", "differs"), (GREY, "", "later"))[(i >= found) + (i > found)]
        if not begun:
            colour, mark, about = BLUE, "?", None
        parts.append(svg.box(_x(i), TOP, WIDE, HIGH, fill=colour, stroke=colour, opacity=0.32 if i == found else 0.13, radius=12,
                             dash="6 5" if i > found else "", line=4 if i == found else 2))
        told, strong = f"{mark} {words.get(about, '')}".strip(), 0.6 if i > found else 1
        parts.append(svg.text(_x(i) + WIDE / 2, TOP + 37, words[name], size=23, bold=True, opacity=strong))
        parts.append(svg.text(_x(i) + WIDE / 2, TOP + 70, told, size=22, opacity=strong))
    if not first:
        return svg.picture(1000, TOP + HIGH + 6, parts, words["alt"])
    parts += _pointed_at(first, _x(found) + WIDE / 2, words)
    return svg.picture(1000, TOP + HIGH + 202, parts, words["alt"])


def bits(a: float, b: float, words: dict[str, str]) -> str:
    """SVG: the 32 bits of two float32, one row each; those that differ are filled. words: a, b, sign, exponent, fraction, alt."""
    rows, left, top = (_bits(a), _bits(b)), 64, 62
    parts = []
    for begin, end, name in ((0, 1, "sign"), (1, 9, "exponent"), (9, 32, "fraction")):
        x = left + begin * CELL
        parts.append(svg.text(x + (end - begin) * CELL / 2, top - 26, words[name], size=21, opacity=0.8))
        parts.append(f'<path d="M{x + 2:g} {top - 14:g}H{left + end * CELL - 2:g}" stroke="{GREY}" stroke-width="2"/>')
    for row, (name, own) in enumerate(zip("ab", rows, strict=True)):
        y = top + row * 48
        parts.append(svg.text(left - 14, y + 28, words[name], anchor="end", bold=True))
        for i, bit in enumerate(own):
            differs = rows[0][i] != rows[1][i]
            parts.append(svg.box(left + i * CELL + 1.5, y, CELL - 3, 40, stroke=RED if differs else GREY, fill=RED if differs else "none",
                                 opacity=0.35, line=3 if differs else 1.5))
            parts.append(svg.text(left + (i + 0.5) * CELL, y + 28, bit, size=22, bold=differs))
    return svg.picture(left + 32 * CELL + 8, top + 96, parts, words["alt"])


def chart(chance: float, words: dict[str, str], equal: bool) -> dict:
    """A plotly figure with three empty traces: both losses, A as a broad band so that an equal B is seen inside it; below, the distance.

    The distance has the same scale for every pair, from less than one bit to more than another network, so that pairs can be compared.
    equal: whether the distance is still 0, which has no logarithm. words: a, b, chance, step, loss, distance, zero.
    """
    zero = [{"xref": "paper", "x": 0.5, "yref": "y2 domain", "y": 0.5, "showarrow": False, "text": words["zero"], "font": {"size": 18}}]
    hover = "%{y:.6f}"
    traces = [
        {"type": "scattergl", "mode": "lines", "name": words["a"], "line": {"color": BLUE, "width": 7}, "opacity": 0.55,
         "hovertemplate": hover},
        {"type": "scattergl", "mode": "lines", "name": words["b"], "line": {"color": ORANGE, "width": 2.5}, "hovertemplate": hover},
        {"type": "scatter", "mode": "lines", "name": words["distance"], "line": {"color": PURPLE, "width": 3}, "yaxis": "y2",
         "showlegend": False, "hovertemplate": "%{y:.2e}"},
    ]
    return {"data": traces, "layout": layout(
        None, margin={"l": 90, "r": 16, "t": 44, "b": 56}, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hoversubplots="axis",
        xaxis={"title": {"text": words["step"]}, "rangemode": "tozero", "anchor": "y2", "hoverformat": ",d"},
        yaxis={"title": {"text": words["loss"]}, "range": [0, 1.75 * chance], "domain": [0.42, 1]},
        yaxis2={"title": {"text": words["distance"]}, "domain": [0, 0.34], "type": "log", "range": [-11, 1.3], "dtick": 3,
                "exponentformat": "power"},
        shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance,
                 "line": {"color": GREY, "dash": "dash", "width": 2}}],
        annotations=[{"xref": "paper", "x": 1, "xanchor": "right", "y": chance, "yanchor": "bottom", "showarrow": False,
                      "text": words["chance"], "font": {"size": 16, "color": GREY}}, *(zero if equal else [])])}


def digits(a: float, b: float) -> tuple[str, str]:
    """Two float32 written alike, with nine significant digits of the larger one: enough to tell any two apart that are that large."""
    size = max(abs(a), abs(b))
    if not math.isfinite(size) or size == 0 or a == int(a) and b == int(b):
        return f"{a:g}", f"{b:g}"
    if size < 1e-6:
        return f"{a:.8e}", f"{b:.8e}"
    decimals = max(0, 8 - math.floor(math.log10(size)))
    return f"{a:.{decimals}f}", f"{b:.{decimals}f}"


def shape(size: tuple[int, ...]) -> str:
    return " × ".join(map(str, size))


def _x(i: int) -> float:
    return i * (WIDE + GAP) + (1000 - len(PARTS) * (WIDE + GAP) + GAP) / 2


def _bracket(x: float, end: float, words: str) -> list[str]:
    return [f'<path d="M{x:g} 38v-8H{end:g}v8" fill="none" stroke="{GREY}" stroke-width="2"/>',
            svg.text((x + end) / 2, 20, words, size=21, opacity=0.8)]


def _pointed_at(first: Difference, x: float, words: dict[str, str]) -> list[str]:
    """A line from the box down to the name of the number and its two values, one above the other."""
    y = TOP + HIGH
    parts = [f'<path d="M{x:g} {y:g}v22H500v16m-9 -11l9 11l9 -11" fill="none" stroke="{RED}" stroke-width="4"/>']
    index = "" if not first.index else f"[{', '.join(map(str, first.index))}]"
    name = f"{first.name}{index}" if first.index is not None else f"{first.name}.shape"
    parts.append(_mono(500, y + 74, name, size=27, anchor="middle"))
    a, b = digits(first.a, first.b) if first.index is not None else map(shape, first.shapes)
    long = max(len(a), len(b))
    same = next((i for i, (p, q) in enumerate(zip(a.rjust(long), b.rjust(long), strict=True)) if p != q), long)
    wide = 22 * long                                 # of the longer number, about
    for row, (who, value, colour) in enumerate(((words["a"], a, BLUE), (words["b"], b, ORANGE))):
        base = y + 126 + row * 56
        parts.append(svg.box(500 - wide / 2 - 92, base - 34, 52, 46, fill=colour, stroke=colour, opacity=0.35, radius=10))
        parts.append(svg.text(500 - wide / 2 - 66, base - 1, who, size=27, bold=True))
        parts.append(_mono(500 + wide / 2, base, value, size=37, anchor="end", red_from=same - (long - len(value))))
    return parts


def _mono(x: float, y: float, words: str, *, size: float, anchor: str, red_from: int | None = None) -> str:
    """Letters of equal width, so that digits stand below digits; from `red_from` on they are marked."""
    at = len(words) if red_from is None else max(0, red_from)
    marked = f'<tspan fill="{RED}" font-weight="700">{escape(words[at:])}</tspan>' if words[at:] else ""
    return (f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="currentColor" font-family="{MONO}" '
            f'style="white-space:pre">{escape(words[:at])}{marked}</text>')


def _bits(value: float) -> str:
    return f"{struct.unpack('>I', struct.pack('>f', value))[0]:032b}"
