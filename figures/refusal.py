"""An input that a network refused: the chain up to the operation that refused it, and the two matrices of PyTorch's message."""

from math import log2

from core.refusal import Product, refused_product
from core.trace import Trace
from figures import svg
from figures.lenet import CHIP, PER_ROW, WIDTH, chips, corner, factors, shape
from figures.palette import GREEN, PURPLE, RED
from figures.svg import LETTERS

SIDE = 13                                            # units of a matrix's side for each doubling
APART, BAND = 25, 218                                # heights: between the chain and the matrices, and of these


def chain(refused: Trace, fits: Trace, labels: dict[str, str]) -> str:
    """SVG: the operations up to the one that refused its input; for a linear layer also the two matrices that do not fit.

    A filled frame follows the number that arrives from operation to operation, a dashed one is around the number that is wanted.
    labels: alt; gets, wants (in the last chip); arrives, batch, each (about mat1).
    """
    at, found = len(refused.ops), refused_product(refused, fits)
    lines = [f"✗ {fits.ops[at].name}"]
    if found:
        lines += [f"{labels['gets']} {found.rows}×{found.columns}", f"{labels['wants']} ?×{found.into}"]
    (x, y), wide, high = corner(at), WIDTH / PER_ROW, CHIP - 20 + 22 * (len(lines) - 1)
    centre, bottom = x + wide / 2 - 7, y + 3 + high
    parts = chips(refused.ops, framed=(at - 2, at - 1) if found else (), more=True)
    parts.append(svg.box(x + 3, y + 3, wide - 20, high, fill=RED, stroke=RED, opacity=0.16))
    for i, words in enumerate(lines):
        down = y + (28 if found else 44) + 35 * i
        if i:
            parts.append(svg.frame(centre, down, words, filled=i == 1))
        parts.append(svg.text(centre, down, words, size=LETTERS, bold=i == 0))
    if not found:
        return svg.picture(WIDTH, y + CHIP, parts, labels["alt"])
    parts.append(f'<path d="M{centre:g} {bottom:g}v{APART}" stroke="{RED}" stroke-width="2"/>')
    parts.append(svg.moved(bottom + APART, _matrices(found, labels)))
    return svg.picture(WIDTH, bottom + APART + BAND + 4, parts, labels["alt"])


def _matrices(found: Product, labels: dict[str, str]) -> list[str]:
    """mat1 @ mat2, their sides on a log scale, with the two numbers that should be equal and where they come from."""
    came, wanted = f"{factors(found.came)} = {found.columns}", f"{found.into} = {factors(found.wanted)}"
    left, middle, right = 385, 497, 608
    parts = [svg.box(3, 0, WIDTH - 20, BAND, stroke=RED, fill=RED, opacity=0.04),
             *_matrix(left, (found.rows, found.columns), PURPLE), *_matrix(right, (found.into, found.out), GREEN),
             svg.text(middle, 114, "@", size=28), svg.text(middle, 202, "≠", size=34, bold=True, fill=RED),
             svg.frame(left, 200, came, filled=True), svg.text(left, 200, came, size=LETTERS),
             svg.frame(right, 200, wanted, filled=False), svg.text(right, 200, wanted, size=LETTERS)]
    words = {145: (labels["arrives"], labels["batch"], labels["each"]),
             845: (f"mat2: {found.path}.weight.T", f"in_features {found.into}", f"out_features {found.out}")}
    for x, lines in words.items():
        parts += [svg.text(x, 78 + 32 * i, line, size=LETTERS, bold=i == 0) for i, line in enumerate(lines)]
    return parts


def _matrix(x: float, size: tuple[int, int], colour: str) -> list[str]:
    high, wide = (SIDE * log2(1 + n) for n in size)
    return [svg.text(x, 32, shape(size), size=26, bold=True),
            svg.box(x - wide / 2, 106 - high / 2, wide, high, fill=colour, stroke=colour, opacity=0.3, radius=2)]
