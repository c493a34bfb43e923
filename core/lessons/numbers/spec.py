"""What the page of numbers shows of its table. No torch here: the web process reads it before torch has arrived."""

from dataclasses import dataclass

from core import fields

TEXT_KEYS = ("s0", "s1", "s2", "s3", "s4")
VERDICTS = ("exact", "band", "never", "needs", "later", "failed")          # needs: data that is not here; later: a long one, not asked for


@dataclass(frozen=True)
class TableSpec:
    """source_text and verdict: what is shown. long_ones: whether CIFAR-10's training runs too. printed_value: the one that is looked at."""

    source_text: str = fields.choice("all", ("all", *TEXT_KEYS))
    verdict: str = fields.choice("any", ("any", *VERDICTS))
    long_ones: bool = fields.flag(False)
    printed_value: str = fields.words("", 60)
