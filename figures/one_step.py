"""One training step that stands still: the five lines, the plane with its four points, and a 2-3-2 network with all its numbers."""

from dataclasses import dataclass
from html import escape

import numpy as np

from core.one_step.frame import Frame
from core.one_step.points import REACH, X, Y
from figures import svg
from figures.inside import colours, ink
from figures.palette import GREY, ORANGE
from figures.pixel import number
from figures.pixels import data_uri

WIDE, BAND = 1000, 158                               # BAND: height of the lines and the plane above the network
LINE, CODE = 28, 18                                  # of the program: from line to line, letters
PLANE, PLANE_X = 142, 472                            # the plane's side, and where it begins
CELL, LETTERS, GAP = 25, 18, 10                      # of a number: its height; between the parameters of two units
CHIP, NODE = 196, 150                                # widths of a parameter with its gradient, and of a unit
COLUMNS = {"x": (0, 86), "hidden": (136, CHIP), "activation": (412, NODE), "output": (600, CHIP), "logits": (848, NODE)}
SUMS = 2.0                                           # end of the colour scale of sums and activations
STALE = 0.55                                         # opacity of what an earlier forward pass left
TOP = BAND + 36                                      # where the first parameter of the network stands


@dataclass(frozen=True)
class Look:
    """sample: whose numbers the units show. weights, grads: ends of the colour scales. before: weights ahead of the optimizer's step.

    watched: the parameter with a thick frame, such as "hidden.weight[0,1]".
    """

    frame: Frame
    sample: int
    weights: float
    grads: float
    before: dict[str, np.ndarray] | None
    watched: str


def picture(look: Look, lines: dict[str, str], plane: np.ndarray, skipped: bool, words: dict[str, str]) -> str:
    """SVG. plane: the probability of class 1 all over it, the top row first. skipped: whether zero_grad is forgotten.

    words: loss, sample, said, weights, units, logits, none, alt.
    """
    parts = [*program(lines, look.frame.part, skipped), *_plane(plane, look.sample), *_told(look.frame, words, 650)]
    bottom, network = _network(look, words)
    return svg.picture(WIDE, bottom, parts + network, words["alt"])


def program(lines: dict[str, str], part: str, skipped: bool) -> list[str]:
    """The five lines; the one that ran last is marked, a forgotten one struck out."""
    parts = []
    for i, (name, line) in enumerate(lines.items()):
        y, gone = 6 + i * LINE, skipped and name == "zero_grad"
        if name == part:
            parts.append(svg.box(0, y, 430, LINE - 2, fill=svg.MARK, stroke=ORANGE, opacity=0.42, dash="6 5" if gone else ""))
        struck = ' text-decoration="line-through" opacity="0.55"' if gone else ""
        parts.append(f'<text x="10" y="{y + 19}" font-size="{CODE}" font-family="monospace" fill="currentColor"{struck} '
                     f'xml:space="preserve">{i + 1}  {escape(line)}</text>')
    return parts


def _told(frame: Frame, words: dict[str, str], x: float) -> list[str]:
    """The loss, and what the network says of the chosen sample."""
    new = "loss" in frame.changed
    marked = [svg.box(x - 8, 6, 348, 38, stroke=ORANGE, line=3)] if new else []
    return [*marked, svg.text(x, 33, words["loss"], size=23, anchor="start", bold=True),
            *(svg.text(x, 76 + 30 * i, line, size=19, anchor="start") for i, line in enumerate(words["sample"].split("\n")))]


