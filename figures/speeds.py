"""How fast pictures come, by each way of loading them."""

from figures.palette import BLUE, layout


def speeds(names: list[str], images_per_s: list[float], hovers: list[str], title: str) -> dict:
    """A plotly figure: how many pictures per second each way brings."""
    trace = {"type": "bar", "orientation": "h", "x": images_per_s[::-1], "y": names[::-1], "marker": {"color": BLUE},
             "text": [f"{rate:,.0f}" for rate in images_per_s[::-1]], "textposition": "auto", "customdata": hovers[::-1],
             "hovertemplate": "%{customdata}<extra></extra>"}
    return {"data": [trace], "layout": layout(90 + 46 * len(names), xaxis={"title": {"text": title}, "rangemode": "tozero"},
                                              yaxis={"automargin": True}, margin={"l": 10, "r": 20, "t": 10, "b": 40})}
