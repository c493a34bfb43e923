"""The graph of an expression from left to right: values on the way forward, gradients on the way back."""

from dataclasses import dataclass, field

from core.gradient.follow import Graph, Node, Tensor
from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE

WIDE, COLUMNS = 1000, 4                              # longer graphs go on in another band below, which repeats what goes in on its left
BOX, HIGH, ROW = 164, 98, 118                        # a node's width and height; from one to the next below
LETTERS = 13                                         # of a node's label
HALO = "stroke: var(--st-background-color); stroke-width: 9px; stroke-linejoin: round; paint-order: stroke"       # letters on a line
APART = 0.55                                         # rows between an edge that passes by and its neighbours


@dataclass
class Spot:
    """What stands in a column of a band: a node, a node of an earlier band once more, or an edge that passes by."""

    column: int
    node: int
    kind: str                                        # "node", "again" or "edge"
    y: float = 0.0                                   # in rows


@dataclass
class Band:
    """spots in COLUMNS columns; wires: from spot to spot, with the node that the edge goes to and the edge's place there."""

    spots: list[Spot] = field(default_factory=list)
    wires: list[tuple[Spot, Spot, int, int]] = field(default_factory=list)


def graph(found: Graph, step: int, words: dict[str, str]) -> str:
    """SVG: every node with its value; after `step` steps backwards the gradients that are complete, and what the last step multiplied.

    words: alt, leaf, constant, operation, again (said when the pointer is on a node).
    """
    known, parts, labels, top, drawn = found.order[:step], [], [], 0.0, bands(found)
    used = max(spot.column for band in drawn for spot in band.spots)
    apart = min((WIDE - BOX - 8) / max(used, 1), 1.8 * BOX)                  # from column to column
    for band in drawn:
        for start, end, target, place in band.wires:
            line, *label = _wire(found, _corner(start, apart, top), _corner(end, apart, top), (start, end), (target, place), known)
            parts.append(line)
            labels += label
        for spot in band.spots:
            if spot.kind != "edge":
                parts += _box(found.nodes[spot.node], spot, _corner(spot, apart, top), known, words)
        top += (max(spot.y for spot in band.spots) + 1) * ROW + 16
    return svg.picture(used * apart + BOX + 8, top - 16, parts + labels, words["alt"])


def bands(found: Graph) -> list[Band]:
    """Every node in a column behind its operands; COLUMNS columns to a band."""
    columns = _columns(found)
    places = [_place(column) for column in columns]
    made = [Band() for _ in range(max(band for band, _ in places) + 1)]
    leaves = [i for i, node in enumerate(found.nodes) if not node.edges]
    firsts = [Spot(places[i][1], i, "node", float(leaves.index(i)) if i in leaves else 0.0) for i in range(len(found.nodes))]
    for i, spot in enumerate(firsts):
        made[places[i][0]].spots.append(spot)
    for target, node in enumerate(found.nodes):
        band, column = places[target]
        for place, edge in enumerate(node.edges):
            start = firsts[edge.source]
            if places[edge.source][0] != band:
                start = Spot(column - 1, edge.source, "again", float(place))
                made[band].spots.append(start)
            for between in range(start.column + 1, column):
                passing = Spot(between, edge.source, "edge")
                made[band].spots.append(passing)
                made[band].wires.append((start, passing, target, place))
                start = passing
            made[band].wires.append((start, firsts[target], target, place))
    for band in made:
        _spread(band)
    return made


def _columns(found: Graph) -> list[int]:
    """An operation stands behind its operands; what has none stands right before the first operation that uses it."""
    columns: list[int] = []
    for node in found.nodes:
        columns.append(1 + max((columns[edge.source] for edge in node.edges), default=-1))
    for i, node in enumerate(found.nodes):
        users = [columns[target] for target, user in enumerate(found.nodes) if any(edge.source == i for edge in user.edges)]
        if not node.edges and users:
            columns[i] = min(users) - 1
    return columns


def _place(column: int) -> tuple[int, int]:
    """Band, and column in it. Every band but the first keeps its column 0 for what comes from above."""
    if column < COLUMNS:
        return 0, column
    band, inside = divmod(column - COLUMNS, COLUMNS - 1)
    return 1 + band, 1 + inside


