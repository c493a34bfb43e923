"""Before and after a normalisation: the numbers that are normalised together have a frame of one colour and one letter."""

import numpy as np

from figures import svg
from figures.curves import COLOURS
from figures.grids import Grid, cells
from figures.pixel import number

WIDE, MARGIN, MIDDLE, TOP, UNDER, EDGE = 1000, 100, 60, 46, 40, 4
GAP, TALLEST, LARGEST = 12, 500, 70                  # between blocks; of all blocks together; a cell's side
LETTERS = "ABCDEFGH"


def before_after(before: np.ndarray, after: np.ndarray, group: np.ndarray, words: dict[str, str]) -> str:
    """SVG. before, after (B, C, h, w); group (B, C): number of a channel's group. A sample's channels stand below each other if h is 1.

    words: before, after, about_before, about_after, sample (with {sample}), hover (with {letter}, {mean} and {var}), alt.
    """
    samples, channels, high, wide = before.shape
    down = high == 1
    columns, rows = (wide, samples * channels) if down else (wide * channels, samples * high)
    room, gaps = (30, 0) if down else (0, GAP * (channels - 1))                        # room: for the letters on the left
    cell = min(LARGEST, TALLEST / rows - 4, ((WIDE - EDGE - MARGIN - MIDDLE) / 2 - gaps - room) / columns)
    side = columns * cell + gaps + room
    digits = 3 if cell > 64 else 2                   # behind the point, of numbers below 1: more have no room
    left = (WIDE - EDGE - MARGIN - MIDDLE - 2 * side) / 2 + MARGIN
    lift = GAP if down else 34                       # above a block: nothing, or its letter
    per_sample = channels * cell + (channels - 1) * 4 + GAP if down else high * cell + lift
    parts = []
    for x, values, key in ((left, before, "before"), (left + side + MIDDLE, after, "after")):
        parts.append(svg.text(x + side / 2, 24, words[key], size=21, bold=True))
        top = float(np.abs(values).max()) or 1.0
        for sample, channel in np.ndindex(samples, channels):
            y = TOP + sample * per_sample + (channel * (cell + 4) if down else lift - 8)
            at = x + room + (0 if down else channel * (wide * cell + GAP))
            parts += _block(values, sample, channel, at, y, cell, top, digits, group, words)
        parts.append(svg.text(x + side / 2, TOP + samples * per_sample + 24, words[f"about_{key}"], size=19, opacity=0.85))
    middle = [svg.text(left - 12, TOP + (sample + 0.5) * per_sample, words["sample"].format(sample=sample), size=19, anchor="end")
              for sample in range(samples)]
    arrow = svg.arrow(left + side + 12, TOP + samples * per_sample / 2, MIDDLE - 20)
    return svg.picture(WIDE, TOP + samples * per_sample + UNDER, [*parts, *middle, arrow], words["alt"])


def _block(values: np.ndarray, sample: int, channel: int, x: float, y: float, cell: float, top: float, digits: int, group: np.ndarray,
           words: dict[str, str]) -> list[str]:
    """One channel of one sample, its frame and its letter; the group's mean and variance on hover."""
    g, block = int(group[sample, channel]), values[sample, channel]
    (high, wide), colour, members = block.shape, COLOURS[g % len(COLOURS)], values[group == g]
    hover = words["hover"].format(letter=LETTERS[g], mean=number(float(members.mean())), var=number(float(members.var())))
    at = (x - 18, y + cell / 2 + 8) if high == 1 else (x + wide * cell / 2, y - 6)
    rounded = np.where(np.abs(block) < 1, block.round(digits), block)
    return [*cells(Grid("", rounded, signed=bool((values < 0).any()), top=top), x, y, cell),
            svg.text(*at, LETTERS[g], size=22, bold=True, fill=colour),
            svg.box(x, y, wide * cell, high * cell, fill="transparent", stroke=colour, line=5, radius=3, title=hover)]
