"""The live chart of a run: what does not change while it goes on. The points come one by one."""

from figures.palette import BLUE, GREY, ORANGE, layout

LAST = 10                                            # points that the strong line is the mean of
BELOW = ("accuracy", "lr", "images_per_s", "report") # what can stand under the loss; the report is no chart
POINT = "%{y:.4~g}"
SMALL_PX = 16
UPPER, LOWER = 0.42, 0.3                             # the part of the height where the upper axis begins and the lower one ends


def chart(words: dict[str, str], *, chance: float, classes: int, below: str, marks: list[tuple[int, str]] = ()) -> dict:
    """A plotly figure with empty traces: each report's loss, their running mean, validation loss; then what stands below.

    below: a key of BELOW; its traces are one line, or two for "accuracy" (training, validation). marks: (step, words) of changes made
    by hand. words: points, mean, validation, chance, step, loss; train_accuracy, val_accuracy, chance_accuracy; accuracy, lr,
    images_per_s as axis titles.
    """
    traces = [
        {"type": "scattergl", "mode": "markers", "name": words["points"], "marker": {"size": 5, "color": BLUE, "opacity": 0.45},
         "hovertemplate": POINT},
        {"type": "scattergl", "mode": "lines", "name": words["mean"], "line": {"color": BLUE, "width": 3}, "hovertemplate": POINT,
         "meta": {"mean_of": 0, "last": LAST}},
        {"type": "scatter", "mode": "lines+markers", "name": words["validation"], "line": {"color": ORANGE, "width": 1.5, "dash": "dot"},
         "marker": {"size": 11, "symbol": "diamond"}, "hovertemplate": POINT},
        *_traces_below(below, words),
    ]
    alone = below == "report"
    axes = {
        "xaxis": {"title": {"text": words["step"]}, "rangemode": "tozero", "anchor": "y" if alone else "y2",
                  "tickformat": ",", "hoverformat": ",d"},
        "yaxis": {"title": {"text": words["loss"]}, "range": [0, 1.3 * chance], "domain": [0 if alone else UPPER, 1]},
    }                                                # the range: one spike must not flatten all the rest
    if not alone:
        axes["yaxis2"] = {"title": {"text": words[below]}, "domain": [0, LOWER], "uirevision": below, **_scale_below(below)}
    levels = [_level(chance, "y", words["chance"], "legend")]
    levels += [_level(1 / classes, "y2", words["chance_accuracy"], "legend2")] if below == "accuracy" else []
    return {"data": traces, "layout": layout(
        None, margin={"l": 80, "r": 16, "t": 72, "b": 56}, legend=_legend(1.02), legend2=_legend(LOWER + 0.01),
        hoversubplots="axis", shapes=levels + [_mark(step) for step, _ in marks],
        annotations=[_said(*mark) for mark in marks], **axes)}


def _traces_below(below: str, words: dict[str, str]) -> list[dict]:
    """Blue is training and orange validation, as above."""
    under = {"yaxis": "y2", "legend": "legend2", "showlegend": below == "accuracy"}        # one line is named by its axis
    if below == "accuracy":
        shared = {**under, "type": "scatter", "mode": "lines+markers", "hovertemplate": "%{y:.1%}"}
        return [{**shared, "name": words["train_accuracy"], "line": {"color": BLUE, "width": 2}, "marker": {"size": 8}},
                {**shared, "name": words["val_accuracy"], "line": {"color": ORANGE, "width": 2, "dash": "dot"},
                 "marker": {"size": 11, "symbol": "diamond"}}]
    if below == "lr":
        return [{**under, "type": "scatter", "mode": "lines", "name": words["lr"], "line": {"color": BLUE, "width": 3, "shape": "hv"},
                 "hovertemplate": "%{y:~g}"}]
    if below == "images_per_s":
        return [{**under, "type": "scattergl", "mode": "lines", "name": words["images_per_s"], "line": {"color": BLUE, "width": 2},
                 "hovertemplate": "%{y:,.0f}"}]
    return []


def _scale_below(below: str) -> dict:
    """Accuracy from none to all; a learning rate by factors; a pace from zero."""
    return {"accuracy": {"range": [0, 1.03], "tickformat": ".0%", "dtick": 0.5}, "lr": {"type": "log", "nticks": 4, "tickformat": "~g"},
            "images_per_s": {"rangemode": "tozero", "nticks": 4}}[below]


def _legend(y: float) -> dict:
    return {"orientation": "h", "y": y, "yanchor": "bottom", "x": 0}


def _level(y: float, axis: str, words: str, legend: str) -> dict:
    """Named in the legend: words beside the line would cover the points of a run that does no better."""
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": axis, "y0": y, "y1": y, "name": words, "showlegend": True,
            "legend": legend, "line": {"color": GREY, "dash": "dash", "width": 2}}


def _mark(step: int) -> dict:
    return {"type": "line", "x0": step, "x1": step, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": GREY, "dash": "dot", "width": 2}}


def _said(step: int, words: str) -> dict:
    """Along its line, so that it covers little and stands beside its neighbours."""
    return {"x": step, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "top", "showarrow": False, "text": words, "textangle": -90,
            "font": {"size": SMALL_PX}, "bgcolor": "rgba(0,0,0,0)"}
