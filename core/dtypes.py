"""Which kind of number comes out: of two kinds that meet in one operation, and of a number that is turned into another kind."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core import fields
from core.errors import SpecError
from core.ops import OPS
from core.tensors import DTYPES

OPERATIONS = ("add", "sub", "mul", "div", "gt")
NUMBERS: dict[str, bool | int | float] = {"True": True, "2": 2, "2.5": 2.5}      # of Python: no tensors
SAMPLE = (0, 1, 2)
MOST = 8                                             # numbers to convert
WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?(nan|inf)", re.IGNORECASE)


@dataclass(frozen=True)
class DtypeSpec:
    """a of one dtype meets b: a tensor of a dtype, or a number of Python. values are turned into `to`."""

    op: str = fields.choice("add", OPERATIONS)
    a: str = fields.choice("int64", DTYPES)
    b: str = fields.choice("float32", (*DTYPES, *NUMBERS))
    values: str = fields.words("-2.7, 0.1, 2049, 70000", 80)
    to: str = fields.choice("int64", DTYPES)


@dataclass(frozen=True)
class Met:
    """What came out. result is None, and message PyTorch's own, when it refused."""

    a: Tensor
    b: Tensor | bool | int | float
    result: Tensor | None
    message: str = ""

    @property
    def dtype(self) -> str:
        """ "float32", or "error"."""
        return "error" if self.result is None else name(self.result.dtype)


@dataclass(frozen=True)
class Turned:
    """One number before and after. what: "same", "cut" (the fraction is gone), "rounded", "wrapped", "infinite", "truth" or "undefined"."""

    before: float
    after: float | None                              # None: out of the range of a whole-number dtype, where C leaves the result open
    what: str


def meet(op: str, a: str, b: str) -> Met:
    """Run the operation on two small tensors, or on a tensor and a number."""
    x = torch.tensor(SAMPLE).to(getattr(torch, a))
    y = NUMBERS[b] if b in NUMBERS else torch.tensor(SAMPLE).add(1).to(getattr(torch, b))
    try:
        return Met(x, y, OPS[op].run(x, y))
    except RuntimeError as refused:                  # bool minus bool
        return Met(x, y, None, str(refused))


@lru_cache
def table(op: str) -> tuple[tuple[str, ...], ...]:
    """Every dtype (row) with every dtype and number (column): what `meet` gives."""
    return tuple(tuple(meet(op, a, b).dtype for b in (*DTYPES, *NUMBERS)) for a in DTYPES)


def guesses(met: Met) -> list[str]:
    """Answers to "which dtype comes out?": the right one, those that went in, and the usual suspects."""
    given = [name(x.dtype) for x in (met.a, met.b) if isinstance(x, Tensor)]
    likely = [*given, "float32", "int64", "bool", "float64"]
    shown = {met.dtype, *list(dict.fromkeys(likely))[:4]} - {"error"}
    return [*(key for key in DTYPES if key in shown), "error"]


def read_values(text: str) -> list[int] | list[float]:
    """ "1, 2" -> [1, 2], "1, 2.5" -> [1.0, 2.5]. What torch.tensor makes of it: int64 of whole numbers, else float32.

    Raises SpecError("values_unreadable"), ("values_too_many") or ("values_too_large") for a whole number that no int64 holds.
    """
    words = [word.strip() for word in re.sub("[，、]", ",", text).strip("[]() （）").split(",") if word.strip()]
    if len(words) > MOST:
        raise SpecError("values_too_many", value=len(words), limit=MOST)
    if not all(NUMBER.fullmatch(word) for word in words):
        raise SpecError("values_unreadable", value=text)
    if not all(WHOLE.fullmatch(word) for word in words):
        return [float(word) for word in words]
    numbers = [int(word) for word in words]
    if any(not -(2**63) <= number < 2**63 for number in numbers):
        raise SpecError("values_too_large", value=max(numbers, key=abs), limit=f"{2**63 - 1:,}")
    return numbers


def code(values: list[int] | list[float], to: str) -> str:
    """What to type for it."""
    words = (repr(value) if math.isfinite(value) else f"float('{value}')" for value in values)
    return f"torch.tensor([{', '.join(words)}]).to(torch.{to})"


def turn(numbers: list[int] | list[float], to: str) -> list[Turned]:
    """torch.tensor(numbers).to(dtype), number by number, and what it did to each.

    A fraction out of the range of a whole-number dtype is computed by no rule: the processor decides. It is not shown.
    """
    dtype, values = getattr(torch, to), torch.tensor(numbers)
    after = values.to(dtype)
    whole = not dtype.is_floating_point and dtype != torch.bool
    turned = []
    for x, y in zip(values.tolist(), after.tolist(), strict=True):
        if whole and values.is_floating_point() and not _within(x, dtype):
            turned.append(Turned(x, None, "undefined"))
        else:
            turned.append(Turned(x, y, _what(x, y, dtype)))
    return turned


def _what(x: float, y: float, dtype: torch.dtype) -> str:
    if dtype == torch.bool:
        return "truth"
    if x == y or x != x:                             # nan stays nan
        return "same"
    if dtype.is_floating_point:
        return "infinite" if abs(y) == float("inf") else "rounded"
    return "wrapped" if isinstance(x, int) else "cut"


def _within(x: float, dtype: torch.dtype) -> bool:
    """Whether the whole part is a number of that dtype. False for nan."""
    limits = torch.iinfo(dtype)
    return limits.min - 1 < x < limits.max + 1


def name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
