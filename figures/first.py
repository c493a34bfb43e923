"""Ten layers and their first weights: the weights, the spread from layer to layer, and all activations as small histograms."""

import math

import numpy as np

from figures import svg
from figures.palette import BLUE, GREY, ORANGE, PURPLE
from figures.pixel import number

WIDE, LEFT = 1000, 190                               # LEFT: where the columns of the layers begin
TOP, PLOT = 44, 200                                  # of the upper row: where it begins, how high it is
WEIGHTS = (20, 250)                                  # where the histogram of the weights begins, how wide it is
LINES = (400, 580)                                   # and the lines
STRIP, STRIPS = 110, 360                             # the small histograms: their height, where they begin
BARS = 31                                            # of the weights


def layers(weight: np.ndarray, spreads: list[float], gradients: list[float], counts: np.ndarray, idle: list[float],
           words: dict[str, str]) -> str:
    """SVG. weight (any shape); counts (layers, bins); the other three have a number for each layer.

    words: weights, spread (above the lines), activations, gradients, layer, idle, scale, hover (with {layer}, {spread}, {gradient}), alt.
    """
    parts = [*_weights(weight.ravel(), words), *_lines(spreads, gradients, words)]
    wide, bottom = (WIDE - LEFT) / len(spreads), STRIPS + STRIP
    parts.append(svg.text(0, STRIPS + STRIP / 2 - 8, words["activations"], size=20, anchor="start", bold=True))
    parts.append(svg.text(0, STRIPS + STRIP / 2 + 20, words["scale"], size=19, anchor="start", opacity=0.8))
    rows = ((words["layer"], [str(i + 1) for i in range(len(spreads))], "currentColor"), (words["std"], list(map(short, spreads)), BLUE),
            (words["std_gradient"], list(map(short, gradients)), ORANGE), (words["idle"], [f"{share:.0%}" for share in idle], PURPLE))
    for i, share in enumerate(counts / counts.sum(1, keepdims=True)):
        title = words["hover"].format(layer=i + 1, spread=number(spreads[i]), gradient=number(gradients[i]))
        parts += _bars(share, LEFT + i * wide + 5, STRIPS, wide - 10, STRIP, BLUE, title)
    for k, (name, told, colour) in enumerate(rows):
        y = bottom + 30 + 32 * k
        parts.append(svg.text(0, y, name, size=19, anchor="start", fill=colour, bold=True))
        parts += [svg.text(LEFT + (i + 0.5) * wide, y, one, size=18, fill=colour) for i, one in enumerate(told)]
    return svg.picture(WIDE, bottom + 40 + 32 * (len(rows) - 1), parts, words["alt"])


def short(value: float) -> str:
    """At most six letters: 0.034, 12, 3e−8."""
    if value == 0 or 0.001 <= abs(value) < 1000:
        return number(float(f"{value:.2g}"))
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def _weights(weight: np.ndarray, words: dict[str, str]) -> list[str]:
    x, wide = WEIGHTS
    end = float(np.abs(weight).max()) or 1.0
    counts, _ = np.histogram(weight, BARS, (-end, end))
    told = f"std {number(round(float(weight.std()), 6))}"                 # equal weights have no spread, but for rounding
    return [svg.text(x + wide / 2, 26, words["weights"], size=20, bold=True),
            *_bars(counts / counts.sum(), x, TOP, wide, PLOT, PURPLE, told),
            *(svg.text(x + at * wide, TOP + PLOT + 26, number(value), size=19, anchor=anchor)
              for at, value, anchor in ((0, -end, "start"), (0.5, 0.0, "middle"), (1, end, "end"))),
            svg.text(x + wide / 2, TOP + PLOT + 54, told, size=19, bold=True, fill=PURPLE)]


def _lines(spreads: list[float], gradients: list[float], words: dict[str, str]) -> list[str]:
    """Both on one logarithmic axis. Where a value is 0 the line ends."""
    left, wide = LINES
    logs = [math.log10(value) for value in (*spreads, *gradients) if value > 0] or [0.0]
    low, high = math.floor(min(*logs, -1.0)), math.ceil(max(*logs, 1.0))
    step = max(1, math.ceil((high - low) / 5))
    parts = [svg.text(left + wide / 2, 26, words["spread"], size=20, bold=True)]
    for power in range(-step * (-low // step), high + 1, step):
        y = TOP + PLOT * (high - power) / (high - low)
        parts.append(f'<path d="M{left} {y:g}h{wide}" stroke="{GREY}" stroke-width="{2 if power == 0 else 1}" '
                     f'stroke-dasharray="{"" if power == 0 else "3 5"}"/>')
        parts.append(svg.text(left - 10, y + 7, _power(power), size=19, anchor="end"))
    along = [left + wide * (i + 0.5) / len(spreads) for i in range(len(spreads))]
    parts += [svg.text(x, TOP + PLOT + 26, str(i + 1), size=19) for i, x in enumerate(along)]
    legend = ((spreads, BLUE, "", words["forward"], 0.25), (gradients, ORANGE, "8 5", words["back"], 0.75))
    for values, colour, dash, name, at in legend:
        places = [(x, TOP + PLOT * (high - math.log10(value)) / (high - low)) for x, value in zip(along, values, strict=True) if value > 0]
        path = "M" + "L".join(f"{x:g} {y:.1f}" for x, y in places)
        if places:
            parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="3.5" stroke-dasharray="{dash}"/>')
        parts += [_mark(x, y, colour, bool(dash)) for x, y in places]
        parts.append(svg.text(left + wide * at, TOP + PLOT + 56, name, size=19, fill=colour, bold=True))
    return parts


def _mark(x: float, y: float, colour: str, square: bool) -> str:
    if square:
        return f'<rect x="{x - 5.5:g}" y="{y - 5.5:.1f}" width="11" height="11" fill="{colour}"/>'
    return f'<circle cx="{x:g}" cy="{y:.1f}" r="6" fill="{colour}"/>'


def _bars(shares: np.ndarray, x: float, y: float, wide: float, high: float, colour: str, title: str) -> list[str]:
    """One path for all bars; the tallest fills the height."""
    top, bar = float(shares.max()) or 1.0, wide / len(shares)
    steps = "".join(f"M{x + i * bar:.4g} {y + high:g}v{-high * share / top:.1f}h{bar:.3g}V{y + high:g}z" for i, share in enumerate(shares)
                    if share > 0)
    return [f'<path d="{steps}" fill="{colour}"/>', f'<path d="M{x:g} {y + high:g}h{wide:g}" stroke="{GREY}" stroke-width="2"/>',
            svg.box(x, y, wide, high, stroke="none", opacity=0, fill="#888", title=title)]


def _power(power: int) -> str:
    """10⁻³"""
    return "1" if power == 0 else "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
