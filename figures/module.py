"""A module as a tree: what hangs on it, and which of it PyTorch finds."""

from core.layers.module import Row
from core.layers.sequence import Link
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, RED

WIDE, HIGH, TOP, INDENT = 1000, 44, 40, 30
NAME, COUNT, SAVED, MOVED, TRAINING = 350, 655, 772, 872, 950      # where the columns begin, or their middles
STEP, STEP_HIGH = 235, 60                            # of a chain: where it begins, from one step to the next
KINDS = {"list": GREY, "Parameter": GREEN, "Tensor": ORANGE}


def tree(rows: tuple[Row, ...], words: dict[str, str]) -> str:
    """SVG: a row for each thing. words: name, total, alt, found, lost (what the pointer is told)."""
    parts = [svg.text(NAME, 26, words["name"], size=20, anchor="start", bold=True)]
    for middle, title in ((COUNT, "parameters()"), (SAVED, "state_dict()"), (MOVED, ".double()"), (TRAINING, "training")):
        parts.append(svg.text(middle, 26, title, size=19, bold=True))
    for i, row in enumerate(rows):
        parts += _row(row, TOP + i * HIGH, words)
    bottom = TOP + len(rows) * HIGH
    parts += [f'<path d="{_branch(rows, i)}" fill="none" stroke="{GREY}" stroke-width="2.5"{_dash(row)}/>'
              for i, row in enumerate(rows) if row.level]
    parts.append(f'<path d="M{NAME} {bottom + 4:g}H{WIDE}" stroke="{GREY}" stroke-width="1.5"/>')
    parts.append(svg.text(NAME, bottom + 34, words["total"], size=21, anchor="start", bold=True))
    parts.append(svg.text(COUNT, bottom + 34, str(sum(row.count or 0 for row in rows)), size=23, bold=True, fill=GREEN))
    return svg.picture(WIDE, bottom + 46, parts, words["alt"])


def _row(row: Row, y: float, words: dict[str, str]) -> list[str]:
    lost, colour = _lost(row), KINDS.get(row.kind, BLUE)
    x, line = 4 + row.level * INDENT, y + HIGH / 2 + 7
    said = f"{row.label}: {row.kind}" if row.shape is None else f"{row.label} {row.shape}"
    title = f"{said}\n" + words["lost" if lost else "found"]
    parts = [svg.box(x, y + 5, _width(said) + 20, HIGH - 10, fill=colour, stroke=colour, opacity=0.05 if lost else 0.18, radius=8,
                     dash="5 4" if lost else "", title=title),
             svg.text(x + 10, line, said, size=19, anchor="start", opacity=0.8 if lost else 1)]
    if row.level:
        parts.append(svg.text(NAME, line, row.name or "—", size=19, anchor="start", opacity=0.6 if lost else 1))
    if row.shape is not None:
        found = "–" if row.count is None else str(row.count)
        parts.append(svg.text(COUNT, line, found, size=21, bold=bool(row.count), fill=GREEN if row.count else "currentColor"))
        parts += [svg.text(middle, line, "✓" if yes else "–", size=22, bold=bool(yes), fill=GREEN if yes else "currentColor")
                  for middle, yes in ((SAVED, row.saved), (MOVED, row.moved))]
    if row.training is not None:
        colour = ORANGE if row.training else BLUE
        parts.append(svg.box(TRAINING - 36, y + 8, 72, HIGH - 16, fill=colour, stroke="none", opacity=0.22, radius=8))
        parts.append(svg.text(TRAINING, line, str(row.training), size=19))
    return parts


def _branch(rows: tuple[Row, ...], i: int) -> str:
    """From the thing that holds it down to the row."""
    parent = next(k for k in range(i - 1, -1, -1) if rows[k].level == rows[i].level - 1)
    x, start, end = 4 + rows[i].level * INDENT - INDENT / 2, TOP + (parent + 1) * HIGH - 5, TOP + i * HIGH + HIGH / 2
    return f"M{x:g} {start:g}V{end:g}H{x + INDENT / 2:g}"


def _lost(row: Row) -> bool:
    return row.level > 0 and not row.name


def _dash(row: Row) -> str:
    return ' stroke-dasharray="5 4"' if _lost(row) else ""


def _width(words: str) -> float:
    return sum(5.5 if letter in " ,.:()[]il" else 10.6 for letter in words)


def steps(shape: tuple[int, ...], links: tuple[Link, ...], words: dict[str, str]) -> str:
    """SVG: the steps from above to below, and beside each what comes out. shape: of what goes in.

    words: parameters (with {count}), refused, alt.
    """
    parts = [svg.text(STEP + 110, 26, f"x {shape}", size=21, bold=True)]
    for i, link in enumerate(links):
        y, refused = TOP + i * STEP_HIGH, link.shape is None
        colour = RED if refused else GREEN if link.parameters else BLUE
        parts.append(svg.box(180, y, 330, 46, fill=colour, stroke=colour, opacity=0.16, radius=10, dash="6 5" if refused else ""))
        parts.append(svg.text(345, y + 31, link.written, size=21))
        parts.append(svg.text(160, y + 31, f"net[{link.name}]", size=20, anchor="end", opacity=0.8))
        parts.append(svg.text(540, y + 31, words["refused"] if refused else f"→ {link.shape}", size=21, anchor="start", bold=True,
                              fill=RED if refused else "currentColor"))
        if link.parameters:
            parts.append(svg.text(980, y + 31, words["parameters"].format(count=link.parameters), size=20, anchor="end"))
        if i:
            parts.append(f'<path d="M345 {y - STEP_HIGH + 46:g}v{STEP_HIGH - 46:g}" stroke="{GREY}" stroke-width="2.5"/>')
    return svg.picture(WIDE, TOP + len(links) * STEP_HIGH, parts, words["alt"])
