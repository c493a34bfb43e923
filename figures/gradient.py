"""The graph of an expression from left to right: values on the way forward, gradients on the way back."""

from dataclasses import dataclass, field

from core.gradient.follow import Graph
from figures import svg
from figures.node import BOX, HIGH, Card, box, card, number
from figures.palette import ORANGE

WIDE, COLUMNS, MOST = 1000, 4, 5                     # longer graphs go on in another band below, which repeats what goes in on its left
BELOW, PASSING, BANDS = 20, 65, 36                   # from one box to the next below it; between lines that pass by; between bands
NARROW, LABELLED, FAR = 40, 90, 0.8 * BOX            # between columns: the least, the least with words on its lines, and the most
HALO = "stroke: var(--st-background-color); stroke-width: 9px; stroke-linejoin: round; paint-order: stroke"       # letters on a line


@dataclass
class Spot:
    """What stands in a column of a band: a node, a node of an earlier band once more, or an edge that passes by."""

    column: int
    node: int
    kind: str                                        # "node", "again" or "edge"
    card: Card
    y: float = 0.0                                   # of its middle, from the upper end of its band
    left: float = 0.0

    @property
    def wide(self) -> float:
        return self.card.wide

    @property
    def high(self) -> float:
        return self.card.high


@dataclass
class Band:
    """spots in columns; wires: from spot to spot, with the node that the edge goes to and the edge's place there."""

    spots: list[Spot] = field(default_factory=list)
    wires: list[tuple[Spot, Spot, int, int]] = field(default_factory=list)


def graph(found: Graph, step: int, words: dict[str, str]) -> str:
    """SVG: every node with its value; after `step` steps backwards the gradients that are complete, and what the last step multiplied.

    words: alt, leaf, constant, operation, again (said when the pointer is on a node).
    """
    known, parts, labels, top, drawn = found.order[:step], [], [], 8.0, bands(found)
    for band in drawn:
        for start, end, target, place in band.wires:
            line, *label = _wire(found, (start, end), top, (target, place), known)
            parts.append(line)
            labels += label
        for spot in band.spots:
            if spot.kind != "edge":
                parts.append(box(found.nodes[spot.node], spot.card, (spot.left, top + spot.y - spot.high / 2), known=spot.node in known,
                                 newest=spot.node in known[-1:], again=spot.kind == "again", words=words))
        top += max(spot.y + spot.high / 2 for spot in band.spots) + BANDS
    right = max(spot.left + spot.wide for band in drawn for spot in band.spots)
    return svg.picture(right + 4, top - BANDS + BELOW - 8, parts + labels, words["alt"])


def bands(found: Graph) -> list[Band]:
    """Every node in a column behind its operands; so many columns to a band as fit."""
    tensors = any(node.value.ndim for node in found.nodes)
    columns, cards = _columns(found), [card(node, tensors) for node in found.nodes]
    per_band = _per_band(columns, cards)
    places = [_place(column, per_band) for column in columns]
    made = [Band() for _ in range(max(band for band, _ in places) + 1)]
    leaves = [i for i, node in enumerate(found.nodes) if not node.edges]
    firsts = [Spot(places[i][1], i, "node", cards[i], (HIGH + BELOW) * (leaves.index(i) if i in leaves else 0.0))
              for i in range(len(found.nodes))]
    for spot, (band, _) in zip(firsts, places, strict=True):
        made[band].spots.append(spot)
    for target, node in enumerate(found.nodes):
        for place, edge in enumerate(node.edges):
            above = places[edge.source][0] != places[target][0]
            _connect(made[places[target][0]], firsts[edge.source], firsts[target], place, above)
    for band in made:
        _spread(band, per_band)
    _set_columns(made)
    return made


def _connect(band: Band, start: Spot, end: Spot, place: int, above: bool) -> None:
    """An edge as wires, past the columns between. What stands in a band above is repeated right before the operation that uses it."""
    if above:
        start = Spot(end.column - 1, start.node, "again", start.card, (HIGH + BELOW) * float(place))
        band.spots.append(start)
    for between in range(start.column + 1, end.column):
        passing = Spot(between, start.node, "edge", Card(0, 0))
        band.spots.append(passing)
        band.wires.append((start, passing, end.node, place))
        start = passing
    band.wires.append((start, end, end.node, place))


def _per_band(columns: list[int], cards: list[Card]) -> int:
    """COLUMNS, or all of them if there are no more than MOST and they fit."""
    widths = [max(card.wide for card, at in zip(cards, columns, strict=True) if at == column) for column in sorted(set(columns))]
    fits = len(widths) <= MOST and sum(widths) + NARROW * (len(widths) - 1) <= WIDE - 8
    return max(COLUMNS, len(widths)) if fits else COLUMNS


