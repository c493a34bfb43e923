"""Every number, shape and printout of the five texts that can be computed again. `python -m core.lessons.numbers` prints the table."""

from core.lessons.numbers import s0, s1, s2, s3, s4
from core.lessons.numbers.printed import Printed

TEXTS: dict[str, tuple[Printed, ...]] = {"s0": s0.ROWS, "s1": s1.ROWS, "s2": s2.ROWS, "s3": s3.ROWS, "s4": s4.ROWS}


def rows(text: str = "") -> tuple[Printed, ...]:
    """Those of one text, or of all."""
    return TEXTS[text] if text else tuple(row for every in TEXTS.values() for row in every)
