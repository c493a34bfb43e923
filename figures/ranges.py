"""Where a picture's values lie: as bytes, scaled, normalised, and back."""

import numpy as np

from figures.palette import BLUE, GREEN, ORANGE, PURPLE, heading, layout, packed

BINS = 32


def histograms(stages: list[tuple[str, np.ndarray]], y_title: str) -> dict:
    """A plotly figure, one panel for each (title, values): how many values fall where. Counted here, not in the browser."""
    traces, axes, heads = [], {}, []
    width = 1 / len(stages)
    for i, ((title, values), colour) in enumerate(zip(stages, (PURPLE, BLUE, ORANGE, GREEN), strict=False)):
        counted, edges = np.histogram(values, bins=BINS)
        n = "" if i == 0 else str(i + 1)
        traces.append({"type": "bar", "x": packed((edges[:-1] + edges[1:]) / 2), "y": counted.tolist(), "width": float(edges[1] - edges[0]),
                       "marker": {"color": colour}, "xaxis": f"x{n}", "yaxis": f"y{n}", "hovertemplate": "%{x:.3g}: %{y}<extra></extra>"})
        axes[f"xaxis{n}"] = {"domain": [i * width + 0.02, (i + 1) * width - 0.02], "anchor": f"y{n}", "nticks": 5, "tickfont": {"size": 15}}
        axes[f"yaxis{n}"] = {"anchor": f"x{n}", "showticklabels": False, "title": {"text": y_title if i == 0 else ""}}
        heads.append(heading(title, (i + 0.5) * width))
    margin = {"l": 30, "r": 10, "t": 60, "b": 10}
    return {"data": traces, "layout": layout(260, annotations=heads, bargap=0, showlegend=False, margin=margin, **axes)}
