"""Which pictures of a dataset stand in the grid: page by page as they are stored, a row for each class, or at random."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core import fields
from core.data.imageset import ImageSet

ARRANGEMENTS = ("stored", "by_class", "random")
TILES, ACROSS = 36, 12                               # pictures of a page, and of one row
CLASSES, OF_CLASS = 10, 16                           # rows of a page by class, and pictures in each


@dataclass(frozen=True)
class BrowseSpec:
    """sheet: which page of the grid, from 1. chance: the seed of a random order. picked: which picture is enlarged, counted from 0."""

    arrange: str = fields.choice("by_class", ARRANGEMENTS)
    sheet: int = fields.number(1, 1, 60000)
    chance: int = fields.number(0, 0, 9999)
    picked: int = fields.number(0, 0, 199999)


@dataclass(frozen=True)
class Sheet:
    """A page of pictures: their indices row by row, at most `across` in each. classes: those of the rows, where each row is one class.

    The indices are copies, so that a page that is kept does not keep the order of the whole dataset with it.
    """

    rows: tuple[Tensor, ...]
    across: int
    number: int                                      # of the page, from 1
    of: int                                          # how many pages there are
    classes: tuple[int, ...] = ()


def sheet(data: ImageSet, spec: BrowseSpec) -> Sheet:
    """The page that the spec names, or the last one. By class, the pages go through all classes before they go on in each."""
    if spec.arrange == "by_class":
        return _by_class(data, spec.sheet)
    of = -(-len(data) // TILES)
    number = min(spec.sheet, of)
    shuffled = torch.Generator().manual_seed(spec.chance)
    order = torch.arange(len(data)) if spec.arrange == "stored" else torch.randperm(len(data), generator=shuffled)
    return Sheet(order[(number - 1) * TILES : number * TILES].clone().split(ACROSS), ACROSS, number, of)


def _by_class(data: ImageSet, wanted: int) -> Sheet:
    """A row for each class; where a class has no picture left, its row is empty."""
    classes = range(len(data.classes))
    blocks, deep = -(-len(classes) // CLASSES), -(-int(data.class_counts().max()) // OF_CLASS)
    number = min(wanted, blocks * deep)
    down, block = divmod(number - 1, blocks)
    here = tuple(classes[block * CLASSES : (block + 1) * CLASSES])
    rows = ((data.labels == c).nonzero().squeeze(1)[down * OF_CLASS : (down + 1) * OF_CLASS].clone() for c in here)
    return Sheet(tuple(rows), OF_CLASS, number, blocks * deep, here)
