"""Words as points, each with its name: where their embeddings lie."""

import numpy as np

from figures.curves import COLOURS, MARKS
from figures.palette import GREY, layout

PIXELS = (820, 400)                                  # of the points' field on a page of usual width
SIDES = {"top center": (0, -1), "bottom center": (0, 1), "middle right": (1, 0), "middle left": (-1, 0),
         "top right": (1, -1), "top left": (-1, -1), "bottom right": (1, 1), "bottom left": (-1, 1)}       # across, down


def word_map(at: np.ndarray, words: list[str], kinds: list[str], names: dict[str, str], axes: tuple[str, str]) -> dict:
    """A plotly figure. at (words, 2); kinds: of each word, a key of names, whose values stand in the legend."""
    traces, sides = [], _beside(at, words)
    for place, (kind, name) in enumerate(names.items()):
        mine = [i for i, one in enumerate(kinds) if one == kind]
        traces.append({"type": "scatter", "mode": "markers+text", "name": name, "x": [float(at[i, 0]) for i in mine],
                       "y": [float(at[i, 1]) for i in mine], "text": [words[i] for i in mine],
                       "textposition": [sides[i] for i in mine],
                       "textfont": {"size": 16}, "hovertemplate": "%{text}<br>%{x:.2f}, %{y:.2f}<extra>" + name + "</extra>",
                       "marker": {"size": 11, "symbol": MARKS[place % len(MARKS)], "color": COLOURS[place % len(COLOURS)]}})
    axis = {"automargin": True, "zeroline": False, "showgrid": True, "gridcolor": "rgba(138,143,152,0.25)", "tickfont": {"size": 15},
            "linecolor": GREY}
    return {"data": traces, "layout": layout(
        560, legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}},
        xaxis={**axis, "title": {"text": axes[0]}}, yaxis={**axis, "title": {"text": axes[1]}})}


def progress(epochs: int, top: float, said: dict[str, str]) -> dict:
    """A plotly figure with two empty traces: the training loss on the left axis, which ends at top, and the accuracy on the right.

    said: loss, unseen (whose accuracy), accuracy, epoch.
    """
    line = {"type": "scatter", "mode": "lines+markers"}
    return {"data": [{**line, "name": said["loss"], "line": {"color": COLOURS[1], "width": 3}, "hovertemplate": "%{y:.3f}"},
                     {**line, "name": said["unseen"], "yaxis": "y2", "line": {"color": COLOURS[0], "width": 3, "dash": "dash"},
                      "marker": {"symbol": "square", "size": 8}, "hovertemplate": "%{y:.1%}"}],
            "layout": layout(None, margin={"l": 80, "r": 90, "t": 44, "b": 56}, hovermode="x unified",
                             legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
                             xaxis={"title": {"text": said["epoch"]}, "range": [0.5, epochs + 0.5], "dtick": 1, "tick0": 1},
                             yaxis={"title": {"text": said["loss"]}, "range": [0, top]},
                             yaxis2={"title": {"text": said["accuracy"]}, "overlaying": "y", "side": "right", "range": [0, 1.05],
                                     "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "showgrid": False})}


def _beside(at: np.ndarray, words: list[str]) -> list[str]:
    """On which side of its point each word stands, so that few cover one another. In pixels of a page of usual width."""
    spread = np.ptp(at, axis=0)
    points = (at - at.min(0)) / np.where(spread > 0, spread, 1) * PIXELS * (1, -1)         # y grows downwards
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    sides = []
    for (x, y), word in zip(points, words, strict=True):
        wide = 8.5 * len(word)
        boxes = {}
        for side, (across, down) in SIDES.items():
            middle, centre = x + across * (wide / 2 + 10), y + down * 18
            boxes[side] = (middle - wide / 2, centre - 9, middle + wide / 2, centre + 9)
        side = min(boxes, key=lambda one: sum(_common(boxes[one], other) for other in taken))
        taken.append(boxes[side])
        sides.append(side)
    return sides


def _common(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The area that two boxes (left, top, right, bottom) share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
