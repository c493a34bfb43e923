"""Pictures before and after a pipeline: a row for each picture, a column for each draw, the shape under each."""

from collections.abc import Sequence

import numpy as np

from figures import svg
from figures.batch import as_bytes
from figures.pixels import channels_last, data_uri

WIDE, COLUMNS = 1000, 8                              # units; columns that a row has room for
HEAD, FOOT, APART = 34, 30, 14                       # above all; under each picture; between the stored picture and the others


def draws(rows: Sequence[Sequence[np.ndarray]], heads: Sequence[str], shapes: Sequence[Sequence[str]], hovers: Sequence[Sequence[str]],
          alt: str) -> str:
    """SVG. Shapes: each picture (C, H, W), uint8 or float in [0, 1]; values outside are cut off. The first of each row stands apart."""
    side = (WIDE - APART) / max(len(heads), COLUMNS)
    letters = min(19, side / max(len(words) for row in shapes for words in row) * 1.75)
    lefts = [column * side + (APART if column else 0) for column in range(len(heads))]
    parts = [svg.text(x + side / 2, 24, head, size=19) for x, head in zip(lefts, heads, strict=True)]
    for i, row in enumerate(rows):
        y = HEAD + i * (side + FOOT)
        for x, picture, shape, hover in zip(lefts, row, shapes[i], hovers[i], strict=True):
            parts.append(svg.image(x + 4, y + 2, side - 8, side - 8, data_uri(channels_last(as_bytes(picture))), hover))
            parts.append(svg.text(x + side / 2, y + side + 18, shape, size=letters, bold=True))
    return svg.picture(lefts[-1] + side, HEAD + len(rows) * (side + FOOT), parts, alt)
