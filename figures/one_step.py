"""One training step that stands still: the five lines, the plane with its four points, and a 2-3-2 network with all its numbers."""

from dataclasses import dataclass
from html import escape

import numpy as np

from core.one_step.frame import Frame
from core.one_step.points import REACH, X, Y
from figures import svg
from figures.inside import answers, colours, ink
from figures.palette import GREY, ORANGE, SIGNED
from figures.pixel import number
from figures.pixels import data_uri

WIDE = 1000
LINE, CODE, NOTE = 24, 16.5, 14                       # of the program: from line to line, its letters, and those of the note below
PROGRAM, PLANE = 376, 138                            # the program's width, the plane's side
CELL, LETTERS, GAP = 24, 17, 8                       # of a number: its height; between the parameters of two units
VALUE, GRAD, NODE = 130, 116, 140                    # widths of a parameter, of the gradient beside it, and of a unit
CHIP = VALUE + GRAD
COLUMNS = {"x": (0, 66), "hidden": (102, CHIP), "activation": (394, NODE), "output": (570, CHIP), "logits": (858, NODE)}
LOSS = 38                                            # height of its frame, below the logits
SUMS = 2.0                                           # end of the colour scale of sums and activations
STALE = 0.55                                         # opacity of what an earlier forward pass left
TOP = 53                                             # where the first parameter of the network stands, below legend and titles


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


def picture(look: Look, words: dict[str, str]) -> str:
    """SVG of the network. words: loss, sample, x, hidden, activation, output, logits, logit, after, none, alt, and those of `legend`."""
    bottom, network = _network(look, words)
    return svg.picture(WIDE, bottom, [*legend(words), *network], words["alt"])


def band(lines: dict[str, str], part: str, skipped: bool, words: dict[str, str], plane: np.ndarray | None = None, sample: int = 0) -> str:
    """SVG of the program, and beside it the plane, when there is one: the probability of class 1 all over it, the top row first.

    skipped: whether zero_grad is forgotten. words: handed, program.
    """
    beside = [] if plane is None else _plane(plane, sample)
    return svg.picture(PROGRAM + (PLANE + 8 if beside else 0), 5 * LINE + 24, [*program(lines, part, skipped),
                       svg.text(0, 5 * LINE + 18, words["handed"], size=NOTE, anchor="start", opacity=0.85), *beside], words["program"])


def legend(words: dict[str, str]) -> list[str]:
    """What the colours say, in one line. words: above, below, new, watched, or None for the last."""
    marks = (("above", {"fill": SIGNED[4][1], "stroke": GREY}), ("below", {"fill": SIGNED[0][1], "stroke": GREY}),
             ("new", {"stroke": ORANGE, "line": 3}), ("watched", {"line": 4}))
    parts, place = [], 0
    for name, look in marks:
        if words.get(name):
            parts += [svg.box(place + 2, 5, 22, 14, radius=0, **look),
                      svg.text(place + 31, 18, words[name], size=LETTERS, anchor="start", opacity=0.85)]
            place += 58 + LETTERS * sum(1.02 if letter > "⺀" else 0.5 for letter in words[name])
    return parts


def program(lines: dict[str, str], part: str, skipped: bool) -> list[str]:
    """The five lines; the one that ran last is marked, a forgotten one struck out."""
    parts = []
    for i, (name, line) in enumerate(lines.items()):
        y, gone = 1 + i * LINE, skipped and name == "zero_grad"
        if name == part:
            parts.append(svg.box(1, y, PROGRAM - 8, LINE - 2, fill=svg.MARK, stroke=ORANGE, opacity=0.42, dash="6 5" if gone else ""))
        struck = ' text-decoration="line-through" opacity="0.55"' if gone else ""
        parts.append(f'<text x="6" y="{y + 17}" font-size="{CODE}" font-family="monospace" fill="currentColor"{struck} '
                     f'xml:space="preserve">{i + 1}  {escape(line)}</text>')
    return parts


def _told(frame: Frame, words: dict[str, str], y: float) -> list[str]:
    """Below the logits: the loss, which comes of them, and whose numbers these are."""
    (x, wide), new = COLUMNS["logits"], "loss" in frame.changed
    marked = [svg.box(x + 1, y, wide - 2, LOSS, stroke=ORANGE, line=3)] if new else []
    return [*marked, svg.text(x + wide / 2, y + 26, words["loss"], size=20, bold=True),
            svg.text(x + wide, y + LOSS + 20, words["sample"], size=LETTERS, anchor="end")]


def _plane(plane: np.ndarray, sample: int) -> list[str]:
    """Green where the network says class 0, purple where it says class 1, white where it cannot tell; the sample has a double ring."""
    left, top = PROGRAM + 4, 4
    parts = [svg.image(left, top, PLANE, PLANE, data_uri(answers(plane))), svg.box(left, top, PLANE, PLANE, stroke=GREY, radius=0, line=1)]
    scale = PLANE / (2 * REACH)
    for i, ((across, up), label) in enumerate(zip(X.tolist(), Y.tolist(), strict=True)):
        x, y = left + (across + REACH) * scale, top + (REACH - up) * scale
        parts += _point(x, y, str(label), 12 if label == 0 else 3, i == sample)
    return parts


def _point(x: float, y: float, label: str, radius: float, chosen: bool) -> list[str]:
    ring = [svg.box(x - 16, y - 16, 32, 32, fill="#FFFFFF", stroke="#000000", radius=radius + 4, line=3)] if chosen else []
    return [*ring, svg.box(x - 11, y - 11, 22, 22, fill="#FFFFFF", stroke="#000000", radius=radius, line=3 if chosen else 1.5),
            svg.text(x, y + 6, label, size=17, fill="#20242C", bold=True)]


