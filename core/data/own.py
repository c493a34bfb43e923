"""What the data page asks about pictures of a learner's own."""

from dataclasses import dataclass

from core import fields

SOURCES = ("zip", "folder", "class")


@dataclass(frozen=True)
class OwnSpec:
    """source: a zip that is uploaded, a folder of this server, or a Dataset class of one's own. sample: which of its samples, from 0."""

    source: str = fields.choice("zip", SOURCES)
    sample: int = fields.number(100, 0, 2464)