def _spread(band: Band) -> None:
    """Rows, column by column: as high as the operands on average, and far enough from each other."""
    for column in range(COLUMNS):
        here = [spot for spot in band.spots if spot.column == column]
        wanted = {id(spot): _wanted(spot, band) for spot in here}
        here.sort(key=lambda spot: (wanted[id(spot)], spot.node))
        for above, spot in zip([None, *here], here, strict=False):
            room = 1 if above and "edge" not in (above.kind, spot.kind) else APART
            spot.y = wanted[id(spot)] if above is None else max(wanted[id(spot)], above.y + room)
        shift = sum(wanted[id(spot)] - spot.y for spot in here) / len(here) if here else 0
        for spot in here:
            spot.y += shift
    lowest = min(spot.y for spot in band.spots)
    for spot in band.spots:
        spot.y -= lowest


def _wanted(spot: Spot, band: Band) -> float:
    before = [start.y for start, end, _, _ in band.wires if end is spot]
    return sum(before) / len(before) if before else spot.y


def _corner(spot: Spot, apart: float, top: float) -> tuple[float, float]:
    """The upper left corner of a node's box."""
    return spot.column * apart + 4, top + spot.y * ROW + 8


def _box(node: Node, spot: Spot, corner: tuple[float, float], known: tuple[int, ...], words: dict[str, str]) -> list[str]:
    x, y = corner
    kind = "operation" if node.edges else "leaf" if node.requires_grad else "constant"
    colour = {"operation": BLUE, "leaf": GREEN, "constant": GREY}[kind]
    again, newest = spot.kind == "again", spot.node in known[-1:]
    title = f"{node.text}\n{words['again' if again else kind]}" + (f"\n{node.grad_fn}" if node.grad_fn else "")
    label = node.label if len(node.label) <= LETTERS else node.label[:LETTERS - 1] + "…"
    lines = [svg.box(x, y, BOX, HIGH, fill=colour, stroke=ORANGE if newest else colour, opacity=0.06 if again else 0.16, radius=10,
                     dash="6 5" if again else "", title=title, line=4 if newest else 2),
             _words(x + BOX / 2, y + 29, label, True), _words(x + BOX / 2, y + 57, number(node.value))]
    if spot.node in known:
        lines.append(_words(x + BOX / 2, y + 86, f"grad {number(node.gradient)}", newest, ORANGE))
    return lines


def _wire(found: Graph, start: tuple[float, float], end: tuple[float, float], spots: tuple[Spot, Spot], use: tuple[int, int],
          known: tuple[int, ...]) -> list[str]:
    """A line between two spots; orange, with its tip at the operand and the local derivative, once a gradient came back along it."""
    (x, y), (x_end, y_end), (target, place) = start, end, use
    edges = found.nodes[target].edges
    edge, begins, arrives = edges[place], spots[0].kind != "edge", spots[1].kind != "edge"
    back, newest = edge.passed is not None and edge.source in known, edge.source in known[-1:]
    x, y, y_end = x + BOX, y + HIGH / 2, y_end + HIGH / 2
    if arrives:
        y_end += (place - (len(edges) - 1) / 2) * min(28, 70 / len(edges))
    half = (x_end - x) / 2
    path = f"M{x:g} {y:g}C{x + half:g} {y:g} {x_end - half:g} {y_end:g} {x_end:g} {y_end:g}"
    if not arrives:
        path += f"h{BOX}"                            # past the nodes of this column
    if back and begins:
        path += f"M{x + 9:g} {y - 6:g}L{x:g} {y:g}L{x + 9:g} {y + 6:g}"
    if not back and arrives:
        path += f"M{x_end - 9:g} {y_end - 6:g}L{x_end:g} {y_end:g}L{x_end - 9:g} {y_end + 6:g}"
    look = f'stroke="{ORANGE}" stroke-width="{4 if newest else 2}"' if back else 'stroke="currentColor" stroke-width="2" opacity="0.55"'
    drawn = [f'<path d="{path}" fill="none" {look}/>']
    if back and arrives and edge.local is not None:
        place_y = y_end + (y - y_end) * 0.12         # where the curve is at x_end - 48
        drawn.append(f'<g style="{HALO}">{_words(x_end - 48, place_y + 7, f"×{number(edge.local)}", newest, ORANGE)}</g>')
    return drawn


def _words(x: float, y: float, words: str, bold: bool = False, fill: str = "currentColor") -> str:
    return svg.text(x, y, words, size=svg.LETTERS, bold=bold, fill=fill)


def number(value: Tensor | float, digits: int = 4) -> str:
    """A single number with so many digits; of a tensor its shape."""
    if isinstance(value, Tensor) and value.numel() != 1:
        return str(tuple(value.shape))
    return f"{float(value) + 0.0:.{digits}g}".replace("-", "−")            # + 0.0: no -0
