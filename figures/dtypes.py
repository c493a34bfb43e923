"""Kinds of numbers: a table of what comes out when two meet, and numbers before and after they are turned into another kind."""

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED

LEFT, TOP, CELL, HIGH, LETTERS = 104, 84, 88, 46, 20
COLOURS = {"float": BLUE, "int": ORANGE, "uint": ORANGE, "bool": GREEN}
CARD, TALL = 156, 178                                # of a number that is turned
KINDS = {"same": GREEN, "truth": GREEN, "cut": ORANGE, "rounded": ORANGE, "wrapped": PURPLE, "infinite": RED, "undefined": RED}


def table(cells: tuple[tuple[str, ...], ...], rows: tuple[str, ...], columns: tuple[str, ...], chosen: tuple[int, int],
          tensors: int, words: dict[str, str]) -> str:
    """SVG: cells[row][column] names a dtype, "error", or "" for one not shown yet. The first `tensors` columns are of tensors.

    words: a, tensor, number (headings), alt.
    """
    parts = [svg.text(LEFT - 12, TOP - 14, words["a"], anchor="end", bold=True, size=LETTERS),
             svg.text(LEFT + tensors * CELL / 2, 24, words["tensor"], bold=True, size=LETTERS),
             svg.text(LEFT + 14 + (tensors + len(columns)) * CELL / 2, 24, words["number"], bold=True, size=LETTERS)]
    for i, name in enumerate(columns):
        parts.append(svg.text(_x(i, tensors) + CELL / 2, TOP - 14, name, size=LETTERS, bold=i == chosen[1]))
    for row, name in enumerate(rows):
        y = TOP + row * HIGH
        parts.append(svg.text(LEFT - 12, y + HIGH / 2 + 7, name, anchor="end", size=LETTERS, bold=row == chosen[0]))
        for column, found in enumerate(cells[row]):
            x, colour = _x(column, tensors), _colour(found)
            picked = (row, column) == chosen
            parts.append(svg.box(x + 2, y + 2, CELL - 4, HIGH - 4, fill=colour, opacity=0.2, stroke="currentColor" if picked else "none",
                                 line=4, title=f"{name}, {columns[column]}: {found or '?'}"))
            shown = {"error": "✗", "": "?" if picked else ""}.get(found, found)
            parts.append(svg.text(x + CELL / 2, y + HIGH / 2 + 7, shown, size=LETTERS, bold=picked))
    return svg.picture(_x(len(columns), tensors) + 6, TOP + len(rows) * HIGH + 4, parts, words["alt"])


def turned(cards: list[tuple[str, str, str, str]], alt: str) -> str:
    """SVG: for every number what it was, what it became, its kind (a key of KINDS) and that in words."""
    columns, parts = 6, []
    for i, (before, after, kind, said) in enumerate(cards):
        x, y = i % columns * (CARD + 12) + 2, i // columns * (TALL + 12) + 2
        parts += [svg.box(x, y, CARD, TALL, stroke=KINDS[kind], fill=KINDS[kind], opacity=0.12, radius=8),
                  svg.text(x + CARD / 2, y + 40, before, bold=True),
                  f'<path d="M{x + CARD / 2:g} {y + 56:g}v26m-7 -9l7 9l7 -9" fill="none" stroke="currentColor" stroke-width="2.5"/>',
                  svg.text(x + CARD / 2, y + 116, after, bold=True),
                  svg.text(x + CARD / 2, y + 156, said, size=LETTERS)]
    lines = -(-len(cards) // columns)
    return svg.picture(min(len(cards), columns) * (CARD + 12), lines * (TALL + 12), parts, alt)


def _x(column: int, tensors: int) -> float:
    """Numbers of Python stand a little apart from the tensors."""
    return LEFT + column * CELL + (14 if column >= tensors else 0)


def _colour(found: str) -> str:
    return RED if found == "error" else COLOURS.get(found.rstrip("0123456789"), GREY)
