"""Colours that the colour-blind can tell apart (Okabe and Ito), readable on the light and on the dark theme."""

import base64

import numpy as np

BLUE, ORANGE, RED, GREEN, PURPLE, SKY = "#3B82C4", "#E08A00", "#D9542B", "#1A9E77", "#B26AA0", "#4FB3E8"
GREY = "#8A8F98"
SIGNED = [[0.0, "#2166AC"], [0.25, "#92C5DE"], [0.5, "#F7F7F7"], [0.75, "#F4A582"], [1.0, "#B2182B"]]   # blue below zero, red above
CLASSES = [[0.0, "#1B7837"], [0.25, "#A6DBA0"], [0.5, "#F7F7F7"], [0.75, "#C2A5CF"], [1.0, "#762A83"]]  # green or purple: two answers
POSITIVE = "Viridis"
FONT_PX = 18


def packed(values: np.ndarray) -> dict:
    """An array as plotly's typed array: a fifth of the bytes and of the time of a list of numbers."""
    values = np.ascontiguousarray(values)
    spec = {"dtype": values.dtype.str[1:], "bdata": base64.b64encode(values).decode()}
    return spec if values.ndim == 1 else spec | {"shape": ", ".join(map(str, values.shape))}


def heading(text: str, x: float, size: int = FONT_PX, y: float = 1.02) -> dict:
    """Words centred above a part of the figure; x and y are fractions of the plotting area."""
    return {"text": text, "x": x, "xref": "paper", "xanchor": "center", "y": y, "yref": "paper", "yanchor": "bottom", "showarrow": False,
            "font": {"size": size}}


def layout(height: int | None, **more: object) -> dict:
    """What every plotly figure shares: no frame, large letters, transparent ground. height in pixels; None: that of its place."""
    return {
        **({"height": height} if height else {}),
        "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "font": {"size": FONT_PX},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        **more,
    }
