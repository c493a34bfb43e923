"""Gradient descent in pictures: the path on a curve or a surface, and the value after every step."""

from dataclasses import dataclass

import numpy as np

from figures.palette import BLUE, GREEN, GREY, ORANGE, RED, layout, packed

ARROWS = 12                                          # more of them cover each other
SHORTEST = 0.015                                     # of a side of the picture
SMALL_PX = 16
LIFT = 0.012                                         # of the surface's height: a path exactly on it would be half hidden
TINY = 1e-12                                         # what lies below runs along the lower edge of a log axis
PLAY_MS = 4000                                       # for all steps together
WHITE, DARK, VEIL = "#FFFFFF", "#20242C", "rgba(20,24,32,0.6)"             # on the colours of a surface, in both themes
FAINT = "rgba(138,143,152,0.3)"
MARGIN = {"l": 10, "r": 10, "t": 46, "b": 10}
AXIS = {"automargin": True, "tickfont": {"size": SMALL_PX}, "gridcolor": FAINT, "zerolinecolor": FAINT}
LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 17}}
LINES = {"own": (BLUE, "solid", 4, 1.0), "half": (GREEN, "dash", 3, 0.7), "double": (RED, "dot", 3, 0.7)}    # colour, dash, width, opacity


@dataclass(frozen=True)
class Path:
    """The part of a walk that is drawn, all finite: places (N, dims), values (N,), pulls (N, dims), which are -lr times the gradient.

    One place alone is the start, before the walk. left: the step after the last place is out of the picture for good.
    """

    places: np.ndarray
    values: np.ndarray
    pulls: np.ndarray
    left: bool = False


def curve(x: np.ndarray, y: np.ndarray, path: Path, words: dict[str, str]) -> dict:
    """A plotly figure: a function of one number with the path on it; each arrow stands where its step began and is -lr times its slope.

    words: path, pull, start, end, left, play, hover (plotly's template with %{x}, %{y} and %{customdata}, the step).
    """
    at, values = path.places[:, 0], path.values
    wide, high = x[-1] - x[0], np.ptp(y)
    pulled = _pulled(path, wide)
    tips = np.clip(at + path.pulls[:, 0], x[0], x[-1])[pulled]
    traces = [
        {"type": "scatter", "mode": "lines", "x": packed(_short(x)), "y": packed(_short(y)), "hoverinfo": "skip", "showlegend": False,
         "line": {"color": GREY, "width": 4, "simplify": False}},
        _arrows(at[pulled], values[pulled], tips, values[pulled], words["pull"]),
        _dots(at, values, words, BLUE, WHITE),
        _ball(at, values),
    ]
    return {"data": traces, "frames": _frames(at, values, len(traces) - 1), "layout": layout(
        440, margin=MARGIN, legend=LEGEND, updatemenus=_play(len(at), words), annotations=_names(at, values, path.left, words),
        xaxis={**AXIS, "title": {"text": "x"}, "range": [x[0] - 0.02 * wide, x[-1] + 0.02 * wide]},
        yaxis={**AXIS, "title": {"text": "f(x)"}, "range": [y.min() - 0.16 * high, y.max() + 0.14 * high]})}


