"""Pictures with what they are and what they were taken for."""

from collections.abc import Sequence
from html import escape

import numpy as np

from figures.palette import GREEN, GREY, RED
from figures.pixels import channels_last, data_uri

GRID = "display:grid;grid-template-columns:repeat(auto-fill,minmax({px}px,1fr));gap:14px 12px"
BAR = "display:flex;justify-content:space-between;gap:6px;padding:0 6px;margin-top:2px;border-radius:4px"
IMAGE = "width:100%;aspect-ratio:1;image-rendering:pixelated;border-radius:6px;display:block"


def tiles(images: Sequence[np.ndarray], captions: Sequence[str], bars: Sequence[list[tuple[str, float, bool]]], alt: str,
          px: int) -> str:
    """HTML: as many pictures of at least px pixels in a row as there is room for. Shapes: each image (C, H, W) uint8.

    bars: for each picture its likeliest classes, (name, probability, is it the truth?).
    """
    parts = []
    for i, (image, words, probs) in enumerate(zip(images, captions, bars, strict=True)):
        lines = "".join(_bar(*bar) for bar in probs)
        parts.append(f'<figure style="margin:0"><img src="{data_uri(channels_last(image))}" alt="{escape(f"{alt} {i + 1}: {words}")}" '
                     f'style="{IMAGE}"><figcaption style="font-weight:600;margin:4px 0 2px">'
                     f"{escape(words)}</figcaption>{lines}</figure>")
    return f'<div style="{GRID.format(px=px)}">{"".join(parts)}</div>'


def _bar(name: str, prob: float, true: bool) -> str:
    """A probability as a thin bar behind its words."""
    colour = GREEN if true else RED if prob >= 0.5 else GREY
    back = f"linear-gradient(90deg,{colour}55 {prob:.1%},{colour}14 {prob:.1%})"
    return (f'<div style="{BAR};background:{back}">'
            f"<span>{escape(name)}</span><span>{prob:.1%}</span></div>")
