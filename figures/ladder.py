"""The ladder in pictures: lines of each rung, seven losses that are one, and the class that died."""

import math
from collections.abc import Sequence

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, RED, layout

WIDE = 1000
UNIT = 1e-7                                          # of the differences between losses: about the last digit of a float32 near 1


def lines(totals: Sequence[int], trains: Sequence[int], present: int, words: dict[str, str]) -> str:
    """SVG of a bar for every rung, from R1: lines of code in all, and below those that stand in `train`. words: train, rest, alt."""
    step, foot, per_line = WIDE / len(totals), 268, 200 / max(totals)
    parts = _legend([(ORANGE, words["train"]), (BLUE, words["rest"])])
    for i, (total, train) in enumerate(zip(totals, trains, strict=True)):
        x, wide, here = i * step + 9, step - 18, i == present
        strong = 0.95 if here else 0.42
        parts += [svg.box(x, foot - total * per_line, wide, (total - train) * per_line, fill=BLUE, stroke="none", opacity=strong, radius=0),
                  svg.box(x, foot - train * per_line, wide, train * per_line, fill=ORANGE, stroke="none", opacity=strong, radius=0),
                  svg.text(x + wide / 2, foot - total * per_line - 8, str(total), size=22, bold=here),
                  svg.text(x + wide / 2, foot - train * per_line + 20, str(train), size=19, bold=here),
                  svg.text(x + wide / 2, foot + 26, f"R{i + 1}", size=22, bold=here)]
        if here:
            parts.append(svg.box(x - 6, foot - total * per_line - 32, wide + 12, total * per_line + 68, line=2.5, radius=8))
    return svg.picture(WIDE, foot + 40, parts, words["alt"])


def equal(losses: dict[str, Sequence[float]], words: dict[str, str]) -> str:
    """SVG of the losses of R1, R2 ... in each precision, as how far they are from R1's in units of 1e-7.

    words: axis, alt, and for each precision its heading.
    """
    away = {dtype: [(loss - found[0]) / UNIT for loss in found] for dtype, found in losses.items()}
    top = _ceiling(max((abs(value) for found in away.values() for value in found), default=1.0))
    foot, high, parts = 330, 230, [svg.text(0, 24, words["axis"], size=23, anchor="start")]
    middle = foot - high / 2
    wide = (WIDE - 110) / max(len(away), 1)
    for value in (-top, 0, top):
        y = middle - value / top * high / 2
        look = 'stroke-width="1" stroke-dasharray="4 5"' if value else 'stroke-width="2.5"'
        parts += [svg.text(78, y + 7, f"{value:+g}".replace("-", "−") if value else "0", size=22, anchor="end"),
                  f'<path d="M90 {y:g}H{WIDE}" stroke="{GREY}" {look}/>']
    for i, (dtype, found) in enumerate(away.items()):
        left = 100 + i * wide
        parts.append(svg.text(left + wide / 2, 66, words[dtype], size=24, bold=True))
        step, colour = wide / (len(found) + 0.6), (BLUE, GREEN)[i % 2]
        for at, value in enumerate(found):
            x, y = left + (at + 0.8) * step, middle - value / top * high / 2
            parts += [f'<path d="M{x:g} {middle:g}V{y:g}" stroke="{colour}" stroke-width="3"/>',
                      f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{colour}"><title>R{at + 1}: {value:+.3g}</title></circle>',
                      svg.text(x, foot + 34, f"R{at + 1}", size=23)]
    return svg.picture(WIDE, foot + 48, parts, words["alt"])


def curve(batches: int, words: dict[str, str]) -> dict:
    """A plotly figure with one empty trace, the loss of a batch now and then. words: loss, batch."""
    trace = {"type": "scatter", "mode": "lines", "line": {"color": BLUE, "width": 3}, "hovertemplate": "%{y:.3f}<extra></extra>"}
    return {"data": [trace], "layout": layout(None, margin={"l": 70, "r": 20, "t": 10, "b": 46}, showlegend=False,
                                              xaxis={"title": {"text": words["batch"]}, "range": [0, batches]},
                                              yaxis={"title": {"text": words["loss"]}, "rangemode": "tozero"})}


def classes(shares: dict[str, Sequence[float]], dead: Sequence[int], words: dict[str, str]) -> str:
    """SVG of how many pictures of each class are right: two bars each, {"relu": ..., "open": ...}. words: relu, open, dead, alt."""
    colours = {"relu": ORANGE, "open": BLUE}
    parts = _legend([(colours[way], words[way]) for way in shares])
    step, foot, high = WIDE / len(next(iter(shares.values()))), 290, 200
    for i, way in enumerate(shares):
        for c, share in enumerate(shares[way]):
            x, wide = c * step + 8 + i * (step - 16) / 2, (step - 16) / 2 - 2
            dies = way == "relu" and c in dead
            parts += [svg.box(x, foot - share * high, wide, share * high, fill=colours[way], stroke="none", opacity=0.85, radius=0,
                              title=f"{c}: {share:.1%}"),
                      svg.text(x + wide / 2, foot - share * high - 7, f"{100 * share:.0f}", size=22, bold=dies,
                               fill=RED if dies else "currentColor")]
    for c in range(len(next(iter(shares.values())))):
        parts.append(svg.text(c * step + step / 2, foot + 26, str(c), size=24, bold=c in dead))
        if c in dead:
            parts += [svg.box(c * step + 1, 52, step - 2, foot + 16, stroke=RED, line=3, radius=8),
                      svg.text(c * step + step / 2, foot + 56, words["dead"], size=23, bold=True, fill=RED)]
    return svg.picture(WIDE, foot + 72, parts, words["alt"])


def _legend(entries: list[tuple[str, str]]) -> list[str]:
    parts, x = [], 8
    for colour, words in entries:
        parts += [svg.box(x, 8, 22, 22, fill=colour, stroke="none", radius=3), svg.text(x + 30, 27, words, size=22, anchor="start")]
        x += 60 + 22 * sum(1 if letter > "⺀" else 0.52 for letter in words)
    return parts


def _ceiling(value: float) -> float:
    """1, 2 or 5 times a power of ten, not below value; at least 1."""
    power = 10 ** math.floor(math.log10(max(value, 1)))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= value)
