"""An edited LeNet, drawn from its plan: maps to scale, what differs from the network it came from, and the step that does not fit."""

from dataclasses import dataclass, replace
from html import escape

from core.architecture.plan import Plan
from core.architecture.spec import INPUTS
from core.architecture.steps import PlanStep
from figures import svg
from figures.lenet import COLOURS, stack
from figures.palette import GREY, RED

SLOTS = ("input", "conv1", "pool1", "conv2", "pool2", "flatten", "fc1", "fc2", "fc3")      # each keeps its place, whatever is edited
WIDE, MIDDLE, HIGH = 1000, 146, 412
LINES = (258, 294, 328, 362, 398)                    # y of: shape, two lines of settings, activation function, parameters


@dataclass(frozen=True)
class Column:
    """One slot of the drawing. lines: shape, settings, settings, activation, parameters; "" for what the slot does not have."""

    size: tuple[int, ...]
    colour: str
    lines: tuple[str, str, str, str, str]
    title: str


def diagram(whole: Plan, start: Plan, words: dict[str, str]) -> str:
    """SVG: a column for each slot. What reads differently in `start`, where every slot is used, is framed.

    Columns carry data-layer, the slot's name.
    words: input, alt.
    """
    now, before, step = columns(whole), columns(start), WIDE / len(SLOTS)
    parts = []
    for i, name in enumerate(SLOTS):
        x, shown = step * (i + 0.5), words["input"] if name == "input" else name
        failed = whole.misfit is not None and whole.misfit.facts["step"] == name
        drawn = _failed(x, step, whole) if failed and name not in now else _fitting(x, now.get(name), before[name], failed)
        colour = RED if failed else "currentColor"
        head = svg.text(x, 34, shown, size=23, bold=True, fill=colour, opacity=1 if failed or name in now else 0.4)
        area = svg.box(x - step / 2, 0, step, HIGH, stroke="none", fill="currentColor", opacity=0)
        parts.append(f'<g data-layer="{escape(name)}" style="cursor:pointer">{area}{head}{"".join(drawn)}</g>')
        if i:
            parts.append(svg.text(x - step / 2, MIDDLE + 8, "›", size=26, opacity=0.6))
    return svg.picture(WIDE, HIGH, parts, words["alt"])


def columns(whole: Plan) -> dict[str, Column]:
    """Of every slot that the plan reaches."""
    spec, (channels, size) = whole.spec, INPUTS[whole.spec.input]
    found = {"input": Column((channels, size, size), GREY, (_shape((channels, size, size)), "", "", "", ""), "")}
    for step in whole.steps:
        if step.name in SLOTS:
            found[step.name] = Column(step.out_shape, COLOURS[step.op], (_shape(step.out_shape), *_settings(whole, step)), _about(step))
        elif step.name.startswith("activation"):
            last = list(found)[-1]
            shape, first, second, _, parameters = found[last].lines
            found[last] = replace(found[last], lines=(shape, first, second, spec.activation, parameters))
    return found


def _settings(whole: Plan, step: PlanStep) -> tuple[str, str, str, str]:
    """Two lines of settings, no activation function yet, the number of parameters."""
    spec, parameters = whole.spec, f"{step.parameter_count:,}" if step.weight else ""
    if step.op == "conv2d":
        kernel, stride, padding = (getattr(spec, f"{step.name}_{name}") for name in ("kernel", "stride", "padding"))
        return f"k={kernel}", f"s={stride} p={padding}", "", parameters
    if step.name.startswith("pool"):
        return spec.pooling, f"k={spec.pool_size}", "", ""
    if step.op == "view":
        return "·".join(map(str, step.in_shape)), "", "", ""
    return "", "", "", parameters


def _fitting(x: float, now: Column | None, before: Column, too_large: bool) -> list[str]:
    """The maps and lines of a slot; only a faint line where the plan does not reach, or has no such step."""
    if now is None:
        return [svg.text(x, MIDDLE + 8, "–", size=26, opacity=0.4)]
    parts = stack(x, MIDDLE, now.size, RED if too_large else now.colour, now.title)
    colour = RED if too_large else now.colour
    for i, (y, line) in enumerate(zip(LINES, now.lines, strict=True)):
        framed = bool(line) and line != before.lines[i]
        if framed:
            parts.append(svg.frame(x, y, line, filled=True))
        parts.append(svg.text(x, y, line, size=22 if i in (0, 4) else 21, bold=i == 4, opacity=1 if i in (0, 4) else 0.85,
                              fill=colour if i == 4 and not framed else "currentColor"))       # colours are hard to read on a frame
    return parts


def _failed(x: float, step: float, whole: Plan) -> list[str]:
    """A window drawn over the smaller input that it does not fit into."""
    facts = whole.misfit.facts
    room = facts["size"] + 2 * facts.get("padding", 0)
    return [
        svg.box(x - step / 2 + 8, MIDDLE - 62, step - 16, 124, fill=RED, stroke=RED, opacity=0.12, dash="7 5"),
        svg.text(x, MIDDLE + 22, "×", size=68, bold=True, fill=RED),
        svg.text(x, LINES[0], f"{facts['kernel']} > {room}", size=24, bold=True, fill=RED),
        svg.text(x, LINES[1], f"k={facts['kernel']}", size=21),
    ]


def _about(step: PlanStep) -> str:
    sums = "\n".join(filter(None, (step.formula, step.arithmetic)))
    return f"{step.setting}\n{_shape(step.in_shape)} → {_shape(step.out_shape)}\n{sums}".rstrip()


def _shape(size: tuple[int, ...]) -> str:
    return f"{size[0]}@{size[1]}×{size[2]}" if len(size) == 3 else f"{size[0]:,}"
