"""Epochs as rows of batches: which picture comes when, and with which label."""

import numpy as np

from figures import svg
from figures.palette import BLUE, GREY, ORANGE
from figures.pixels import channels_last, data_uri

WIDE, THUMB, GAP, PAD = 1000, 56, 14, 6              # of the picture; of a thumbnail; between batches; within a batch's frame
NUMBER, LABEL, TITLE = 20, 20, 40                    # heights of a picture's number, of its label, of an epoch's title

Batch = list[tuple[np.ndarray, int, str]]            # picture (C, H, W) uint8, its number in the dataset, its label


def epochs(every: list[list[Batch]], full: int, titles: list[str], left_out: list[list[int]], words: dict[str, str]) -> str:
    """SVG. full: the size of a whole batch; a shorter one is framed in orange. left_out: by epoch the numbers that never came.

    words: alt, hover, which may use {number} and {label}, left_out (before the numbers).
    """
    parts, y = [], 0.0
    for title, batches, missing in zip(titles, every, left_out, strict=True):
        parts.append(svg.text(0, y + 26, title, anchor="start", bold=True))
        drawn, y = _batches(batches, full, y + TITLE, words["hover"])
        parts += drawn
        if missing:
            parts.append(svg.text(0, y + 22, f"{words['left_out']} {', '.join(map(str, missing))}", anchor="start", size=20, fill=ORANGE))
            y += 34
    return svg.picture(WIDE, y, parts, words["alt"])


def _batches(batches: list[Batch], full: int, y: float, hover: str) -> tuple[list[str], float]:
    """Each in a frame; a batch that does not fit beside the others goes on below, and a long one is broken into lines."""
    per_line, parts, x, high = int((WIDE - 2 * PAD) // THUMB), [], 0.0, THUMB + NUMBER + LABEL + 2 * PAD
    for batch in batches:
        wide = min(len(batch), per_line) * THUMB + 2 * PAD
        if x and x + wide > WIDE:
            x, y = 0.0, y + high + GAP
        lines = -(-len(batch) // per_line)
        colour = BLUE if len(batch) == full else ORANGE
        parts.append(svg.box(x, y, wide, lines * (high - 2 * PAD) + 2 * PAD, stroke=colour, fill=colour, opacity=0.07, radius=8))
        for i, (picture, number, label) in enumerate(batch):
            left, top = x + PAD + i % per_line * THUMB, y + PAD + i // per_line * (high - 2 * PAD)
            title = hover.format(number=number, label=label)
            parts += [svg.text(left + THUMB / 2, top + 15, str(number), size=18, fill=GREY),
                      svg.image(left + 3, top + NUMBER, THUMB - 6, THUMB - 6, data_uri(channels_last(picture)), title),
                      svg.text(left + THUMB / 2, top + NUMBER + THUMB + 10, label[:5], size=18, bold=True)]
        if lines > 1:
            x, y = 0.0, y + (lines - 1) * (high - 2 * PAD)
        x += wide + GAP
    return parts, y + high + GAP
