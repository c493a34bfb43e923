"""Small pieces of SVG. Lines and letters take the page's own text colour, so that both themes work."""

from html import escape

from figures.palette import GREY

LETTERS = 23                                         # units; 20 pixels inside a fold on a page 1280 pixels wide
MARK = "#F0E442"                                     # Okabe and Ito's yellow; filled or dashed, a frame is told apart without it


def picture(width: float, height: float, parts: list[str], alt: str) -> str:
    """A picture that fills its column. Units are pixels of a 1000 pixel wide column."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="100%" style="max-width:{width:g}px;display:block;margin:auto" '
        f'role="img" aria-label="{escape(alt)}" xmlns="http://www.w3.org/2000/svg" font-family="inherit">{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, size: float = 24, fill: str = "currentColor", anchor: str = "middle",
         bold: bool = False, opacity: float = 1) -> str:
    weight = ' font-weight="600"' if bold else ""
    faint = f' opacity="{opacity:g}"' if opacity != 1 else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{weight}{faint}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "currentColor",
        opacity: float = 1, dash: str = "", radius: float = 4, title: str = "", line: float = 2) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    hover = f"<title>{escape(title)}</title>" if title else ""
    return (f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="{line:g}" fill-opacity="{opacity:g}"{dashed}>{hover}</rect>')


def frame(x: float, y: float, words: str, *, filled: bool) -> str:
    """Behind words of size LETTERS, centred at x, that stand on the line y; as wide as they are in most fonts."""
    wide = LETTERS * sum(0.3 if letter in " ·,." else 1 if letter == "@" or letter > "⺀" else 0.54 for letter in words) + 10
    kind = {"fill": MARK, "opacity": 0.42} if filled else {"stroke": GREY, "dash": "5 4"}
    return box(x - wide / 2, y - 22, wide, 31, **kind)


def moved(y: float, parts: list[str]) -> str:
    """The same parts, y further down."""
    return f'<g transform="translate(0 {y:g})">{"".join(parts)}</g>'


def arrow(x: float, y: float, length: float, *, fill: str = "currentColor") -> str:
    """From (x, y) to the right."""
    tip = f"M{x + length - 8:g} {y - 6:g}L{x + length:g} {y:g}L{x + length - 8:g} {y + 6:g}"
    return f'<path d="M{x:g} {y:g}h{length:g}{tip}" fill="none" stroke="{fill}" stroke-width="2.5"/>'


def image(x: float, y: float, width: float, height: float, href: str, title: str = "") -> str:
    """A picture inside the picture, its pixels kept as squares."""
    hover = f"<title>{escape(title)}</title>" if title else ""
    return (f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" href="{href}" preserveAspectRatio="none" '
            f'style="image-rendering:pixelated">{hover}</image>')