def _plane(plane: np.ndarray, sample: int) -> list[str]:
    """Blue where the network says class 0, red where it says class 1, white where it cannot tell."""
    rgb = colours(plane - 0.5, 0.5, signed=True)
    parts = [svg.image(PLANE_X, 4, PLANE, PLANE, data_uri(rgb)), svg.box(PLANE_X, 4, PLANE, PLANE, stroke=GREY, radius=0, line=1)]
    scale = PLANE / (2 * REACH)
    for i, ((across, up), label) in enumerate(zip(X.tolist(), Y.tolist(), strict=True)):
        x, y = PLANE_X + (across + REACH) * scale, 4 + (REACH - up) * scale
        ring, line = (ORANGE, 5) if i == sample else ("#20242C", 1.5)
        parts.append(svg.box(x - 12, y - 12, 24, 24, fill="#FFFFFF", stroke=ring, radius=12 if label == 0 else 3, line=line))
        parts.append(svg.text(x, y + 6, str(label), size=18, fill="#20242C", bold=True))
    return parts


def _network(look: Look, words: dict[str, str]) -> tuple[float, list[str]]:
    """Units and parameters in columns, edges between them; the lower end, and the pieces."""
    inputs, hidden, logits = X.shape[1], len(look.frame.weights["hidden.bias"]), len(look.frame.weights["output.bias"])
    high = hidden * (2 * CELL * (inputs + 1) + GAP) - GAP
    rows = {name: _rows(count, high) for name, count in (("x", inputs), ("activation", hidden), ("logits", logits))}
    edges, parts = [], []
    for layer, source, target in (("hidden", "x", "activation"), ("output", "activation", "logits")):
        left, wide = COLUMNS[layer]
        start, stop = sum(COLUMNS[source]), COLUMNS[target][0]
        for unit, middle in enumerate(rows[target]):
            count = len(rows[source]) + 1            # the last is the bias, which no unit feeds
            for i in range(count):
                y = middle + (i - (count - 1) / 2) * (2 * CELL + 2)
                parts += _parameter(look, layer, unit, None if i == count - 1 else i, left, y, words)
                if i < count - 1:
                    edges.append(_edge(start, rows[source][i], left, y))
                edges.append(_edge(left + wide, y, stop, middle))
    parts += _units(look, rows, words)
    return TOP + high + 14, [*edges, *_titles(words), *parts]


def _rows(count: int, high: float) -> list[float]:
    """The middles of so many units, each with the same share of the height."""
    return [TOP + high / 2 + (i - (count - 1) / 2) * (high + GAP) / count for i in range(count)]


def _titles(words: dict[str, str]) -> list[str]:
    return [svg.text(left + wide / 2, BAND + 22, words[name], size=18, bold=True) for name, (left, wide) in COLUMNS.items()]


def _edge(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}" stroke="{GREY}" stroke-width="1.5" opacity="0.7"/>'


def _parameter(look: Look, layer: str, unit: int, source: int | None, x: float, middle: float, words: dict[str, str]) -> list[str]:
    """A weight, or what it was and has become, above its gradient."""
    name, index = (f"{layer}.bias", (unit,)) if source is None else (f"{layer}.weight", (unit, source))
    full, y = f"{name}[{','.join(map(str, index))}]", middle - CELL
    weight, gradient = float(look.frame.weights[name][index]), look.frame.grads[name]
    written = number(weight)
    if look.before is not None:
        written = f"{number(float(look.before[name][index]))} → {written}"
    if source is None:
        written = f"b  {written}"
    parts = _cell(x, y, CHIP, written, weight, look.weights, "weights" in look.frame.changed)
    if gradient is None:
        colour, line = (ORANGE, 3) if "grads" in look.frame.changed else (GREY, 1)         # it is gone
        parts += [svg.box(x + 1, y + CELL + 1, CHIP - 2, CELL - 2, stroke=colour, dash="4 4", radius=0, line=line),
                  svg.text(x + CHIP / 2, y + CELL + 18, words["none"], size=LETTERS, fill=GREY)]
    else:
        value = float(gradient[index])
        parts += _cell(x, y + CELL, CHIP, f"grad {number(value)}", value, look.grads, "grads" in look.frame.changed)
    if full == look.watched:
        parts.append(svg.box(x - 2, y - 1, CHIP + 4, 2 * CELL + 2, radius=0, line=4))
    return [f"<g><title>{escape(_told_of(look, name, index, full))}</title>{''.join(parts)}</g>"]


