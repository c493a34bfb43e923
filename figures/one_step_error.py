"""How far a finite difference is from the gradient, for every width of the step."""

from collections.abc import Sequence

import numpy as np

from figures.palette import BLUE, GREY, ORANGE, layout, packed

EXACT = 1e-17                                        # what is smaller runs along the lower edge of the log axis


def errors(widths: Sequence[float], found: Sequence[float], here: tuple[float, float], words: dict[str, str]) -> dict:
    """A plotly figure on two log axes. here: (h, error) as chosen. words: h, error, here."""
    x, y = np.array(widths, dtype=np.float64), np.maximum(found, EXACT)
    axis = {"type": "log", "automargin": True, "tickfont": {"size": 16}, "exponentformat": "power", "gridcolor": "rgba(138,143,152,0.3)",
            "zerolinecolor": GREY}
    return {"data": [
        {"type": "scatter", "mode": "lines+markers", "x": packed(x), "y": packed(y), "name": words["error"], "showlegend": False,
         "line": {"color": BLUE, "width": 3}, "marker": {"size": 9, "color": BLUE}, "hovertemplate": "h = %{x:.0e}<br>%{y:.2e}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "x": [here[0]], "y": [max(here[1], EXACT)], "name": words["here"], "hoverinfo": "skip",
         "marker": {"size": 18, "symbol": "diamond", "color": ORANGE}}],
        "layout": layout(330, margin={"l": 10, "r": 14, "t": 36, "b": 10},
                         legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}},
                         xaxis={**axis, "title": {"text": words["h"]}, "dtick": 2}, yaxis={**axis, "title": {"text": words["error"]}, "dtick": 3})}
