"""How often each pixel value occurs in a dataset, on two scales: as it is, and as Normalize makes it."""

from collections.abc import Sequence

import numpy as np

from figures.palette import BLUE, GREEN, ORANGE, RED, heading, layout, packed

BINS = 32                                            # of 8 bytes each
TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def two_scales(counts: np.ndarray, mean: Sequence[float], std: Sequence[float], names: Sequence[str], words: dict[str, str]) -> dict:
    """A plotly figure, one panel per channel. counts (C, 256): how often each byte occurs.

    Below, pixels in [0, 1]; above, the same places after (x - mean) / std. A line at the mean, a band of one standard deviation to both
    sides. words: x, z (the two scales), y, hover with {share}, {low} and {high}.
    """
    traces, axes, marks, heads = [], {}, [], []
    colours = (BLUE,) if len(counts) == 1 else (RED, GREEN, BLUE)
    wide = 1 / len(counts)
    for i, channel in enumerate(counts):
        below, above = (str(n) if n > 1 else "" for n in (2 * i + 1, 2 * i + 2))           # plotly's first axis has no number
        traces += [_bars(channel, below, colours[i], words["hover"]),
                   {"type": "scatter", "x": [0], "y": [None], "xaxis": f"x{above}", "yaxis": f"y{below}", "hoverinfo": "skip"}]
        domain = [i * wide + 0.03 * (i > 0), (i + 1) * wide - 0.03 * (i < len(counts) - 1)]
        axes |= _axes(below, above, domain, mean[i], std[i], words | {"y": "" if i else words["y"]})
        marks += _marks(below, mean[i], std[i])
        if len(counts) > 1:
            heads.append(heading(names[i], (i + 0.5) * wide, y=1.36))
    return {"data": traces, "layout": layout(390, annotations=heads, shapes=marks, showlegend=False, bargap=0,
                                             margin={"l": 80, "r": 16, "t": 120 if heads else 70, "b": 60}, **axes)}


def _bars(channel: np.ndarray, axis: str, colour: str, hover: str) -> dict:
    share, edges = channel.reshape(BINS, -1).sum(1) / channel.sum(), np.linspace(0, 1, BINS + 1)
    hovers = [hover.format(share=f"{one:.2%}", low=f"{low:.2f}", high=f"{high:.2f}")
              for one, low, high in zip(share, edges[:-1], edges[1:], strict=True)]
    return {"type": "bar", "x": packed((edges[:-1] + edges[1:]) / 2), "y": packed(share), "width": 1 / BINS, "xaxis": f"x{axis}",
            "yaxis": f"y{axis}", "marker": {"color": colour, "opacity": 0.75}, "hovertext": hovers, "hoverinfo": "text"}


def _axes(below: str, above: str, domain: list[float], mean: float, std: float, words: dict[str, str]) -> dict:
    """Both scales of a panel, the upper one with its 0 at the mean; plotly draws it because a trace without points is on it."""
    shared = {"domain": domain, "tickfont": {"size": 16}, "showgrid": False, "zeroline": False, "anchor": f"y{below}"}
    narrow = domain[1] - domain[0] < 0.5
    return {
        f"xaxis{below}": {**shared, "range": [0, 1], "nticks": 6, "title": {"text": words["x"]}},
        f"xaxis{above}": {**shared, "overlaying": f"x{below}", "side": "top", "range": [-mean / std, (1 - mean) / std], "tick0": 0,
                          "dtick": 1 if narrow else 0.5, "title": {"text": words["z"]}},
        f"yaxis{below}": {"anchor": f"x{below}", "type": "log", "tickformat": ".1~%", "tickvals": TICKS, "tickfont": {"size": 16},
                          "gridcolor": "rgba(138,143,152,0.3)", "title": {"text": words["y"]}},
    }


def _marks(axis: str, mean: float, std: float) -> list[dict]:
    shared = {"xref": f"x{axis}", "yref": f"y{axis} domain", "y0": 0, "y1": 1}
    return [{**shared, "type": "rect", "x0": mean - std, "x1": mean + std, "fillcolor": ORANGE, "opacity": 0.14, "line": {"width": 0},
             "layer": "below"},
            {**shared, "type": "line", "x0": mean, "x1": mean, "line": {"width": 3, "color": ORANGE}}]
