"""A colour picture: its channels as they lie in memory, what another order makes of them, and how its numbers are then read."""

import numpy as np

from figures import svg
from figures.palette import BLUE, GREEN, RED
from figures.pixels import data_uri

PLANE, SHOWN, GAP, TOP = 180, 360, 24, 40
INKS = (RED, GREEN, BLUE)                            # of the channels
CELL, HIGH, LETTERS = 64, 48, 20


def layout(x: np.ndarray, out: np.ndarray | None, strips: list[tuple[str, np.ndarray, list[int]]], words: dict[str, str]) -> str:
    """SVG. x (3, H, W) uint8: the stored channels; out (H, W, 3) uint8: the picture that came out, None where there is none.

    strips: a title, the first numbers (n,) as they are read, and the channel of each. words: stored, out, hidden, channel.0 ..., alt.
    """
    parts = [svg.text(0, TOP - 14, words["stored"], anchor="start", bold=True)]
    for i, plane in enumerate(x):
        left = i * (PLANE + 8)
        tinted = np.zeros((*plane.shape, 3), dtype=np.uint8)
        tinted[..., i] = plane
        parts += [svg.image(left, TOP, PLANE, PLANE, data_uri(tinted)),
                  svg.text(left + PLANE / 2, TOP + PLANE + 26, words[f"channel.{i}"], size=LETTERS)]
    right, y = 1000 - SHOWN, TOP + PLANE + 60
    parts.append(svg.text(right, TOP - 14, words["out"], anchor="start", bold=True))
    parts.append(svg.arrow(right - GAP - 26, TOP + PLANE / 2, 36))
    if out is None:
        parts += [svg.box(right, TOP, SHOWN, SHOWN, dash="8 6", opacity=0.05, fill="currentColor"),
                  svg.text(right + SHOWN / 2, TOP + SHOWN / 2 + 10, words["hidden"], size=34)]
    else:
        parts.append(svg.image(right, TOP, SHOWN, SHOWN, data_uri(np.ascontiguousarray(out))))
    for title, numbers, channels in strips:
        parts += _strip(title, numbers, channels, y)
        y += HIGH + 58
    return svg.picture(1000, max(y, TOP + SHOWN + 4), parts, words["alt"])


def _strip(title: str, numbers: np.ndarray, channels: list[int], y: float) -> list[str]:
    """The first numbers in the order in which they are read, each in the colour of its channel."""
    parts = [svg.text(0, y + 22, title, anchor="start", bold=True, size=LETTERS)]
    for i, (number, channel) in enumerate(zip(numbers.tolist(), channels, strict=True)):
        parts += [svg.box(i * CELL + 1, y + 34, CELL - 4, HIGH, stroke=INKS[channel], fill=INKS[channel], opacity=0.25),
                  svg.text(i * CELL + CELL / 2 - 1, y + 34 + HIGH / 2 + 7, str(number), size=LETTERS)]
    return [*parts, svg.text(len(numbers) * CELL + 6, y + 34 + HIGH / 2 + 7, "…", anchor="start")]
