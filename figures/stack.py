"""An encoder layer and a decoder layer of a Transformer as two columns of parts, with the numbers that each part learns."""

from figures import svg
from figures.palette import BLUE, GREEN, GREY, ORANGE

COLUMN, APART, HIGH, STEP, BETWEEN, TOP = 400, 560, 42, 50, 22, 76     # STEP: from row to row; BETWEEN: two blocks
PARTS = {"self_attn": ("self_attn",), "multihead_attn": ("multihead_attn",), "linear": ("linear1", "linear2")}
COLOURS = {"self_attn": ORANGE, "multihead_attn": ORANGE, "linear": BLUE, "norm": GREEN}


def stack(encoder: dict[str, int], decoder: dict[str, int], norm_first: bool, words: dict[str, str]) -> str:
    """SVG. encoder, decoder: parameters by the name of the part. words: encoder, decoder, input, memory, alt."""
    left, right = _rows(("self_attn", "linear"), norm_first), _rows(("self_attn", "multihead_attn", "linear"), norm_first)
    parts = [*_column(0, left, encoder, words["encoder"]), *_column(APART, right, decoder, words["decoder"])]
    bottom, cross = _y(len(left) - 1) + HIGH, _y(right.index("multihead_attn")) + HIGH / 2
    way = f"M{COLUMN / 2} {bottom}V{bottom + 20}H{COLUMN + 90}V{cross:g}H{APART - 4}m-9 -6l9 6l-9 6"
    parts += [f'<path d="{way}" fill="none" stroke="currentColor" stroke-width="2.5"/>',
              svg.text(COLUMN / 2 + 12, bottom + 46, words["memory"], size=19, anchor="start")]
    return svg.picture(1000, _y(len(right) - 1) + HIGH + 10, parts, words["alt"])


def _rows(parts: tuple[str, ...], norm_first: bool) -> list[str]:
    """Part, sum and norm of each block, in the order of the data."""
    rows = []
    for i, part in enumerate(parts, start=1):
        rows += [f"norm{i}", part, "+"] if norm_first else [part, "+", f"norm{i}"]
    return rows


def _y(row: int) -> float:
    """Where a row begins; three of them are a block."""
    return TOP + row * STEP + row // 3 * BETWEEN


def _column(x: float, rows: list[str], counts: dict[str, int], title: str) -> list[str]:
    parts = [svg.text(x + COLUMN / 2, 26, title, size=22, bold=True),
             svg.text(x + COLUMN / 2, TOP - 24, "x ↓", size=20)]
    for i, row in enumerate(rows):
        y = _y(i)
        if row == "+":
            start = _y(i - i % 3) - 11                           # the block's input goes round the part
            edge = x + COLUMN
            parts += [f'<path d="M{x + COLUMN / 2 + 8} {start}H{edge + 24}V{y + HIGH / 2}H{x + COLUMN / 2 + 26}m9 -6l-9 6l9 6" fill="none" '
                      f'stroke="{GREY}" stroke-width="2.5"/>', svg.text(x + COLUMN / 2, y + 31, "+", size=32, bold=True)]
            continue
        if i % 3 == 0 and i:
            parts.append(f'<path d="M{x + COLUMN / 2} {y - BETWEEN - STEP + HIGH}V{y}" stroke="{GREY}" stroke-width="2.5"/>')
        names = PARTS.get(row, (row,))
        shown = " · ReLU · ".join(names)
        colour = COLOURS.get(row, COLOURS["norm"])
        parts += [svg.box(x, y, COLUMN, HIGH, fill=colour, stroke=colour, opacity=0.16, radius=8),
                  svg.text(x + 14, y + 28, shown, size=19, anchor="start"),
                  svg.text(x + COLUMN - 14, y + 28, f"{sum(counts[name] for name in names):,}", size=20, anchor="end", bold=True)]
    return parts
