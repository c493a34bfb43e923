"""What .grad holds after each call: a bar of as many blocks as gradients were added."""

from figures import svg
from figures.palette import BLUE, GREY, ORANGE

WIDE, BLOCK, BOTTOM = 1000, 34, 60                   # a block's height stands for one gradient


def bars(held: dict[str, float | None], once: float, alt: str) -> str:
    """SVG. held: for each call its words and .grad after it, None = not told yet; once: the gradient of one call.

    The newest block of each bar is orange.
    """
    high = max(3, len(held)) * BLOCK + 44
    parts, step = [], WIDE / 6
    parts.append(f'<path d="M0 {high:g}h{WIDE}" stroke="currentColor" opacity="0.5" stroke-width="2"/>')
    for i, (call, value) in enumerate(held.items()):
        x, wide = i * step + step * 0.2, step * 0.6
        blocks = 0 if value is None else round(value / once)
        for block in range(blocks):
            colour = ORANGE if block == blocks - 1 else BLUE
            parts.append(svg.box(x, high - (block + 1) * BLOCK, wide, BLOCK - 3, fill=colour, stroke=colour, opacity=0.35))
        if value is None:
            parts.append(svg.box(x, high - BLOCK, wide, BLOCK - 3, stroke=GREY, dash="6 5"))
        said = "?" if value is None else f"{value:g}"
        parts.append(svg.text(x + wide / 2, high - max(blocks, 1) * BLOCK - 10, said, size=26, bold=True))
        parts.append(svg.text(x + wide / 2, high + 34, call, size=21, opacity=0.85))
    return svg.picture(WIDE, high + BOTTOM, parts, alt)
