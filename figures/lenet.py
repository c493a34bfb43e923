"""A network in the style of LeNet's classic figure, drawn from the operations that really ran."""

from math import log2

from core.trace import Op, Trace, layers
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE

COLOURS = {"conv2d": BLUE, "max_pool2d": ORANGE, "avg_pool2d": ORANGE, "linear": GREEN, "view": PURPLE, "relu": GREY}
WIDTH, HIGH, MIDDLE = 1000, 356, 134
LINES = {"shape": 246, "weights": 284, "bias": 312, "total": 342}          # what stands below a layer, and where
SIDE, SHEETS = 2.6, 6                                # units per pixel of a map, and so many maps of a layer are drawn
LEGEND, HEADING = 44, 52                             # heights: of what the frames mean, of a network's name
PER_ROW, CHIP = 6, 88                                # operations in a row, and a row's height
ALL = (-1, "all")                                    # the place of the label that belongs to no layer

Labels = dict[tuple[int, str], str]                  # (slot, one of LINES) -> words
Marks = dict[tuple[int, str], bool]                  # the same places -> whether the frame there is filled


def diagram(traced: Trace, labels: dict[str, str]) -> str:
    """SVG: every layer's maps to scale, with name, shape, and parameters with their arithmetic.

    labels: input, alt.
    """
    return svg.picture(WIDTH, HIGH, _row(traced, labels["input"], {}), labels["alt"])


def compared(networks: list[tuple[str, str, Trace]], labels: dict[str, str]) -> str:
    """SVG: the diagrams of several networks, (name, total in words, trace) each, in the same places and to the same scale.

    A label that is not the same in all of them is framed: filled where it differs from the first network's, else dashed.
    labels: input, alt, differs, shared.
    """
    written = [_labels(traced) | {ALL: total} for _, total, traced in networks]
    places = {place for own in written for place in own}
    differing = {place for place in places if len({own.get(place) for own in written}) > 1}
    parts, y = _legend(labels), LEGEND
    for (name, total, traced), own in zip(networks, written, strict=True):
        marks = {place: own.get(place) != written[0].get(place) for place in differing}
        parts.append(svg.moved(y, _heading(name, total, marks)))
        parts.append(svg.moved(y + HEADING, _row(traced, labels["input"], marks)))
        y += HEADING + HIGH
    return svg.picture(WIDTH, y, parts, labels["alt"])


def stack(x: float, middle: float, size: tuple[int, ...], colour: str, title: str = "") -> list[str]:
    """Squares for maps (C, H, W), their sides to scale and at most six of them; a bar for a vector (N,), on a log scale. No words.

    Centred at (x, middle); title is shown where the pointer rests.
    """
    if len(size) == 1:
        high = 13 * log2(1 + size[0])                # 40,000 numbers are as high as the figure has room
        return [svg.box(x - 9, middle - high / 2, 18, high, fill=colour, stroke=colour, opacity=0.35, title=title)]
    side, sheets = size[1] * SIDE, min(size[0], SHEETS)
    shifts = [(k - (sheets - 1) / 2) * 5 for k in reversed(range(sheets))]
    return [svg.box(x - side / 2 + shift, middle - side / 2 - shift, side, side, fill=colour, stroke=colour, opacity=0.25, radius=2,
                    title=title, line=1.5) for shift in shifts]


