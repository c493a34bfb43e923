"""A function and its derivative on one pair of axes, with the point where both are read."""

from collections.abc import Sequence

import numpy as np

from figures.palette import BLUE, GREY, ORANGE, layout, packed
from figures.pixel import number

FAR = 11.0                                           # what is steeper than this leaves the picture, unless the point is there


def chart(x: np.ndarray, value: np.ndarray, slope: np.ndarray, at: tuple[float, float, float], words: dict[str, str], *,
          flat: Sequence[tuple[float, float]] = (), mark: float | None = None) -> dict:
    """A plotly figure; arrays (N,), at: (x, value, slope) of the point. flat: ranges of x that are shaded; mark: a dashed line at this x.

    words: x, value, slope, y as names, and flat and mark if they are given.
    """
    place, *read = at
    traces, side = [], "left" if place > (x[0] + x[-1]) / 2 else "right"   # the numbers stand beside the dotted line, inside the axes
    for name, curve, colour, dash, symbol, here, beside in (
        (words["value"], value, BLUE, "solid", "circle", read[0], f"top {side}"),
        (words["slope"], slope, ORANGE, "dash", "diamond", read[1], f"bottom {side}"),
    ):
        shared = {"type": "scatter", "name": name, "legendgroup": name, "hovertemplate": "%{y:.4~g}"}
        traces.append({**shared, "x": packed(x.astype(np.float32)), "y": packed(curve.astype(np.float32)), "mode": "lines",
                       "line": {"color": colour, "width": 4, "dash": dash}})
        traces.append({**shared, "x": [place], "y": [here], "mode": "markers+text", "showlegend": False, "hoverinfo": "skip",
                       "hovertemplate": None, "cliponaxis": False, "text": [number(here)], "textposition": beside,
                       "textfont": {"size": 22, "color": colour}, "marker": {"size": 16, "symbol": symbol, "color": colour}})
    every = np.concatenate([value, slope])
    low, high = min(max(float(every.min()), -FAR), *read), max(min(float(every.max()), FAR), *read)
    room = 0.14 * (high - low or 1.0)                # for the numbers beside the points
    axis = {"automargin": True, "tickfont": {"size": 16}, "zerolinecolor": GREY}
    return {"data": traces, "layout": layout(
        410, margin={"l": 10, "r": 14, "t": 10, "b": 10}, hovermode="x unified", hoverlabel={"font": {"size": 16}},
        shapes=[_line(place, "dot"), *([] if mark is None else [_line(mark, "dash", words["mark"])]),
                *(_flat(words["flat"], ends, first=i == 0) for i, ends in enumerate(flat))],
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}},
        xaxis={**axis, "title": {"text": words["x"]}, "range": [float(x[0]), float(x[-1])]},
        yaxis={**axis, "title": {"text": words["y"]}, "range": [low - room, high + room]})}


def ranges_below(x: np.ndarray, slope: np.ndarray, limit: float) -> list[tuple[float, float]]:
    """From where to where the slope's size stays below the limit."""
    below = np.concatenate([[False], np.abs(slope) < limit, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(below) == 1), np.flatnonzero(np.diff(below) == -1) - 1
    return [(float(x[a]), float(x[b])) for a, b in zip(starts, ends, strict=True) if b > a]


def _line(x: float, dash: str, name: str = "") -> dict:
    named = {"name": name, "showlegend": True} if name else {}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": GREY, "dash": dash, "width": 2}, **named}


def _flat(name: str, ends: tuple[float, float], *, first: bool) -> dict:
    return {"type": "rect", "x0": ends[0], "x1": ends[1], "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "fillcolor": GREY,
            "opacity": 0.22, "line": {"width": 0}, "name": name, "showlegend": first}
