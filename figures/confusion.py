"""Where a network is right and what it takes for what: bars for each class, and the confusion matrix."""

from html import escape

import numpy as np

from figures.palette import BLUE, GREY, ORANGE, RED, layout, packed

RIGHT = [[0.0, "rgba(59,130,196,0.08)"], [1.0, "rgba(59,130,196,0.45)"]]     # see-through, so that letters stay readable on both themes
WRONG = [[0.0, "rgba(138,143,152,0.08)"], [0.001, "rgba(138,143,152,0.08)"], [0.002, "rgba(217,84,43,0.14)"], [1.0, "rgba(217,84,43,0.8)"]]


def matrix(counts: np.ndarray, names: list[str], words: dict[str, str], dark: bool = False) -> dict:
    """A plotly figure of counts (classes, classes), the truth in rows. A click selects an invisible square, whose customdata tells which.

    words: truth, said, and hover with %{customdata[0]} ... : row, column, count, share of the row, and both names as %{y} and %{x}.
    dark: whether the page is, so that the letters are light.
    Mistakes have a scale of their own: beside a hundred right answers three wrong ones would look like none.
    """
    names = [escape(name) for name in names]
    classes, ink = len(names), "#ECE8E1" if dark else "#1F2430"
    rows, columns = np.divmod(np.arange(classes**2), classes)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    off = ~np.eye(classes, dtype=bool)
    shared = {"type": "heatmap", "x": names, "y": names, "hoverinfo": "skip", "showscale": False, "xgap": 2, "ygap": 2}
    heat = [{**shared, "z": packed(np.where(off, np.nan, share)), "colorscale": RIGHT, "zmin": 0, "zmax": 1},
            {**shared, "z": packed(np.where(off, counts, np.nan).astype(float)), "colorscale": WRONG, "zmin": 0,
             "zmax": max(int(counts[off].max(initial=0)), 1)}]
    told = [[int(r), int(c), int(counts[r, c]), float(share[r, c])] for r, c in zip(rows, columns, strict=True)]
    squares = {
        "type": "scatter", "mode": "markers+text", "x": [names[c] for c in columns], "y": [names[r] for r in rows], "customdata": told,
        "text": [str(n) if n else "" for _, _, n, _ in told], "textfont": {"size": 20, "color": ink}, "hovertemplate": words["hover"],
        "marker": {"symbol": "square", "size": 30, "opacity": 0, "color": ORANGE}, "showlegend": False,
        "selected": {"marker": {"opacity": 0.45}, "textfont": {"color": ink}}, "unselected": {"marker": {"opacity": 0}},
    }
    axis = {"type": "category", "showgrid": False, "zeroline": False, "constrain": "domain", "tickfont": {"size": 17}, "fixedrange": True}
    return {"data": [*heat, squares], "layout": layout(
        620, hovermode="closest", hoverdistance=60, hoverlabel={"font": {"size": 16}}, clickmode="event+select", dragmode=False,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis={**axis, "title": {"text": words["said"]}, "side": "top", "automargin": True},
        yaxis={**axis, "title": {"text": words["truth"]}, "autorange": "reversed", "automargin": True})}


def by_class(names: list[str], shares: list[float], ranges: list[tuple[float, float]], chance: float, words: dict[str, str]) -> dict:
    """A plotly figure: each class's accuracy with its 95 % range. words: hover with %{y}, %{customdata[0]} and [1]; chance."""
    low, high = ([abs(share - end) for share, end in zip(shares, ends, strict=True)] for ends in zip(*ranges, strict=True))
    bars = {"type": "bar", "x": [escape(name) for name in names], "y": shares, "marker": {"color": BLUE, "opacity": 0.75},
            "customdata": [list(r) for r in ranges], "hovertemplate": words["hover"],
            "error_y": {"type": "data", "symmetric": False, "array": high, "arrayminus": low, "color": GREY, "thickness": 3, "width": 7}}
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance,
            "line": {"color": RED, "dash": "dot", "width": 2}}
    about = {"xref": "paper", "x": 1, "xanchor": "left", "y": chance, "showarrow": False, "text": words["chance"],
             "font": {"size": 16, "color": RED}}
    return {"data": [bars], "layout": layout(
        300, margin={"l": 10, "r": 84, "t": 10, "b": 10}, shapes=[line], annotations=[about], showlegend=False,
        xaxis={"type": "category", "tickfont": {"size": 17}, "automargin": True},
        yaxis={"range": [0, 1.03], "tickformat": ".0%", "automargin": True, "tickfont": {"size": 16}})}
