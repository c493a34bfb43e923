"""Logits beside softmax: the same ten numbers before and after they become probabilities."""

from figures.palette import BLUE, GREY, ORANGE, heading, layout


def bars(classes: list[str], groups: list[tuple[str, list[float], list[float]]], titles: tuple[str, str], answer: int | None,
         colours: tuple[str, ...] = (GREY, BLUE)) -> dict:
    """A plotly figure, logits left and probabilities right, one colour for each (name, logits, probs) group; the answer is marked."""
    traces = []
    for (name, logits, probs), colour in zip(groups, colours, strict=True):
        shared = {"type": "bar", "x": classes, "name": name, "marker": {"color": colour}, "legendgroup": name}
        traces.append({**shared, "y": logits, "hovertemplate": f"{name}, %{{x}}: %{{y:.3f}}<extra></extra>"})
        traces.append({**shared, "y": probs, "xaxis": "x2", "yaxis": "y2", "showlegend": False,
                       "hovertemplate": f"{name}, %{{x}}: %{{y:.1%}}<extra></extra>"})
    shapes = []
    if answer is not None:
        mark = {"type": "rect", "y0": 0, "y1": 1, "fillcolor": ORANGE, "opacity": 0.15, "line": {"width": 0}, "layer": "below",
                "x0": answer - 0.5, "x1": answer + 0.5}
        shapes = [{**mark, "xref": "x", "yref": "y domain"}, {**mark, "xref": "x2", "yref": "y2 domain"}]
    heads = [heading(title, x) for title, x in zip(titles, (0.22, 0.78), strict=True)]
    category = {"type": "category", "tickfont": {"size": 16}, "dtick": 1}
    return {"data": traces, "layout": layout(
        320, barmode="group", shapes=shapes, annotations=heads, margin={"l": 40, "r": 10, "t": 36, "b": 10},
        xaxis={**category, "domain": [0, 0.45]}, xaxis2={**category, "domain": [0.55, 1]},
        yaxis={"zeroline": True}, yaxis2={"anchor": "x2", "range": [0, 1], "tickformat": ".0%"},
        legend={"orientation": "h", "y": -0.18})}
