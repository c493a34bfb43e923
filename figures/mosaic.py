"""Many maps or kernels as one picture: tiles side by side, one colour scale and one legend for all."""

import numpy as np

from figures.palette import POSITIVE, SIGNED, heading, layout, packed

GAP = 1                                              # empty pixels between tiles
WIDE_PX = 800                                        # about as wide as the page's column: tiles come out square


def tile(maps: np.ndarray, columns: int) -> np.ndarray:
    """(C, H, W) -> one array, row by row, with empty pixels (NaN) between. Channel c stands at row c // columns."""
    count, high, wide = maps.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (high + GAP) - GAP, columns * (wide + GAP) - GAP), np.nan, dtype=np.float32)
    for c, one in enumerate(maps):
        y, x = (c // columns) * (high + GAP), (c % columns) * (wide + GAP)
        sheet[y : y + high, x : x + wide] = one
    return sheet


def side_by_side(groups: list[tuple[str, np.ndarray]], columns: int, hover: str) -> dict:
    """A plotly figure with one block of tiles for each (title, maps) group, all on one colour scale.

    maps (C, H, W). Signed values are coloured around zero. hover may use %{customdata[0]}, [1] and [2] = channel, row and column
    within the map, and %{z}.
    """
    sheets = [tile(maps, columns) for _, maps in groups]
    high, wide = sheets[0].shape
    between = np.full((high, max(3, wide // 14)), np.nan, dtype=np.float32)
    whole = np.hstack([part for sheet in sheets for part in (sheet, between)][:-1])
    signed = bool(np.nanmin(whole) < 0)
    top = float(np.nanmax(np.abs(whole))) or 1.0
    places = [tile(index, columns) for index in _places(groups[0][1].shape)]
    customdata = np.stack([np.hstack([part for _ in sheets for part in (place, between)][:-1]) for place in places], axis=-1)
    titled = any(title for title, _ in groups)
    height = round(min(300, max(64, WIDE_PX * high / whole.shape[1])) + (34 if titled else 8))
    trace = {
        "type": "heatmap", "z": packed(whole), "customdata": packed(np.nan_to_num(customdata).astype(np.uint8)), "hoverongaps": False,
        "hovertemplate": hover + "<extra></extra>",
        "colorscale": SIGNED if signed else POSITIVE, "zmin": -top if signed else 0.0, "zmax": top,
        "colorbar": {"thickness": 14, "outlinewidth": 0, "nticks": 4, "tickfont": {"size": 16}},
    }
    titles = []
    for i, (title, _) in enumerate(groups):
        middle = i * (wide + between.shape[1]) + (wide - 1) / 2
        titles.append(heading(title, middle, y=1.0) | {"xref": "x"})
    hidden = {"visible": False, "showgrid": False}
    margin = {"l": 0, "r": 0, "t": 30 if titled else 4, "b": 4}
    return {"data": [trace], "layout": layout(height, annotations=titles, margin=margin, xaxis=hidden,
                                              yaxis={**hidden, "autorange": "reversed", "scaleanchor": "x"})}


def _places(shape: tuple[int, int, int]) -> np.ndarray:
    """Channel, row and column of every pixel: (3, C, H, W)."""
    return np.indices(shape).astype(np.float32)
