"""What differs between two programs, line by line: what came on green with a plus, what went on red with a minus."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from core.ladder.source import Line
from figures.palette import GREEN, GREY, RED

AROUND = 3                                           # unchanged lines that are shown on either side of a change
SHORTEST = 3                                         # fewer than so many are not worth hiding
ALIKE = 0.4                                          # of its letters a line must keep to count as a changed one
LETTERS, LETTER = 17, "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"      # pixels
COLOURS = {"+": GREEN, "-": RED}
SIGNS = {"+": "+", "-": "−", " ": " "}


def diff(lines: Sequence[Line], unchanged: str, alt: str) -> str:
    """HTML. unchanged: the words for {n} lines that are left out."""
    rows, changed = [], _changed_parts(lines)
    for hidden, group in groupby(range(len(lines)), _hidden(lines).__contains__):
        places = list(group)
        if hidden:
            rows.append(f'<div style="padding:2px 14px;opacity:.7;background:{GREY}22">⋯ {escape(unchanged.format(n=len(places)))}</div>')
        else:
            rows += [_row(lines[at], changed.get(at)) for at in places]
    return _boxed(rows, alt)


def _boxed(rows: list[str], alt: str) -> str:
    frame = f"overflow:hidden;border:1px solid {GREY}66;border-radius:10px;padding:8px 0;font:{LETTERS}px/1.5 {LETTER}"
    return f'<div role="group" aria-label="{escape(alt)}" style="{frame}">{"".join(rows)}</div>'


def _row(line: Line, part: tuple[int, int] | None) -> str:
    colour = COLOURS.get(line.sign)
    ground = f"background:{colour}30;box-shadow:inset 5px 0 {colour};" if colour else ""
    faint = "flex:none;width:2.2em;text-align:right;opacity:.55;user-select:none"
    further = len(line.text) - len(line.text.lstrip()) + 4                 # where a line that is too long goes on below itself
    code = f"flex:1;min-width:0;white-space:pre-wrap;overflow-wrap:anywhere;padding-left:{further}ch;text-indent:-{further}ch"
    cells = [f'<span aria-hidden="true" style="{faint}">{line.number}</span>',
             f'<span style="flex:none;width:3ch;text-align:center">{SIGNS[line.sign]}</span>',
             f'<span style="{code}">{_code(line, part)}</span>']
    return f'<div style="display:flex;padding:0 14px 0 8px;{ground}">{"".join(cells)}</div>'


def _code(line: Line, part: tuple[int, int] | None) -> str:
    """What changed within the line stands out; a comment stands back."""
    code, comment = _halves(line.text)
    if part:
        start, end = part
        mark = f'<b style="background:{COLOURS[line.sign]}66;border-radius:3px">{escape(code[start:end])}</b>'
        written = escape(code[:start]) + mark + escape(code[end:])
    else:
        written = escape(code)
    aside = "display:inline-block;white-space:pre-wrap;text-indent:0;opacity:.7"           # goes to a line of its own as a whole
    return written + (f'<span style="{aside}">{escape(comment)}</span>' if comment else "")


def _halves(text: str) -> tuple[str, str]:
    """A line's code with the space behind it, and its comment."""
    code, sign, comment = text.partition("  # ")
    return (code + "  ", f"# {comment}") if sign else (code, "")


def _hidden(lines: Sequence[Line]) -> set[int]:
    """Places of the unchanged lines that are far from every change."""
    near = {at + step for at, line in enumerate(lines) if line.sign != " " for step in range(-AROUND, AROUND + 1)}
    far = [at for at in range(len(lines)) if at not in near]
    runs = [[at for _, at in run] for _, run in groupby(enumerate(far), lambda pair: pair[1] - pair[0])]
    return {at for run in runs if len(run) >= SHORTEST for at in run}


def _changed_parts(lines: Sequence[Line]) -> dict[int, tuple[int, int]]:
    """Where lines that went and lines that came stand for each other, one to one: from which letter to which they differ."""
    found, at = {}, 0
    for sign, run in groupby(lines, lambda line: line.sign):
        length = len(list(run))
        came = length if sign == "-" and _same_count(lines, at, length) else 0
        for i in range(came):
            parts = _differing(*(_halves(lines[at + step + i].text)[0].rstrip() for step in (0, length)))
            found |= dict(zip((at + i, at + length + i), parts, strict=True)) if parts else {}
        at += length
    return found


def _same_count(lines: Sequence[Line], at: int, length: int) -> bool:
    after = lines[at + length:at + 2 * length + 1]
    return [line.sign for line in after[:length]] == ["+"] * length and all(line.sign != "+" for line in after[length:])


def _differing(old: str, new: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """From the first letter that differs to the last one, in both; None when too little stays."""
    short = min(len(old), len(new))
    head = next((i for i in range(short) if old[i] != new[i]), short)
    tail = next((i for i in range(short - head) if old[-1 - i] != new[-1 - i]), short - head)
    kept = head + tail - (len(old) - len(old.lstrip()))
    if kept < ALIKE * len(old.strip()):
        return None
    return (head, len(old) - tail), (head, len(new) - tail)
