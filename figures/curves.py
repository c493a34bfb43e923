"""The same curve of several runs on one pair of axes."""

from dataclasses import dataclass
from html import escape

import numpy as np

from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY, layout, packed

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY)    # a run keeps its place, and so its colour, dash and mark, everywhere
DASHES = ("solid", "solid", "solid", "dash", "dash", "dash")
MARKS = ("circle", "square", "diamond", "triangle-up", "x", "star")


@dataclass(frozen=True)
class Line:
    """One run's curve, (N,) each. place: which colour; raw: what `y` is the running mean of, if it is one."""

    name: str
    place: int
    x: np.ndarray
    y: np.ndarray
    raw: np.ndarray | None = None


def overlay(lines: list[Line], words: dict[str, str], *, top: float | None = None, chance: float | None = None, share: bool = False,
            steps: bool = False) -> dict:
    """A plotly figure. words: x, y, chance, and hover (plotly's template with %{y}; %{customdata} is the raw value).

    top: where the axis ends; chance: a dashed line; share: values are fractions of one; steps: the value holds until the next point.
    """
    traces = []
    for line in lines:
        colour, few = COLOURS[line.place], len(line.x) <= 60
        shared = {"type": "scatter", "x": packed(line.x.astype(np.float32)), "legendgroup": str(line.place)}
        if line.raw is not None:
            traces.append({**shared, "y": packed(line.raw.astype(np.float32)), "mode": "lines", "line": {"color": colour, "width": 1},
                           "opacity": 0.3, "hoverinfo": "skip", "showlegend": False})
        drawn = {**shared, "y": packed(line.y.astype(np.float32)), "mode": "lines+markers" if few and not steps else "lines",
                 "name": escape(line.name), "marker": {"size": 9, "symbol": MARKS[line.place]}, "hovertemplate": words["hover"],
                 "line": {"color": colour, "width": 3, "dash": DASHES[line.place], "shape": "hv" if steps else "linear"}}
        if line.raw is not None:
            drawn["customdata"] = packed(line.raw.astype(np.float32))
        traces.append(drawn)
    guess = [] if chance is None else [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance,
                                        "line": {"color": GREY, "dash": "dot", "width": 2}}]
    about = [] if chance is None else [{"xref": "paper", "x": 1, "xanchor": "right", "y": chance, "yanchor": "bottom", "showarrow": False,
                                        "text": words["chance"], "font": {"size": 16, "color": GREY}}]
    axis = {"automargin": True, "tickfont": {"size": 16}}
    y_axis = {**axis, "title": {"text": words["y"]}, **({"tickformat": ".0%"} if share else {}),
              **({"range": [0, top]} if top else {}), **({"type": "log", "nticks": 8, "tickformat": "~g"} if steps else {})}
    return {"data": traces, "layout": layout(
        430, margin={"l": 10, "r": 10, "t": 10, "b": 10}, hovermode="x unified", showlegend=bool(lines), shapes=guess, annotations=about,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}}, hoverlabel={"font": {"size": 16}},
        xaxis={**axis, "title": {"text": words["x"]}, "rangemode": "tozero", "spikethickness": 1, "spikecolor": GREY}, yaxis=y_axis)}
