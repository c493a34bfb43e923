"""The box of one node of a computation graph: a number with its gradient, or a small tensor with its shape, number by number."""

from dataclasses import dataclass
from html import escape

from core.gradient.follow import Node, Tensor
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE

BOX, HIGH = 164, 98                                  # of a node that is a single number
NARROWEST, WIDEST = 112, 218                         # of a tensor
LABEL = 13                                           # letters of a label that fit
DIGITS, SIZE, LINE = (3, 2), 20, 26                  # of the numbers in a tensor; fewer digits where more have no room
LETTER, POINT = 10.8, 5                              # widths at that size
ROWS = 4                                             # of a tensor that is written in numbers
TOLD = 48                                            # numbers that are said when the pointer is on a node

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Card:
    """Width and height, and what is written: numbers in rows, none where they do not fit. shape: "" of a single number."""

    wide: float
    high: float
    shape: str = ""
    value: Rows = ()
    gradient: Rows = ()


def card(node: Node, narrow: bool) -> Card:
    """Of a size that holds the gradient too, before it is known. narrow: a number's box beside tensors is as small as it can be."""
    label = len(_label(node)) * 12 + 16
    if not node.value.ndim:
        written = _width(f"grad {number(node.value if node.gradient is None else node.gradient)}") * svg.LETTERS / SIZE + 16
        return Card(max(NARROWEST, label, written) if narrow else BOX, HIGH)
    value, gradient = _rows(node.value), () if node.gradient is None else _rows(node.gradient)
    words = [label, *(_wide(rows) for rows in (value, gradient))]
    lines = len(value) + (0 if node.gradient is None else 1 + len(gradient))
    return Card(min(max(NARROWEST, *words), WIDEST), 66 + LINE * lines + 6, str(tuple(node.value.shape)), value, gradient)


def box(node: Node, place: Card, corner: tuple[float, float], *, known: bool, newest: bool, again: bool, words: dict[str, str]) -> str:
    """SVG: the pointer on any part of it hears what it is, with all its numbers. words: leaf, constant, operation, again."""
    x, y = corner
    kind = "operation" if node.edges else "leaf" if node.requires_grad else "constant"
    colour = {"operation": BLUE, "leaf": GREEN, "constant": GREY}[kind]
    title = f"{node.text}\n{words['again' if again else kind]}" + (f"\n{node.grad_fn}" if node.grad_fn else "")
    if place.shape:
        title += f"\n{_told(node.value)}" + (f"\ngrad {_told(node.gradient)}" if known else "")
    middle = x + place.wide / 2
    parts = [svg.box(x, y, place.wide, place.high, fill=colour, stroke=ORANGE if newest else colour, opacity=0.06 if again else 0.16,
                     radius=10, dash="6 5" if again else "", line=4 if newest else 2),
             svg.text(middle, y + 29, _label(node), size=svg.LETTERS, bold=True)]
    parts += _tensor(place, middle, y, known, newest) if place.shape else _number(node, middle, y, known, newest)
    return f"<g><title>{escape(title)}</title>{''.join(parts)}</g>"


def number(value: Tensor | float, digits: int = 4) -> str:
    """A single number with so many digits; of a tensor its shape."""
    if isinstance(value, Tensor) and value.numel() != 1:
        return str(tuple(value.shape))
    return f"{float(value) + 0.0:.{digits}g}".replace("-", "−")            # + 0.0: no -0


def _label(node: Node) -> str:
    return node.label if len(node.label) <= LABEL else node.label[:LABEL - 1] + "…"


def _number(node: Node, middle: float, y: float, known: bool, newest: bool) -> list[str]:
    lines = [svg.text(middle, y + 57, number(node.value), size=svg.LETTERS)]
    if known:
        lines.append(svg.text(middle, y + 86, f"grad {number(node.gradient)}", size=svg.LETTERS, bold=newest, fill=ORANGE))
    return lines


def _tensor(place: Card, middle: float, y: float, known: bool, newest: bool) -> list[str]:
    lines = [svg.text(middle, y + 55, place.shape, size=SIZE, opacity=0.75), *_grid(place.value, middle, y + 82)]
    if known:
        below = y + 84 + LINE * len(place.value)
        lines += [svg.text(middle, below, f"grad {place.shape}", size=SIZE, bold=newest, fill=ORANGE),
                  *_grid(place.gradient, middle, below + LINE, newest, ORANGE)]
    return lines


def _grid(rows: Rows, middle: float, y: float, bold: bool = False, fill: str = "currentColor") -> list[str]:
    """Numbers in columns, each centred in its own."""
    cell = _cell(rows)
    return [svg.text(middle + (i - (len(row) - 1) / 2) * cell, y + LINE * k, word, size=SIZE, bold=bold, fill=fill)
            for k, row in enumerate(rows) for i, word in enumerate(row)]


def _rows(x: Tensor) -> Rows:
    """A vector is one row. () for what has too many numbers for a box."""
    if x.ndim > 2 or not x.numel():
        return ()
    for digits in DIGITS:
        rows = tuple(tuple(number(n, digits) for n in row) for row in x.reshape(-1, x.shape[-1]).tolist())
        if len(rows) <= ROWS and _wide(rows) <= WIDEST:
            return rows
    return ()


def _wide(rows: Rows) -> float:
    return len(rows[0]) * _cell(rows) + 12 if rows else 0


def _cell(rows: Rows) -> float:
    return max((_width(word) for row in rows for word in row), default=0) + 9


def _width(word: str) -> float:
    return sum(POINT if letter in ". " else LETTER for letter in word)


def _told(x: Tensor) -> str:
    """All numbers, a row to a line."""
    if not x.numel():
        return str(tuple(x.shape))
    shown = x.reshape(-1, x.shape[-1]) if x.ndim else x.reshape(1, 1)
    lines = [", ".join(number(n) for n in row) for row in shown[:max(1, TOLD // shown.shape[1])].tolist()]
    return "\n".join([str(tuple(x.shape)), *lines, *(["…"] if len(lines) < len(shown) else [])])
