"""The live loss chart: what does not change while a run goes on. The points come one by one."""

from figures.palette import BLUE, GREY, ORANGE, layout


def chart(chance: float, words: dict[str, str]) -> dict:
    """A plotly figure with two empty traces, training and validation loss, and the line of guessing.

    words: train, validation, chance, step, loss.
    """
    point = "%{x:,} · %{y:.4f}<extra>%{fullData.name}</extra>"
    return {
        "data": [
            {"type": "scattergl", "mode": "lines", "name": words["train"], "line": {"color": BLUE, "width": 2}, "hovertemplate": point},
            {"type": "scatter", "mode": "lines+markers", "name": words["validation"], "line": {"color": ORANGE, "width": 3},
             "marker": {"size": 9}, "hovertemplate": point},
        ],
        "layout": layout(
            420, margin={"l": 70, "r": 16, "t": 44, "b": 60}, legend={"orientation": "h", "y": 1.12, "x": 0},
            xaxis={"title": {"text": words["step"]}, "rangemode": "tozero"},
            yaxis={"title": {"text": words["loss"]}, "range": [0, 1.75 * chance]},   # one spike must not flatten all the rest
            shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance,
                     "line": {"color": GREY, "dash": "dash", "width": 2}}],
            annotations=[{"xref": "paper", "x": 1, "xanchor": "right", "y": chance, "yanchor": "bottom", "showarrow": False,
                          "text": words["chance"], "font": {"size": 16, "color": GREY}}]),
    }
