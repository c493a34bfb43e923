"""What a network looks at: the picture in grey, and beside it one heat for each copy, laid over it so that its outline stays visible."""

from dataclasses import dataclass

import numpy as np

from figures import svg
from figures.inside import colours
from figures.pixel import number
from figures.pixels import data_uri

SIDE, GAP, TOP, BAND, LETTERS = 300, 50, 40, 18, 21  # TOP: the height of a title


@dataclass(frozen=True)
class Heat:
    """A title, a heat (h, w) that covers the picture but for `margin` pixels on each side, and one line about it."""

    title: str
    values: np.ndarray
    about: str
    margin: float = 0


def beside(image: np.ndarray, heats: list[Heat], signed: bool, words: dict[str, str], outlined: bool = True) -> str:
    """SVG. image (C, H, W) uint8, square; each heat has a scale of its own, from 0 or, when signed, from minus to plus its strongest value.

    words: input, unit (of the numbers at the ends of a scale), zero (said of a heat that is 0 everywhere), alt.
    outlined: draw the border of the picture's bright part on each heat.
    """
    grey = image.mean(0).round().astype(np.uint8)                          # (C, H, W) -> (H, W)
    pixel = SIDE / len(grey)
    outline = _outline(grey, pixel) if outlined else ""
    parts = [svg.text(SIDE / 2, TOP - 14, words["input"], bold=True), svg.image(0, TOP, SIDE, SIDE, data_uri(grey))]
    for i, heat in enumerate(heats, start=1):
        x, edge = i * (SIDE + GAP), heat.margin * pixel
        top = float(abs(heat.values).max())
        parts += [svg.text(x + SIDE / 2, TOP - 14, heat.title, bold=True), svg.image(x, TOP, SIDE, SIDE, data_uri(grey)),
                  svg.image(x + edge, TOP + edge, SIDE - 2 * edge, SIDE - 2 * edge, data_uri(colours(heat.values, top or 1, signed))),
                  f'<g transform="translate({x:g} {TOP})">{outline}</g>', *_scale(x, TOP + SIDE + 14, top, signed, words),
                  svg.text(x + SIDE / 2, TOP + SIDE + 112, heat.about, size=LETTERS, opacity=0.85)]
    return svg.picture(len(heats) * (SIDE + GAP) + SIDE, TOP + SIDE + 124, parts, words["alt"])


def _scale(x: float, y: float, top: float, signed: bool, words: dict[str, str]) -> list[str]:
    """A heat's colours with the numbers at both ends, and their unit; a heat without any is said to be 0."""
    if top == 0:
        return [svg.text(x + SIDE / 2, y + 42, words["zero"], size=LETTERS)]
    low = -top if signed else 0.0
    band = colours(np.linspace(low, top, 120)[None], top, signed)
    middle = [svg.text(x + SIDE / 2, y + BAND + 22, "0", size=LETTERS)] if signed else []
    return [svg.image(x, y, SIDE, BAND, data_uri(band)), *middle,
            svg.text(x, y + BAND + 22, number(low), size=LETTERS, anchor="start"),
            svg.text(x + SIDE, y + BAND + 22, number(top), size=LETTERS, anchor="end"),
            svg.text(x + SIDE / 2, y + BAND + 46, words["unit"], size=LETTERS)]


def _outline(grey: np.ndarray, pixel: float) -> str:
    """The border between the brighter and the darker half of the pixels, white with a dark rim: seen on every colour."""
    bright = grey > (int(grey.min()) + int(grey.max())) / 2
    edges = [f"M{column * pixel:.4g} {(row + 1) * pixel:.4g}h{pixel:.4g}" for row, column in np.argwhere(bright[1:] != bright[:-1])]
    edges += [f"M{(column + 1) * pixel:.4g} {row * pixel:.4g}v{pixel:.4g}" for row, column in np.argwhere(bright[:, 1:] != bright[:, :-1])]
    path = f'<path d="{"".join(edges)}" fill="none" stroke-linecap="square" '
    return f'{path}stroke="#000" stroke-opacity="0.6" stroke-width="4"/>{path}stroke="#fff" stroke-width="2"/>'
