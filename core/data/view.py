"""What the data page asks for: which question, about which dataset."""

from dataclasses import dataclass

from core import fields
from core.data import DATASETS, kept


@dataclass(frozen=True)
class DataSpec:
    """dataset: one of DATASETS, or a learner's own pictures."""

    view: str = fields.choice("look", ("look", "batches", "transforms", "loader", "numbers", "own"))
    dataset: str = fields.choice("digits", DATASETS, kept.is_key)
