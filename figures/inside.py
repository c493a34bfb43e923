"""Kernels or maps as tiles that can be looked at step by step: one colour scale for all steps, and dead channels marked."""

import numpy as np

from figures import svg
from figures.mosaic import GAP
from figures.palette import CLASSES, RED, SIGNED
from figures.pixels import data_uri

WIDE, LEGEND, LETTERS, LABEL = 1000, 70, 26, 34      # LABEL: the height of a channel's number
LARGEST = 150                                        # a tile's side, so that few channels do not fill the screen
LUMINANCE = np.array([0.299, 0.587, 0.114])          # of red, green and blue
VIRIDIS = ("#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725")


def tiles(blocks: list[tuple[list[int], np.ndarray]], top: float, signed: bool, dead: list[int], words: dict[str, str]) -> str:
    """SVG. blocks: (channels, tiles (rows, channels, h, w)); each block stands below the last, its channels numbered above it.

    top: the value at the end of the scale, whose other end is -top (signed) or 0. words: alt, dead, and hover, which may use {channel},
    {low} and {high}.
    """
    columns = max(len(channels) for channels, _ in blocks)
    side = min(LARGEST, WIDE / columns)
    left, y, parts = (WIDE - columns * side) / 2, 0.0, []
    for channels, stack in blocks:
        y += LABEL
        rows, _, _, size = stack.shape
        share = size / (size + GAP)                  # of a tile's place; the rest is the gap
        wide, high = len(channels) * side - side * (1 - share), rows * side - side * (1 - share)
        parts.append(svg.image(left, y, wide, high, data_uri(_sheet(stack, top, signed))))
        for column, channel in enumerate(channels):
            x, gone = left + column * side, channel in dead
            parts.append(svg.text(x + side * share / 2, y - 8, str(channel), size=LETTERS, bold=gone, fill=RED if gone else "currentColor"))
            for row in range(rows):
                tile = stack[row, column]
                title = words["hover"].format(channel=channel, low=f"{tile.min():.3g}", high=f"{tile.max():.3g}")
                parts.append(svg.box(x, y + row * side, side * share, side * share, fill="transparent", stroke=RED if gone else "none",
                                     line=4, radius=0, title=f"{title} · {words['dead']}" if gone else title))
        y += rows * side
    return svg.picture(WIDE, y + 6 + LEGEND, parts + _legend(y + 6, top, signed), words["alt"])


def colours(values: np.ndarray, top: float, signed: bool) -> np.ndarray:
    """(h, w) -> (h, w, 3) uint8 on the scale that ends at top; what lies beyond has the colour of the end."""
    return blended((values / top + 1) / 2 if signed else values / top, *_stops(signed))


def answers(probability: np.ndarray) -> np.ndarray:
    """(h, w) of the second of two classes -> (h, w, 3) uint8, in colours that say nothing of signs."""
    return blended(probability, *_split(CLASSES))


def blended(place: np.ndarray, stops: list[float], rgb: np.ndarray) -> np.ndarray:
    """Between the stops, all in [0, 1], as on a straight line. Shapes: place (h, w), rgb (3, stops) -> (h, w, 3) uint8."""
    return np.stack([np.interp(place, stops, channel) for channel in rgb], axis=-1).round().astype(np.uint8)


def ink(rgb: np.ndarray) -> str:
    """Black or white, whichever can be read on a colour (3,)."""
    return "black" if rgb @ LUMINANCE > 140 else "white"


def _sheet(stack: np.ndarray, top: float, signed: bool) -> np.ndarray:
    """(rows, n, h, w) -> one picture (H, W, 4) with transparent gaps."""
    rows, n, high, wide = stack.shape
    spaced = np.zeros((rows, high + GAP, n, wide + GAP, 4), dtype=np.uint8)
    whole = stack.transpose(0, 2, 1, 3)                                    # (rows, h, n, w)
    spaced[:, :high, :, :wide, :3] = colours(whole.reshape(rows * high, n * wide), top, signed).reshape(rows, high, n, wide, 3)
    spaced[:, :high, :, :wide, 3] = 255
    return spaced.reshape(rows * (high + GAP), n * (wide + GAP), 4)[:-GAP, :-GAP]


def _stops(signed: bool) -> tuple[list[float], np.ndarray]:
    """Places in [0, 1] and their colours (3, stops)."""
    return _split(SIGNED if signed else [[i / (len(VIRIDIS) - 1), colour] for i, colour in enumerate(VIRIDIS)])


def _split(named: list[list]) -> tuple[list[float], np.ndarray]:
    return [place for place, _ in named], np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in named]).T


def _legend(y: float, top: float, signed: bool) -> list[str]:
    """The scale with its two ends, and zero in the middle of a signed one."""
    low, wide = (-top if signed else 0.0), 360
    x = (WIDE - wide) / 2
    band = colours(np.linspace(low, top, 120)[None], top, signed)
    ends = [svg.text(x - 10, y + 20, f"{low:.3g}", size=LETTERS, anchor="end"),
            svg.text(x + wide + 10, y + 20, f"{top:.3g}", size=LETTERS, anchor="start")]
    middle = [svg.text(x + wide / 2, y + 50, "0", size=LETTERS)] if signed else []
    return [svg.image(x, y, wide, 22, data_uri(band)), *ends, *middle]
