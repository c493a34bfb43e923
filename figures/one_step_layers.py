"""One training step of LeNet-5 that stands still: a row for each layer, with its weights, gradient, update and activations as colours."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from figures import svg
from figures.inside import colours
from figures.mosaic import tile
from figures.one_step import STALE, legend
from figures.palette import GREY, ORANGE
from figures.pixels import data_uri

WIDE, BAND, HEAD, ROW = 1000, 94, 34, 94              # BAND: height of legend and batch
NAME, PLACE, TALL = 108, 223, 62                     # widths of a layer's name and of one of four pictures; the pictures' height
LEVELS = 31                                          # colours of a scale: odd, so that zero has its own
DIGIT, DIGITS_X, BATCH_Y = 60, NAME, 30              # the batch


@dataclass(frozen=True)
class Cell:
    """values: (n, h, w) tiles or (h, w), or None for what is not there. top: the end of the colour scale.

    about: a line below, or what stands in the place of values that are not there.
    """

    values: np.ndarray | None
    top: float
    about: str
    new: bool = False
    stale: bool = False
    columns: int = 0                                 # of tiles side by side


def picture(digits: np.ndarray, sample: int, rows: Mapping[str, list[Cell]], new_loss: bool, words: dict[str, str]) -> str:
    """SVG. digits (B, H, W) uint8; rows: by layer. words: loss, said, weights, grads, updates, outputs, alt, and those of `legend`."""
    parts = [*legend(words), *_batch(digits, sample), *_told(new_loss, len(digits), words)]
    for i, kind in enumerate(("weights", "grads", "updates", "outputs")):
        parts.append(svg.text(NAME + i * PLACE + (PLACE - 14) / 2, BAND + 24, words[kind], size=19, bold=True))
    for i, (name, cells) in enumerate(rows.items()):
        y = BAND + HEAD + i * ROW
        parts.append(svg.text(0, y + TALL / 2 + 7, name, size=20, anchor="start", bold=True))
        for j, cell in enumerate(cells):
            parts += _cell(cell, NAME + j * PLACE, y)
    return svg.picture(WIDE, BAND + HEAD + len(rows) * ROW + 4, parts, words["alt"])


def _batch(digits: np.ndarray, sample: int) -> list[str]:
    parts = []
    for i, digit in enumerate(digits):
        x, y = DIGITS_X + i * (DIGIT + 6), BATCH_Y
        parts.append(svg.image(x, y, DIGIT, DIGIT, data_uri(digit)))
        if i == sample:
            parts += [svg.box(x + 1, y + 1, DIGIT - 2, DIGIT - 2, stroke="#FFFFFF", line=3, radius=0),
                      svg.box(x - 2, y - 2, DIGIT + 4, DIGIT + 4, line=4, radius=2)]
    return parts


def _told(new_loss: bool, digits: int, words: dict[str, str]) -> list[str]:
    """Right of the batch: what the network says of the sample, and the loss of all."""
    x = DIGITS_X + digits * (DIGIT + 6) + 14
    marked = [svg.box(x + 180, BATCH_Y + 11, WIDE - x - 182, 38, stroke=ORANGE, line=3)] if new_loss else []
    return [*marked, svg.text((x + 180 + WIDE) / 2, BATCH_Y + 37, words["loss"], size=21, bold=True),
            *(svg.text(x, BATCH_Y + 24 + 26 * i, line, size=18, anchor="start") for i, line in enumerate(words["said"].split("\n")))]


def _cell(cell: Cell, x: float, y: float) -> list[str]:
    """A picture as large as its place allows, its own shape kept, and a line below."""
    wide = PLACE - 14
    below = svg.text(x + wide / 2, y + TALL + 24, cell.about, size=18, opacity=0.85)
    if cell.values is None:
        colour, line = (ORANGE, 4) if cell.new else (GREY, 1)
        return [svg.box(x, y, wide, TALL, stroke=colour, dash="5 5", line=line),
                svg.text(x + wide / 2, y + TALL / 2 + 7, cell.about, size=19, fill=GREY)]
    sheet = tile(cell.values, cell.columns) if cell.values.ndim == 3 else cell.values
    scale = min(wide / sheet.shape[1], TALL / sheet.shape[0])
    across, down = sheet.shape[1] * scale, sheet.shape[0] * scale
    left, top = x + (wide - across) / 2, y + (TALL - down) / 2
    shown = [svg.image(left, top, across, down, _indexed(sheet, cell.top))]
    if cell.new:
        shown.append(svg.box(left - 3, top - 3, across + 6, down + 6, stroke=ORANGE, line=4, radius=2))
    shown.append(below)
    return [f'<g opacity="{STALE}">{"".join(shown)}</g>'] if cell.stale else shown


def _indexed(sheet: np.ndarray, top: float) -> str:
    """A PNG with a palette: a third of the bytes of one in full colour. Gaps between tiles (NaN) are transparent."""
    place = np.nan_to_num((sheet / top + 1) / 2, nan=0.0).clip(0, 1)
    levels = np.where(np.isnan(sheet), LEVELS, (place * (LEVELS - 1)).round()).astype(np.uint8)
    image = Image.fromarray(levels, "P")
    image.putpalette([*colours(np.linspace(-top, top, LEVELS)[None], top, signed=True).flatten().tolist(), 0, 0, 0])
    file = io.BytesIO()
    image.save(file, "PNG", transparency=LEVELS, compress_level=4)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