def _network(look: Look, words: dict[str, str]) -> tuple[float, list[str]]:
    """Units and parameters in columns, edges between them; the lower end, and the pieces."""
    inputs, hidden, logits = X.shape[1], len(look.frame.weights["hidden.bias"]), len(look.frame.weights["output.bias"])
    high = hidden * (CELL * (inputs + 1) + GAP) - GAP
    rows = {name: _rows(count, high) for name, count in (("x", inputs), ("activation", hidden))}
    rows["logits"] = [TOP + (i + 0.5) * (3 * CELL + 6) for i in range(logits)]                 # above the loss
    parameters = {"activation": rows["activation"], "logits": _rows(logits, high)}
    edges, parts, watched = [], [], []
    for layer, source, target in (("hidden", "x", "activation"), ("output", "activation", "logits")):
        left, wide = COLUMNS[layer]
        start, stop = sum(COLUMNS[source]), COLUMNS[target][0]
        for unit, middle in enumerate(rows[target]):
            count = len(rows[source]) + 1            # the last is the bias, which no unit feeds
            for i in range(count):
                y = parameters[target][unit] + (i - (count - 1) / 2) * CELL
                name, index = (f"{layer}.bias", (unit,)) if i == count - 1 else (f"{layer}.weight", (unit, i))
                full = f"{name}[{','.join(map(str, index))}]"
                (watched if full == look.watched else parts).append(_parameter(look, name, index, full, left, y, words))
                if i < count - 1:
                    edges.append(_edge(start, rows[source][i], left, y))
                edges.append(_edge(left + wide, y, stop, middle))
    parts += [*_units(look, rows, words), *_told(look.frame, words, rows["logits"][-1] + 1.5 * CELL + 8)]
    return TOP + high + 4, [*edges, *_titles(words), *parts, *watched]     # its thick frame above its neighbours


def _rows(count: int, high: float) -> list[float]:
    """The middles of so many units, each with the same share of the height."""
    return [TOP + high / 2 + (i - (count - 1) / 2) * (high + GAP) / count for i in range(count)]


def _titles(words: dict[str, str]) -> list[str]:
    return [svg.text(left + wide / 2, TOP - 8, words[name], size=LETTERS, bold=True) for name, (left, wide) in COLUMNS.items()]


def _edge(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}" stroke="{GREY}" stroke-width="1.5" opacity="0.7"/>'


def _parameter(look: Look, name: str, index: tuple[int, ...], full: str, x: float, middle: float, words: dict[str, str]) -> str:
    """A weight, or what it was and has become, beside its gradient."""
    y, weight, gradient = middle - CELL / 2, float(look.frame.weights[name][index]), look.frame.grads[name]
    written = number(weight)
    if look.before is not None:
        written = f"{number(float(look.before[name][index]))} → {written}"
    if name.endswith("bias"):
        written = f"b  {written}"
    parts = _cell(x, y, VALUE, written, weight, look.weights, "weights" in look.frame.changed)
    if gradient is None:
        colour, line = (ORANGE, 3) if "grads" in look.frame.changed else (GREY, 1)         # it is gone
        parts += [svg.box(x + VALUE + 1, y + 1, GRAD - 2, CELL - 2, stroke=colour, dash="4 4", radius=0, line=line),
                  svg.text(x + VALUE + GRAD / 2, y + 17.5, words["none"], size=LETTERS, fill=GREY)]
    else:
        value = float(gradient[index])
        parts += _cell(x + VALUE, y, GRAD, f"grad {number(value)}", value, look.grads, "grads" in look.frame.changed)
    if full == look.watched:
        parts.append(svg.box(x - 2, y - 1, CHIP + 4, CELL + 2, radius=0, line=4))
    return f"<g><title>{escape(_told_of(look, name, index, full))}</title>{''.join(parts)}</g>"


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
    names = {"activation": ("z", "grad", words["after"]), "logits": (words["logit"], "grad", "p")}
    units = [part for column in names for unit, middle in enumerate(rows[column])
             for part in _unit(look, COLUMNS[column][0], middle, names[column], _numbers(look, column, unit))]
    stale = look.frame.outputs and look.frame.part == "zero_grad"
    return [*inputs, *([f'<g opacity="{STALE}">{"".join(units)}</g>'] if stale else units)]


def _numbers(look: Look, column: str, unit: int) -> tuple[float | None, ...]:
    """The unit's sum, the gradient of that sum, and what comes of it; None for what is not there yet."""
    outputs, layer = look.frame.outputs, {"activation": "hidden", "logits": "output"}[column]
    if not outputs:
        return None, None, None
    sums, flows = outputs[layer][look.sample], look.frame.flows[layer]
    after = outputs["activation"][look.sample] if column == "activation" else sums.softmax(0)
    return float(sums[unit]), None if flows is None else float(flows[look.sample, unit]), float(after[unit])


def _unit(look: Look, x: float, middle: float, names: tuple[str, ...], values: tuple[float | None, ...]) -> list[str]:
    """Three numbers below each other: the second is the gradient of the first."""
    parts = []
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        y, kind = middle + (i - len(names) / 2) * CELL, "flows" if name == "grad" else "outputs"
        if value is None:
            parts.append(svg.box(x, y, NODE, CELL, stroke=GREY, dash="4 4", radius=0, line=1))
            parts.append(svg.text(x + NODE / 2, y + 17.5, name, size=LETTERS, fill=GREY))
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
            svg.text(x + wide / 2, y + 17.5, written, size=_size(written, wide), fill=ink(rgb)), *frame]


def _size(written: str, wide: float) -> float:
    """Of letters, so that a long pair of numbers stays within its field; one is 0.44 of its size wide in the middle."""
    return round(min(LETTERS, (wide - 6) / (0.44 * len(written))), 1)
