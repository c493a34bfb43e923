"""Three short runs that differ in Normalize: their losses as they come, and their ends among those of other seeds."""

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE, layout

COLOURS = {"none": ORANGE, "half": BLUE, "measured": GREEN}
DASHES = {"none": "dot", "half": "dash", "measured": "solid"}
ROW, LEFT, RIGHT = 64, 250, 900                      # of the strips: their height, where the scale begins and ends


def chart(chance: float, steps: int, last: int, words: dict[str, str]) -> dict:
    """A plotly figure with six empty traces: each way's losses, pale, and then their running mean over `last` points.

    steps: how many there will be, 0 for not known; words: step, loss, chance, and the name of each way.
    """
    pale = [{"type": "scattergl", "mode": "lines", "line": {"color": COLOURS[way], "width": 1}, "opacity": 0.22, "hoverinfo": "skip",
             "showlegend": False} for way in COLOURS]
    strong = [{"type": "scatter", "mode": "lines", "name": words[way], "line": {"color": COLOURS[way], "width": 4, "dash": DASHES[way]},
               "hovertemplate": "%{y:.3f}", "meta": {"mean_of": i, "last": last}} for i, way in enumerate(COLOURS)]
    return {"data": pale + strong, "layout": layout(
        None, margin={"l": 80, "r": 16, "t": 44, "b": 56}, hovermode="x unified",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": {"text": words["step"]}, "rangemode": "tozero", "hoverformat": ",d", "tickformat": ",",
               **({"range": [0, steps]} if steps else {})},
        yaxis={"title": {"text": words["loss"]}, "range": [0, 1.3 * chance]},
        shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": chance, "y1": chance,
                 "line": {"color": GREY, "dash": "dash", "width": 2}}],
        annotations=[{"xref": "paper", "x": 1, "xanchor": "right", "y": chance, "yanchor": "bottom", "showarrow": False,
                      "text": words["chance"], "font": {"size": 16, "color": GREY}}])}


def strips(accuracies: dict[str, float], tried: dict[str, tuple[float, ...]], words: dict[str, str]) -> str:
    """SVG: a row for each way. A bar from the worst to the best of the seeds that were tried, a dot for each; a diamond for this run.

    words: the name of each way, seeds, here, alt.
    """
    parts = []
    for i, (way, colour) in enumerate(COLOURS.items()):
        y, found = 20 + i * ROW + ROW / 2, tried.get(way, ())
        parts.append(svg.text(LEFT - 20, y + 8, words[way], size=25, anchor="end", bold=True))
        parts.append(svg.box(LEFT, y - 1, RIGHT - LEFT, 2, fill=GREY, stroke="none", opacity=0.5, radius=0))
        if found:
            low, high = _x(min(found)), _x(max(found))
            parts.append(svg.box(low, y - 12, high - low, 24, fill=colour, stroke="none", opacity=0.3, radius=8))
        parts += [f'<circle cx="{_x(one):.5g}" cy="{y:g}" r="5" fill="{colour}"><title>{one:.1%}</title></circle>' for one in found]
        if way in accuracies:
            x = _x(accuracies[way])
            parts.append(f'<path d="M{x:.5g} {y - 15:g}l13 15l-13 15l-13 -15z" fill="{colour}" stroke="currentColor" stroke-width="2"/>')
            parts.append(svg.text(RIGHT + 20, y + 8, f"{accuracies[way]:.1%}", size=25, anchor="start", bold=True))
    y = 20 + len(COLOURS) * ROW + 24
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(svg.text(_x(share), y, f"{share:.0%}", size=23, opacity=0.8))
    parts.append(svg.text((LEFT + RIGHT) / 2, y + 34, words["seeds"] if tried else words["here"], size=23, opacity=0.8))
    return svg.picture(1000, y + 44, parts, words["alt"])


def _x(share: float) -> float:
    return LEFT + share * (RIGHT - LEFT)
