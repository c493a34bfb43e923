"""A patch, and where in its photo it is cut out."""

import numpy as np

from figures import svg
from figures.palette import GREY, ORANGE
from figures.pixels import data_uri

PHOTO, PATCH, GAP, TOP = 512, 288, 90, 40


def cut(photo: np.ndarray, corner: tuple[int, int], side: int, border: int, words: dict[str, str]) -> str:
    """SVG. photo (H, W, 3) uint8; corner: the patch's upper left pixel (row, column); border: the first column that is not for training.

    words: photo, patch (titles), train, test, alt.
    """
    pixel = PHOTO / len(photo)
    (top, left), split = corner, border * pixel
    patch = np.ascontiguousarray(photo[top:top + side, left:left + side])
    x, y = left * pixel, TOP + top * pixel
    right = PHOTO + GAP
    lines = f"M{x + side * pixel:g} {y:g}L{right:g} {TOP:g}M{x + side * pixel:g} {y + side * pixel:g}L{right:g} {TOP + PATCH:g}"
    return svg.picture(PHOTO + GAP + PATCH + 4, TOP + PHOTO + 36, [
        svg.text(0, TOP - 14, words["photo"], anchor="start", bold=True),
        svg.text(right, TOP - 14, words["patch"], anchor="start", bold=True),
        svg.image(0, TOP, PHOTO, PHOTO, data_uri(photo)), svg.image(right, TOP, PATCH, PATCH, data_uri(patch)),
        f'<path d="M{split:g} {TOP}v{PHOTO}" stroke="white" stroke-width="3" stroke-dasharray="8 6"/>',
        f'<path d="{lines}" stroke="{ORANGE}" stroke-width="2"/>',
        svg.box(x, y, side * pixel, side * pixel, stroke=ORANGE, line=4, radius=0),
        svg.box(right, TOP, PATCH, PATCH, stroke=ORANGE, radius=0),
        svg.text(split / 2, TOP + PHOTO + 28, words["train"], size=20, fill=GREY),
        svg.text((split + PHOTO) / 2, TOP + PHOTO + 28, words["test"], size=20, fill=GREY),
    ], words["alt"])