def operations(traced: Trace, alt: str) -> str:
    """SVG: a chain of chips, one for each operation, functional ones included, with its output shape."""
    rows = -(-len(traced.ops) // PER_ROW)
    return svg.picture(WIDTH, rows * CHIP, chips(traced.ops), alt)


def chips(ops: tuple[Op, ...], framed: tuple[int, ...] = (), more: bool = False) -> list[str]:
    """One for each operation. framed: those whose shape has a frame; more: another chip follows."""
    parts, wide = [], WIDTH / PER_ROW
    for i, op in enumerate(ops):
        (x, y), colour = corner(i), COLOURS.get(op.name, GREY)
        centre = x + wide / 2 - 7
        parts.append(svg.box(x + 3, y + 3, wide - 20, CHIP - 20, fill=colour, stroke=colour, opacity=0.16, title=_about(op)))
        parts.append(svg.text(centre, y + 27, op.name, size=23, bold=True))
        if i in framed:
            parts.append(svg.frame(centre, y + 58, shape(op.out_shape), filled=True))
        parts.append(svg.text(centre, y + 58, shape(op.out_shape), size=svg.LETTERS))
        if i < len(ops) - 1 or more:
            parts.append(svg.text(x + wide - 8, y + 42, "›", size=26, opacity=0.6))
    return parts


def corner(i: int) -> tuple[float, float]:
    """The left upper corner of a chip."""
    return (i % PER_ROW) * WIDTH / PER_ROW, (i // PER_ROW) * CHIP


def shape(size: tuple[int, ...]) -> str:
    return "×".join(map(str, size))


def factors(size: tuple[int, ...]) -> str:
    return "·".join(map(str, size))


def _legend(labels: dict[str, str]) -> list[str]:
    """The two frames and what they mean."""
    parts = []
    for x, filled, words in ((38, True, labels["differs"]), (380, False, labels["shared"])):
        parts += [svg.frame(x, 26, "00", filled=filled), svg.text(x + 28, 26, words, size=svg.LETTERS, anchor="start")]
    return parts


def _heading(name: str, total: str, marks: Marks) -> list[str]:
    """A line, and below it a network's name and how many parameters it has."""
    line = f'<path d="M0 8H{WIDTH}" stroke="{GREY}" opacity="0.5"/>'
    frame = [svg.frame(290, 46, total, filled=marks[ALL])] if ALL in marks else []
    return [line, svg.text(18, 46, name, size=28, bold=True, anchor="start"), *frame, svg.text(290, 46, total, size=svg.LETTERS, bold=True)]


def _row(traced: Trace, word: str, marks: Marks) -> list[str]:
    """One network from its input to its output, each layer with what stands below it."""
    places = [(word, "", traced.in_shape[1:], GREY)]
    places += [(role, op.path, op.out_shape[1:], COLOURS[op.name]) for role, op in layers(traced.ops)]
    step, parts = WIDTH / len(places), []
    for slot, (role, path, size, colour) in enumerate(places):
        x = step * (slot + 0.5)
        parts.append(svg.text(x, 34, role, size=24, bold=True, fill=colour if slot else "currentColor"))
        parts += stack(x, MIDDLE, size, colour, f"{role} {path} {shape(size)}")
        if slot:
            parts.append(svg.arrow(x - step + 52, MIDDLE, 18, fill=GREY))
    for (slot, line), words in _labels(traced).items():
        x, y, filled = step * (slot + 0.5), LINES[line], marks.get((slot, line))
        if filled is not None:
            parts.append(svg.frame(x, y, words, filled=filled))
        colour = places[slot][-1] if line == "total" and not filled else "currentColor"
        opacity = 0.85 if line in ("weights", "bias") and not filled else 1
        parts.append(svg.text(x, y, words, size=svg.LETTERS, bold=line == "total", fill=colour, opacity=opacity))
    return parts


def _labels(traced: Trace) -> Labels:
    """What stands below each layer."""
    labels = {(0, "shape"): _maps(traced.in_shape[1:])}
    for slot, (_, op) in enumerate(layers(traced.ops), start=1):
        labels[slot, "shape"] = _maps(op.out_shape[1:])
        if op.parameters:
            products, total = op.arithmetic.split(" = ")
            weights, bias = products.split(" + ")
            labels |= {(slot, "weights"): weights, (slot, "bias"): f"+ {bias}", (slot, "total"): f"= {total}"}
    return labels


def _maps(size: tuple[int, ...]) -> str:
    """As in the classic figure: 6@28×28, or 120."""
    return f"{size[0]}@{shape(size[1:])}" if len(size) == 3 else str(size[0])


def _about(op: Op) -> str:
    inside = f" ({op.path})" if op.path else ""
    return f"{op.name}{inside}: {shape(op.in_shape)} → {shape(op.out_shape)}" + (f", {op.arithmetic}" if op.parameters else "")
