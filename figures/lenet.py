"""A network in the style of LeNet's classic figure, drawn from the operations that really ran."""

from math import log2

from core.trace import Op, Trace, layers
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED

COLOURS = {"conv2d": BLUE, "max_pool2d": ORANGE, "linear": GREEN, "view": PURPLE, "relu": GREY}
WIDTH, MIDDLE = 1000, 150
SIDE, SHEETS = 2.6, 6                                # units per pixel of a map, and so many maps of a layer are drawn


def diagram(traced: Trace, labels: dict[str, str]) -> str:
    """SVG: every layer's maps to scale, with name, shape, and parameters with their arithmetic; below, every operation.

    labels: input, alt.
    """
    named = layers(traced.ops)
    slots = len(named) + 1
    step = WIDTH / slots
    parts = _maps(step / 2, ("", traced.in_shape[1:], GREY), labels["input"], "")
    for i, (role, op) in enumerate(named, start=1):
        x = step * (i + 0.5)
        parts.append(svg.arrow(x - step + 46, MIDDLE, 20, fill=GREY))
        parts += _maps(x, (role, op.out_shape[1:], COLOURS[op.name]), role, op.path)
        if op.parameters:
            products, total = op.arithmetic.split(" = ")
            weights, bias = products.split(" + ")
            parts.append(svg.text(x, 296, weights, size=21, opacity=0.85))
            parts.append(svg.text(x, 322, f"+ {bias}", size=21, opacity=0.85))
            parts.append(svg.text(x, 350, f"= {total}", size=22, bold=True, fill=COLOURS[op.name]))
    return svg.picture(WIDTH, 362, parts, labels["alt"])


def operations(traced: Trace, alt: str, refused: str = "") -> str:
    """SVG: a chain of chips, one for each operation, functional ones included, with its output shape."""
    per_row, wide, high = 6, WIDTH / 6, 88
    rows = -(-(len(traced.ops) + bool(refused)) // per_row)
    parts = []
    for i, op in enumerate(traced.ops):
        x, y = (i % per_row) * wide, (i // per_row) * high
        colour = COLOURS.get(op.name, GREY)
        parts.append(svg.box(x + 3, y + 3, wide - 20, high - 20, fill=colour, stroke=colour, opacity=0.16, title=_about(op)))
        parts.append(svg.text(x + wide / 2 - 7, y + 30, op.name, size=23, bold=True))
        parts.append(svg.text(x + wide / 2 - 7, y + 57, shape(op.out_shape), size=23))
        if i < len(traced.ops) - 1 or refused:
            parts.append(svg.text(x + wide - 8, y + 42, "›", size=26, opacity=0.6))
    if refused:
        i = len(traced.ops)
        x, y = (i % per_row) * wide, (i // per_row) * high
        parts.append(svg.box(x + 3, y + 3, wide - 20, high - 20, fill=RED, stroke=RED, opacity=0.2))
        parts.append(svg.text(x + wide / 2 - 7, y + 44, refused, size=22, bold=True))
    return svg.picture(WIDTH, rows * high, parts, alt)


def shape(size: tuple[int, ...]) -> str:
    return "×".join(map(str, size))


def _maps(x: float, layer: tuple[str, tuple[int, ...], str], name: str, path: str) -> list[str]:
    """A stack of squares for maps (C, H, W), their sides to scale and at most six of them; a bar for a vector (N,), on a log scale."""
    _, size, colour = layer
    title = f"{name} {path} {shape(size)}"
    parts = [svg.text(x, 34, name, size=24, bold=True, fill=colour if colour != GREY else "currentColor")]
    if len(size) == 3:
        side, sheets = size[1] * SIDE, min(size[0], SHEETS)
        for k in reversed(range(sheets)):
            shift = (k - (sheets - 1) / 2) * 5
            parts.append(svg.box(x - side / 2 + shift, MIDDLE - side / 2 - shift, side, side, fill=colour, stroke=colour, opacity=0.25,
                                 radius=2, title=title, line=1.5))
    else:
        high = 22 * log2(1 + size[0])
        parts.append(svg.box(x - 9, MIDDLE - high / 2, 18, high, fill=colour, stroke=colour, opacity=0.35, title=title))
    words = f"{size[0]}@{size[1]}×{size[2]}" if len(size) == 3 else str(size[0])
    parts.append(svg.text(x, 260, words, size=24))
    return parts


def _about(op: Op) -> str:
    inside = f" ({op.path})" if op.path else ""
    return f"{op.name}{inside}: {shape(op.in_shape)} → {shape(op.out_shape)}" + (f", {op.arithmetic}" if op.parameters else "")
