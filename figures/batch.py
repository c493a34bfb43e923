"""A batch as a grid of pictures with their labels."""

from collections.abc import Sequence
from html import escape

import numpy as np

from figures import svg
from figures.palette import BLUE, layout
from figures.pixels import channels_last, data_uri


def grid(images: Sequence[np.ndarray], labels: list[str], hovers: list[str], alt: str, columns: int = 8) -> str:
    """SVG. Shapes: each image (C, H, W), uint8 or float in [0, 1]; values outside are cut off. One PNG each, so that the mouse finds it."""
    columns = min(columns, max(len(images), 4))
    side = 1000 / columns
    letters = min(22, side / max(max((len(label) for label in labels), default=1), 1) * 1.6)
    high = side + 26
    parts = []
    for i, (picture, label, hover) in enumerate(zip(images, labels, hovers, strict=True)):
        x, y = (i % columns) * side, (i // columns) * high
        parts.append(svg.image(x + 4, y + 2, side - 8, side - 8, data_uri(channels_last(as_bytes(picture))), hover))
        parts.append(svg.text(x + side / 2, y + side + 16, label, size=letters, bold=True))
    rows = -(-len(images) // columns)
    return svg.picture(1000, rows * high + 4, parts, alt)


def as_bytes(image: np.ndarray) -> np.ndarray:
    """As they are shown: floats in [0, 1] become bytes, and what lies outside is cut off."""
    return image if image.dtype == np.uint8 else (image.clip(0, 1) * 255).round().astype(np.uint8)


def one(image: np.ndarray, alt: str) -> str:
    """SVG of a single picture (C, H, W), its pixels as squares."""
    return svg.picture(220, 220, [svg.image(0, 0, 220, 220, data_uri(channels_last(as_bytes(image))), alt)], alt)


def counts(names: list[str], values: list[int], y_title: str) -> dict:
    """A plotly figure: how many pictures each class has."""
    trace = {"type": "bar", "x": [escape(name) for name in names], "y": values, "marker": {"color": BLUE},
             "hovertemplate": "%{x}: %{y}<extra></extra>"}
    return {"data": [trace], "layout": layout(260, xaxis={"type": "category"}, yaxis={"title": {"text": y_title}},
                                              margin={"l": 60, "r": 10, "t": 10, "b": 10})}
