"""How two shapes meet: aligned at the right, axis by axis, with stretched and clashing axes marked."""

from core.tensors import Aligned
from figures import svg
from figures.palette import GREEN, ORANGE, RED

CELL, ROW, LEFT, TOP = 120, 62, 150, 46


def alignment(axes: list[Aligned], labels: dict[str, str]) -> str:
    """SVG. labels: a, b, result, stretch, missing, clash, same, alt. Hover a cell for what happens to its axis."""
    width, parts = LEFT + CELL * max(len(axes), 1) + 20, []
    for row, name in enumerate(("a", "b", "result")):
        parts.append(svg.text(LEFT - 20, TOP + row * ROW + 36, labels[name], anchor="end", bold=True))
    for column, axis in enumerate(axes):
        x, from_right = LEFT + column * CELL, column - len(axes)
        parts.append(svg.text(x + CELL / 2 - 6, TOP - 16, f"dim {from_right}", size=20, opacity=0.7))
        for row, (own, other) in enumerate(((axis.a, axis.b), (axis.b, axis.a))):
            parts += _cell(x, TOP + row * ROW, own, other, axis.fits, labels)
        out = "✗" if axis.out is None else str(axis.out)
        colour = RED if axis.out is None else GREEN
        parts.append(svg.box(x, TOP + 2 * ROW, CELL - 12, ROW - 10, fill=colour, opacity=0.22, stroke=colour))
        parts.append(svg.text(x + CELL / 2 - 6, TOP + 2 * ROW + 36, out, bold=True, size=28))
    if not axes:
        parts.append(svg.text(LEFT, TOP + 2 * ROW + 44, "( )", anchor="start"))
    return svg.picture(max(width, 420), TOP + 3 * ROW + 6, parts, labels["alt"])


def _cell(x: float, y: float, own: int | None, other: int | None, fits: bool, labels: dict[str, str]) -> list[str]:
    """One axis of one tensor: its size, and an arrow when it is stretched to the other's."""
    target = other if other is not None else own
    stretched = fits and own in (None, 1) and target not in (None, 1)
    words, colour, dash, title = str(own), "currentColor", "", labels["same"]
    if own is None:
        words, colour, dash, title = "–", ORANGE, "6 5", labels["missing"]
    if stretched:
        words, colour, title = (f"1 → {target}" if own == 1 else f"– → {target}"), ORANGE, labels["stretch" if own == 1 else "missing"]
    if not fits:
        colour, title = RED, labels["clash"]
    return [
        svg.box(x, y, CELL - 12, ROW - 10, stroke=colour, dash=dash or ("6 5" if stretched else ""), fill=colour,
                opacity=0.12 if colour != "currentColor" else 0.04, title=title),
        svg.text(x + CELL / 2 - 6, y + 36, words, bold=True, size=28 if len(words) < 4 else 24),
    ]
