"""A number or a small tensor as a learner types it: "1.5", "1, 2, 3", "1, 2; 3, 4" or "[[1, 2], [3, 4]]". Read, never executed."""

import re

import torch
from torch import Tensor

from core.errors import SpecError

PLAIN = str.maketrans("，、；［］【】（）()−", ",,;[][][][]-")          # what a Chinese keyboard writes
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
NESTED = re.compile(r"\[\s*\[(.*)\]\s*,?\s*\]")      # [[1, 2], [3, 4]]
BETWEEN_ROWS = re.compile(r"\]\s*[,;]\s*\[")
LIST = re.compile(r"\[(.*)\]")                       # [1, 2], or [1, 2; 3, 4]


def parse_leaf(name: str, text: str) -> Tensor:
    """In float64: "1" is (), a comma makes it (N,), a semicolon or a second pair of brackets (rows, columns).

    Raises SpecError "leaf_empty", "leaf_unreadable" or "leaf_ragged".
    """
    plain = " ".join(text.translate(PLAIN).split())
    nested, listed = NESTED.fullmatch(plain), LIST.fullmatch(plain)
    rows = BETWEEN_ROWS.split(nested[1]) if nested else (listed[1] if listed else plain).strip().removesuffix(";").split(";")
    table = [_row(name, text, row) for row in rows]
    lengths = [len(row) for row in table]
    if not any(lengths):
        raise SpecError("leaf_empty", name=name)
    if len(set(lengths)) > 1:
        raise SpecError("leaf_ragged", name=name, value=text, lengths=", ".join(map(str, lengths)))
    if nested or ";" in plain:
        return torch.tensor(table, dtype=torch.float64)
    return torch.tensor(table[0] if listed or "," in plain or lengths[0] > 1 else table[0][0], dtype=torch.float64)


def _row(name: str, text: str, row: str) -> list[float]:
    """ "1, 2" or "1 2" -> [1.0, 2.0]."""
    words = [word for part in row.strip().removesuffix(",").split(",") for word in part.split() or [""]] if row.strip() else []
    for word in words:
        if not NUMBER.fullmatch(word) or abs(float(word)) == float("inf"):
            raise SpecError("leaf_unreadable", name=name, value=text, part=word or ",")
    return [float(word) for word in words]
