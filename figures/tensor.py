"""A tensor as a heat map with its numbers written in."""

from math import prod

import numpy as np

from figures.palette import POSITIVE, SIGNED, layout, packed

CELL_PX = 64
READABLE = 12                                        # cells across, up to which numbers fit


def heat_map(values: np.ndarray, hover: str, limit: float | None = None) -> dict:
    """A plotly figure of a tensor of 0 to 4 dimensions; leading axes become rows of blocks, one below the other.

    hover is plotly's template with %{customdata} for the row, %{x} and %{z}. Signed values are coloured around zero, with
    `limit` at both ends.
    """
    grid = as_grid(values)
    finite = grid[np.isfinite(grid)]
    signed = bool((finite < 0).any())
    top = limit or float(np.abs(finite).max(initial=0)) or 1.0
    rows, columns = grid.shape
    numbers = columns <= READABLE and rows <= 2 * READABLE
    inside = [r % (values.shape[-2] + 1) if values.ndim > 2 else r for r in range(rows)]       # row within its block
    trace = {
        "type": "heatmap", "z": packed(grid), "customdata": [[r] * columns for r in inside],
        "showscale": not numbers or grid.size > 4, "xgap": 2, "ygap": 2, "hovertemplate": hover + "<extra></extra>",
        "colorscale": SIGNED if signed else POSITIVE, "zmin": -top if signed else 0, "zmax": top,
        "colorbar": {"thickness": 14, "outlinewidth": 0},
    }
    if numbers:
        trace |= {"text": [[_short(v) for v in row] for row in grid], "texttemplate": "%{text}", "textfont": {"size": 18}}
    height = min(max(rows, 2) * (CELL_PX if numbers else 24), 560) + 60
    axis = {"showgrid": False, "zeroline": False, "dtick": 1 if max(rows, columns) <= 2 * READABLE else None}
    named = {}
    if values.ndim > 2:                              # the rows between the blocks are not counted
        names = ["" if np.isnan(grid[r]).all() else str(inside[r]) for r in range(rows)]
        named = {"tickvals": list(range(rows)), "ticktext": names} if rows <= 2 * READABLE else {"showticklabels": False}
    y_axis = {**axis, "autorange": "reversed", **named}
    return {"data": [trace], "layout": layout(height, xaxis={**axis, "side": "top"}, yaxis=y_axis,
                                              annotations=_uncoloured(values, grid) if numbers else [],
                                              margin={"l": 40, "r": 10, "t": 36, "b": 10})}


def as_grid(values: np.ndarray) -> np.ndarray:
    """Any tensor as rows and columns: a number is 1 x 1, a vector one row, more axes are stacked with an empty row between."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim < 2:
        return values.reshape(1, -1)
    blocks = values.reshape(prod(values.shape[:-2]), *values.shape[-2:])
    gap = np.full((1, values.shape[-1]), np.nan)
    parts = [part for block in blocks for part in (block, gap)]
    return np.vstack(parts[:-1]) if parts else np.zeros((0, 0))


def brief(value: float, letters: int) -> str:
    """As many digits as fit."""
    forms = (f"{value:g}", f"{value:.2f}", f"{value:.1f}", f"{value:.0f}")
    return next((words for words in forms if len(words) <= letters), "…")


def _uncoloured(values: np.ndarray, grid: np.ndarray) -> list[dict]:
    """inf and nan have no place on the scale: their cells stay empty but for the word."""
    gap = values.shape[-2] + 1 if values.ndim > 2 else 0                   # every so many rows there is one without numbers
    return [{"x": int(column), "y": int(row), "text": f"{grid[row, column]:g}", "showarrow": False, "font": {"size": 18}}
            for row, column in np.argwhere(~np.isfinite(grid)) if not gap or (row + 1) % gap]


def _short(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.4g}"


def first_figure() -> None:
    """Let plotly import what only the first figure of a process needs."""
    import plotly.graph_objects as go

    go.Figure(heat_map(np.zeros((1, 1)), "")).to_json()
