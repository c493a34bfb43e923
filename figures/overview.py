"""Firstlight in one picture: what flows forward through a network, and what flows back."""

from figures import svg
from figures.palette import BLUE, GREEN, ORANGE, PURPLE, RED

BOXES = (("batch", PURPLE), ("network", BLUE), ("answer", GREEN), ("loss", RED), ("step", ORANGE))


def loop(words: dict[str, str]) -> str:
    """SVG of the training loop. words: for each box "name" and "name.about", and forward, backward, alt."""
    wide, gap, top, high = 168, 40, 64, 132
    parts = [svg.text(500, 34, words["forward"], size=24, opacity=0.8)]
    for i, (name, colour) in enumerate(BOXES):
        x = i * (wide + gap)
        parts.append(svg.box(x + 2, top, wide - 4, high, fill=colour, stroke=colour, opacity=0.14, radius=14))
        parts.append(svg.text(x + wide / 2, top + 50, words[name], size=27, bold=True))
        for line, about in enumerate(words[f"{name}.about"].split("|")):
            parts.append(svg.text(x + wide / 2, top + 84 + 27 * line, about, size=21, opacity=0.85))
        if i < len(BOXES) - 1:
            parts.append(svg.arrow(x + wide + 3, top + high / 2, gap - 8))
    start, end, below = 4 * (wide + gap) + wide / 2, (wide + gap) + wide / 2, top + high
    parts.append(f'<path d="M{start:g} {below:g}v46H{end:g}v-40m-7 9l7 -9l7 9" fill="none" stroke="{ORANGE}" stroke-width="3"/>')
    parts.append(svg.text((start + end) / 2, below + 80, words["backward"], size=24, opacity=0.8))
    return svg.picture(1000, below + 96, parts, words["alt"])
