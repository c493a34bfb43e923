"""How often chance drew what."""

import numpy as np

from figures.palette import BLUE, GREY, layout

BINS = 40


def histogram(values: np.ndarray, words: dict[str, str]) -> dict:
    """A plotly figure: bars for whole numbers, or for BINS equal ranges between the smallest and the largest.

    words: value and count (titles of the axes), hover, which may use plotly's %{customdata} (what the bar covers) and %{y}.
    """
    if np.array_equal(values, values.round()):
        at, counts = np.unique(values, return_counts=True)
        covers, width = [f"{value:g}" for value in at], 0.8
    else:
        counts, edges = np.histogram(values, BINS)
        at, width = (edges[:-1] + edges[1:]) / 2, edges[1] - edges[0]
        covers = [f"{low:.2f} … {high:.2f}" for low, high in zip(edges[:-1], edges[1:], strict=True)]
    bars = {"type": "bar", "x": at.tolist(), "y": counts.tolist(), "customdata": covers, "width": float(width), "marker": {"color": BLUE},
            "hovertemplate": words["hover"] + "<extra></extra>"}
    axis = {"zeroline": False, "showgrid": False}
    return {"data": [bars], "layout": layout(300, xaxis={**axis, "title": {"text": words["value"]}},
                                             yaxis={**axis, "title": {"text": words["count"]}, "showgrid": True, "gridcolor": GREY},
                                             margin={"l": 70, "r": 10, "t": 10, "b": 60}, bargap=0)}