def _told_of(look: Look, name: str, index: tuple[int, ...], full: str) -> str:
    """What the pointer hears: the parameter's name, its update right after one, and what the optimizer keeps of it."""
    weight = float(look.frame.weights[name][index])
    lines = [f"{full} = {weight:.6g}"]
    if look.before is not None:
        lines.append(f"{weight:.6g} − {_signed(float(look.before[name][index]))} = {weight - float(look.before[name][index]):.6g}")
    kept = {key.partition("/")[2]: value for key, value in look.frame.memory.items() if key.startswith(f"{name}/") and value.ndim}
    return "\n".join([*lines, *(f"{key} = {float(value[index]):.6g}" for key, value in kept.items())]).replace("-", "−")


def _signed(value: float) -> str:
    return f"({value:.6g})" if value < 0 else f"{value:.6g}"


def _units(look: Look, rows: dict[str, list[float]], words: dict[str, str]) -> list[str]:
    """Inputs and units, with the numbers of the chosen sample."""
    left, wide = COLUMNS["x"]
    inputs = [part for value, middle in zip(X[look.sample].tolist(), rows["x"], strict=True)
              for part in _cell(left, middle - CELL / 2, wide, number(value), value, REACH)]
    names = {"activation": ("z", words["after"], "grad"), "logits": (words["logit"], "p", "grad")}
    units = [part for column in names for unit, middle in enumerate(rows[column])
             for part in _unit(look, COLUMNS[column][0], middle, names[column], _numbers(look, column, unit))]
    stale = look.frame.outputs and look.frame.part == "zero_grad"
    return [*inputs, *([f'<g opacity="{STALE}">{"".join(units)}</g>'] if stale else units)]


def _numbers(look: Look, column: str, unit: int) -> tuple[float | None, ...]:
    """The unit's sum, what comes of it, and the gradient of the sum; None for what is not there yet."""
    outputs, layer = look.frame.outputs, {"activation": "hidden", "logits": "output"}[column]
    if not outputs:
        return None, None, None
    sums, flows = outputs[layer][look.sample], look.frame.flows[layer]
    after = outputs["activation"][look.sample] if column == "activation" else sums.softmax(0)
    return float(sums[unit]), float(after[unit]), None if flows is None else float(flows[look.sample, unit])


def _unit(look: Look, x: float, middle: float, names: tuple[str, ...], values: tuple[float | None, ...]) -> list[str]:
    """Three numbers below each other: the last is a gradient."""
    parts = []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y, kind = middle + (i - len(names) / 2) * CELL, "flows" if name == "grad" else "outputs"
        if value is None:
            parts.append(svg.box(x, y, NODE, CELL, stroke=GREY, dash="4 4", radius=0, line=1))
            parts.append(svg.text(x + NODE / 2, y + 18, name, size=LETTERS, fill=GREY))
        else:
            top = look.grads if kind == "flows" else SUMS
            parts += _cell(x, y, NODE, f"{name} {number(value)}", value, top, kind in look.frame.changed)
    return parts


def _cell(x: float, y: float, wide: float, written: str, value: float, top: float, new: bool = False) -> list[str]:
    """A number on its colour. new: with a frame."""
    rgb = colours(np.array([[value]]), top, signed=True)[0, 0]
    fill = "#" + "".join(f"{int(channel):02x}" for channel in rgb)
    frame = [svg.box(x + 1, y + 1, wide - 2, CELL - 2, stroke=ORANGE, radius=0, line=3)] if new else []
    return [svg.box(x, y, wide, CELL, fill=fill, stroke=GREY, radius=0, line=1),
            svg.text(x + wide / 2, y + 18, written, size=LETTERS, fill=ink(rgb)), *frame]