def _set_columns(made: list[Band]) -> None:
    """From left to right: a column is as wide as its widest box in any band, and boxes stand in its middle."""
    spots = [spot for band in made for spot in band.spots]
    widths = [max((spot.wide for spot in spots if spot.column == column), default=0) or BOX
              for column in range(1 + max(spot.column for spot in spots))]
    gap = min((WIDE - 8 - sum(widths)) / max(len(widths) - 1, 1), FAR)
    for spot in spots:
        start = 4 + sum(widths[:spot.column]) + gap * spot.column
        if spot.kind == "edge":
            spot.card = Card(widths[spot.column], 0)
        spot.left = start + (widths[spot.column] - spot.wide) / 2


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


def _place(column: int, per_band: int) -> tuple[int, int]:
    """Band, and column in it. Every band but the first keeps its column 0 for what comes from above."""
    if column < per_band:
        return 0, column
    band, inside = divmod(column - per_band, per_band - 1)
    return 1 + band, 1 + inside


def _spread(band: Band, per_band: int) -> None:
    """Column by column: as high as the operands on average, and far enough from each other."""
    for column in range(per_band):
        here = [spot for spot in band.spots if spot.column == column]
        wanted = {id(spot): _wanted(spot, band) for spot in here}
        here.sort(key=lambda spot: (wanted[id(spot)], spot.node))
        for above, spot in zip([None, *here], here, strict=False):
            spot.y = wanted[id(spot)] if above is None else max(wanted[id(spot)], above.y + _room(above, spot))
        shift = sum(wanted[id(spot)] - spot.y for spot in here) / len(here) if here else 0
        for spot in here:
            spot.y += shift
    highest = min(spot.y - spot.high / 2 for spot in band.spots)
    for spot in band.spots:
        spot.y -= highest


def _room(above: Spot, spot: Spot) -> float:
    """From middle to middle."""
    both = (above.high + spot.high) / 2
    return both + BELOW if "edge" not in (above.kind, spot.kind) else max(PASSING, both + BELOW)


def _wanted(spot: Spot, band: Band) -> float:
    before = [start.y for start, end, _, _ in band.wires if end is spot]
    return sum(before) / len(before) if before else spot.y


def _wire(found: Graph, spots: tuple[Spot, Spot], top: float, use: tuple[int, int], known: tuple[int, ...]) -> list[str]:
    """A line between two spots; orange, with its tip at the operand and the local derivative, once a gradient came back along it."""
    (start, end), (target, place) = spots, use
    edges = found.nodes[target].edges
    edge, begins, arrives = edges[place], start.kind != "edge", end.kind != "edge"
    back, newest = edge.passed is not None and edge.source in known, edge.source in known[-1:]
    x, x_end, y, y_end = start.left + start.wide, end.left, top + start.y, top + end.y
    if arrives:
        y_end += (place - (len(edges) - 1) / 2) * min(28, 70 / len(edges))
    path = _curve((x, y), (x_end, y_end))
    if not arrives:
        path += f"h{end.wide:g}"                     # past the nodes of this column
    if back and begins:
        path += _tip(x, y, 9)
    if not back and arrives:
        path += _tip(x_end, y_end, -9)
    look = f'stroke="{ORANGE}" stroke-width="{4 if newest else 2}"' if back else 'stroke="currentColor" stroke-width="2" opacity="0.55"'
    drawn = [f'<path d="{path}" fill="none" {look}/>']
    if back and arrives and edge.local is not None and x_end - x >= LABELLED:
        place_y = y_end + (y - y_end) * 0.12         # where the curve is at x_end - 48
        words = svg.text(x_end - 48, place_y + 7, f"×{number(edge.local)}", size=svg.LETTERS, bold=newest, fill=ORANGE)
        drawn.append(f'<g style="{HALO}">{words}</g>')
    return drawn


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Level at both ends."""
    (x, y), (x_end, y_end) = start, end
    half = (x_end - x) / 2
    return f"M{x:g} {y:g}C{x + half:g} {y:g} {x_end - half:g} {y_end:g} {x_end:g} {y_end:g}"


def _tip(x: float, y: float, back: float) -> str:
    """Two strokes that meet, from `back` to the right."""
    return f"M{x + back:g} {y - 6:g}L{x:g} {y:g}L{x + back:g} {y + 6:g}"
