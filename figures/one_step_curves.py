"""Curves about one training step: a finite difference's error for every h, and the loss of many steps with and without zero_grad."""

from collections.abc import Sequence

import numpy as np

from figures.palette import BLUE, GREY, ORANGE, RED, layout, packed

EXACT, SMALL = 1e-17, 1e-3                           # errors, and losses, that are smaller run along the lower edge of the log axis
AXIS = {"automargin": True, "tickfont": {"size": 16}, "exponentformat": "power", "gridcolor": "rgba(138,143,152,0.3)",
        "zerolinecolor": GREY}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}}
MARGIN = {"l": 10, "r": 14, "t": 36, "b": 10}


def errors(widths: Sequence[float], found: Sequence[float], here: tuple[float, float], words: dict[str, str]) -> dict:
    """A plotly figure on two log axes. here: (h, error) as chosen. words: h, error, here."""
    x, y = np.array(widths, dtype=np.float64), np.maximum(found, EXACT)
    return {"data": [
        {"type": "scatter", "mode": "lines+markers", "x": packed(x), "y": packed(y), "name": words["error"], "showlegend": False,
         "line": {"color": BLUE, "width": 3}, "marker": {"size": 9, "color": BLUE},
         "hovertemplate": "h = %{x:.0e}<br>%{y:.2e}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "x": [here[0]], "y": [max(here[1], EXACT)], "name": words["here"], "hoverinfo": "skip",
         "marker": {"size": 18, "symbol": "diamond", "color": ORANGE}}],
        "layout": layout(330, margin=MARGIN, legend=LEGEND, xaxis={**AXIS, "type": "log", "title": {"text": words["h"]}, "dtick": 2},
                         yaxis={**AXIS, "type": "log", "title": {"text": words["error"]}, "dtick": 3})}


def losses(zeroed: Sequence[float], forgotten: Sequence[float], words: dict[str, str]) -> dict:
    """A plotly figure: the loss of each step on a log axis. words: zeroed, forgotten, step, loss."""
    traces = [{"type": "scatter", "mode": "lines", "x": list(range(1, len(found) + 1)), "y": packed(np.maximum(found, SMALL)), "name": name,
               "line": {"color": colour, "width": 4, "dash": dash}, "hovertemplate": "%{y:.3~g}"}
              for found, name, colour, dash in ((zeroed, words["zeroed"], BLUE, "solid"), (forgotten, words["forgotten"], RED, "dash"))]
    return {"data": traces, "layout": layout(
        330, margin=MARGIN, legend=LEGEND, hovermode="x unified", hoverlabel={"font": {"size": 16}},
        xaxis={**AXIS, "title": {"text": words["step"]}}, yaxis={**AXIS, "type": "log", "title": {"text": words["loss"]}, "dtick": 1})}