def surface(x: np.ndarray, y: np.ndarray, z: np.ndarray, path: Path, words: dict[str, str]) -> dict:
    """A plotly figure: a function of two numbers as a surface and, beside it, seen from above, with the path on both.

    z (len(y), len(x)) is drawn at its true height; the colours follow its logarithm, so that a flat valley's floor shows. A momentary
    trip outside the picture is left out. words: as for `curve`.
    """
    low, high = z.min(), z.max()
    shade = packed(_short(np.log10(1 + 300 * (z - low) / (high - low))))
    corners = (x[0], y[0]), (x[-1], y[-1])
    inside = ((path.places >= corners[0]) & (path.places <= corners[1])).all(1)
    across, up = np.where(inside[:, None], path.places, np.nan).T          # (N, 2) -> (N,) twice
    pulled = _pulled(path, np.subtract(*corners[::-1]))
    tips = np.clip(path.places + path.pulls, *corners)[pulled]
    lift = LIFT * (high - low)
    ground = {"x": packed(_short(x)), "y": packed(_short(y)), "colorscale": "Viridis", "showscale": False, "hoverinfo": "skip"}
    traces = [
        {**ground, "type": "surface", "z": packed(_short(z)), "surfacecolor": shade, "opacity": 0.92,
         "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05}},
        {"type": "scatter3d", "mode": "lines+markers", "x": packed(_short(across)), "y": packed(_short(up)),
         "z": packed(_short(path.values + lift)), "hoverinfo": "skip", "showlegend": False, "line": {"color": WHITE, "width": 5},
         "marker": {"size": 4, "color": WHITE, "line": {"color": DARK, "width": 1}}},
        {**ground, "type": "contour", "z": shade, "ncontours": 14, "contours": {"coloring": "heatmap"},
         "line": {"color": "rgba(255,255,255,0.45)", "width": 1}},
        _arrows(across[pulled], up[pulled], tips[:, 0], tips[:, 1], words["pull"]),
        _dots(across, up, words, WHITE, DARK),
        _ball(across, up),
    ]
    scene = {
        "xaxis": _axis_3d("x", x[0], x[-1]), "yaxis": _axis_3d("y", y[0], y[-1]), "zaxis": _axis_3d("f", low, high + 2 * lift),
        "domain": {"x": [0, 0.5], "y": [0, 1]}, "aspectmode": "manual", "aspectratio": {"x": 1.15, "y": 1.0, "z": 0.65},
        "camera": {"eye": {"x": -0.62, "y": -1.22, "z": 1.6}, "center": {"x": 0, "y": 0, "z": -0.15}},
    }
    on_colours = {"bgcolor": VEIL, "arrowcolor": WHITE, "font": {"size": SMALL_PX, "color": WHITE}}
    return {"data": traces, "frames": _frames(across, up, len(traces) - 1), "layout": layout(
        480, margin={**MARGIN, "l": 0}, legend=LEGEND, scene=scene, updatemenus=_play(len(up), words),
        annotations=_names(across, up, path.left, words, **on_colours),
        xaxis={**AXIS, "title": {"text": "x"}, "domain": [0.58, 1], "range": [x[0], x[-1]], "showgrid": False},
        yaxis={**AXIS, "title": {"text": "y"}, "range": [y[0], y[-1]], "showgrid": False})}


def values(lines: dict[str, tuple[str, np.ndarray, bool]], words: dict[str, str]) -> dict:
    """A plotly figure: the value after each step. lines: keys of LINES -> (name, values, whether it left the picture, marked by a cross).

    Where no value is negative the axis is logarithmic. words: step, value, hover (plotly's template with %{customdata}, the value).
    """
    every = np.concatenate([drawn for _, drawn, _ in lines.values()])
    positive = every.min() >= 0 and every.max() > 0
    traces = []
    for key, (name, drawn, left) in lines.items():
        colour, dash, width, opacity = LINES[key]
        traces.append({
            "type": "scatter", "mode": "lines+markers" if left else "lines", "name": name, "customdata": packed(drawn), "cliponaxis": False,
            "y": packed(np.maximum(drawn, TINY) if positive else drawn), "opacity": opacity, "hovertemplate": words["hover"],
            "line": {"color": colour, "dash": dash, "width": width},
            "marker": {"symbol": "x", "size": 13, "color": colour, "opacity": [0] * (len(drawn) - 1) + [1]}})
    return {"data": traces, "layout": layout(
        300, margin=MARGIN, legend={**LEGEND, "traceorder": "normal"}, hovermode="x unified", hoverlabel={"font": {"size": SMALL_PX}},
        xaxis={**AXIS, "title": {"text": words["step"]}, "rangemode": "tozero", "tickformat": ",d"},
        yaxis={**AXIS, "title": {"text": words["value"]}, **(_decades(every) if positive else {})})}


def _decades(every: np.ndarray) -> dict:
    """A log axis of at least one decade, so that what hardly sinks looks so."""
    top = np.log10(every.max())
    low = min(np.log10(max(every.min(), TINY)), top - 1)
    room = 0.04 * (top - low)
    return {"type": "log", "range": [low - room, top + room], "dtick": int(np.ceil((top - low) / 5)), "exponentformat": "power"}


def _short(numbers: np.ndarray) -> np.ndarray:
    return numbers.astype(np.float32)


def _dots(x: np.ndarray, y: np.ndarray, words: dict[str, str], colour: str, rim: str) -> dict:
    steps = np.arange(len(x), dtype=np.int32)        # the browser knows no int64
    return {"type": "scatter", "mode": "lines+markers", "x": packed(_short(x)), "y": packed(_short(y)), "customdata": packed(steps),
            "name": words["path"], "line": {"color": colour, "width": 1.5}, "hovertemplate": words["hover"],
            "marker": {"size": 10, "color": colour, "line": {"color": rim, "width": 1}}}


def _pulled(path: Path, sides: np.ndarray | float) -> list[int]:
    """Where arrows stand: at the first places, and where a walk leaves; not at the end of another one, since no step followed.

    sides: of the picture, (dims,); an arrow that would be all head is left out.
    """
    last = len(path.places) - 1
    long = (abs(path.pulls) > SHORTEST * sides).any(1)
    first = range(min(last, ARROWS))
    return [i for i in ([*first, last] if path.left or last == 0 else first) if long[i]]


def _arrows(x: np.ndarray, y: np.ndarray, to_x: np.ndarray, to_y: np.ndarray, name: str) -> dict:
    """One trace for all: tail, tip, gap. The head is a mark that turns as its line does."""
    gap = np.full(len(x), np.nan)
    along, up = (np.stack([tail, tip, gap], 1).ravel() for tail, tip in ((x, to_x), (y, to_y)))
    return {"type": "scatter", "mode": "lines+markers", "x": packed(_short(along)), "y": packed(_short(up)), "name": name,
            "line": {"color": ORANGE, "width": 3}, "hoverinfo": "skip",
            "marker": {"symbol": "arrow", "angleref": "previous", "size": [0, 15, 0] * len(x), "color": ORANGE, "opacity": 1}}


def _ball(x: np.ndarray, y: np.ndarray) -> dict:
    return {"type": "scatter", "mode": "markers", "x": [float(x[-1])], "y": [float(y[-1])], "hoverinfo": "skip", "showlegend": False,
            "marker": {"size": 20, "color": RED, "line": {"color": WHITE, "width": 2}}}


def _frames(x: np.ndarray, y: np.ndarray, trace: int) -> list[dict]:
    """The ball at every step; nothing else moves, so a frame is two numbers."""
    if len(x) < 2:
        return []
    pairs = zip(np.round(x, 4).tolist(), np.round(y, 4).tolist(), strict=True)
    return [{"data": [{"x": [a], "y": [b]}], "traces": [trace]} for a, b in pairs if not np.isnan(a)]


def _play(places: int, words: dict[str, str]) -> list[dict]:
    """A button that runs through the frames, once there is something to see."""
    if places < 2:
        return []
    pace = {"frame": {"duration": max(20, PLAY_MS // places), "redraw": False}, "transition": {"duration": 0}, "mode": "immediate"}
    button = {"label": words["play"], "method": "animate", "args": [None, pace]}
    return [{"type": "buttons", "buttons": [button], "showactive": False, "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom",
             "font": {"size": SMALL_PX, "color": WHITE}, "bgcolor": BLUE, "bordercolor": BLUE, "pad": {"b": 2}}]


def _names(x: np.ndarray, y: np.ndarray, left: bool, words: dict[str, str], **more: object) -> list[dict]:
    """The start's name above it and, after a walk, the end's below; a walk that leaves at once has only that."""
    last = len(x) - 1
    named = [(0, -38, words["start"])] if last or not left else []
    named += [(last, 38, words["left" if left else "end"])] if last or left else []
    return [{"x": float(x[i]), "y": float(y[i]), "ax": 0, "ay": down_px, "text": name, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": GREY,
             "font": {"size": SMALL_PX}, **more} for i, down_px, name in named]


def _axis_3d(title: str, low: float, high: float) -> dict:
    return {"title": {"text": title, "font": {"size": SMALL_PX}}, "tickfont": {"size": 13}, "nticks": 5, "range": [float(low), float(high)],
            "gridcolor": GREY, "zeroline": False, "showbackground": False, "showspikes": False}
