"""What the tensors page computes: make a tensor, combine two, compute with one, seed and seed again."""

import math
import re
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from core import fields
from core.broadcast import align
from core.errors import SpecError
from core.ops import OPS, of_kind

DTYPES = ("float32", "float64", "float16", "int64", "int16", "uint8", "bool")
RANDOM = ("rand", "randn")                           # they draw fractions, so they need a floating dtype
LARGEST = 400                                        # elements: more do not fit a picture with readable numbers


@dataclass(frozen=True)
class ViewSpec:
    """Which of the page's questions is asked."""

    view: str = fields.choice("create", ("create", "dtype", "combine", "compute", "memory", "layout", "seed", "expression", "catalogue"))


@dataclass(frozen=True)
class CreateSpec:
    op: str = fields.choice("rand", of_kind("create"))
    size: str = fields.words("2, 3")
    dtype: str = fields.choice("float32", DTYPES)
    seed: int = fields.number(1729, 0, 9999)


@dataclass(frozen=True)
class CombineSpec:
    op: str = fields.choice("add", of_kind("combine"))
    a_size: str = fields.words("3, 1")
    b_size: str = fields.words("1, 4")


@dataclass(frozen=True)
class ComputeSpec:
    op: str = fields.choice("abs", of_kind("compute"))
    seed: int = fields.number(1729, 0, 9999)


@dataclass(frozen=True)
class SeedSpec:
    seed: int = fields.number(1729, 0, 9999)
    reseed: bool = fields.flag(True)


@dataclass(frozen=True)
class Facts:
    """What PyTorch says about a tensor. stride counts elements, the byte counts are of its own elements."""

    text: str
    shape: tuple[int, ...]
    dtype: str
    stride: tuple[int, ...]
    element_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class Combined:
    """Two tensors and their result; or no result, but PyTorch's own message."""

    a: Tensor
    b: Tensor
    result: Tensor | None
    message: str = ""


def parse_size(text: str) -> tuple[int, ...]:
    """ "2, 3" -> (2, 3); "" -> (), a single number. Raises SpecError("size_unreadable", "size_negative", "size_too_large")."""
    words = re.sub("[×x，、]", ",", text).strip("()[] （）【】").split(",")
    try:
        size = tuple(int(word) for word in words if word.strip())
    except ValueError:
        raise SpecError("size_unreadable", value=text) from None
    if any(n < 0 for n in size):
        raise SpecError("size_negative", value=text)
    if len(size) > 4:
        raise SpecError("size_too_deep", value=len(size), limit=4)
    largest = max(math.prod(size), *size, 0)         # an axis of 0 makes the product 0, and the others as large as they like
    if largest > LARGEST:
        raise SpecError("size_too_large", value=largest, limit=LARGEST)
    return size


def create(spec: CreateSpec) -> Tensor:
    """Raises SpecError when the operation cannot make that size or dtype, as PyTorch would."""
    size = parse_size(spec.size)
    if spec.op == "eye" and len(size) != 2:
        raise SpecError("eye_needs_two", value=len(size))
    if spec.op in RANDOM and not spec.dtype.startswith("float"):
        raise SpecError("random_needs_float", op=spec.op, value=spec.dtype)
    if spec.op == "arange" and spec.dtype == "bool":
        raise SpecError("arange_bool", value=spec.dtype)
    return OPS[spec.op].run(size, getattr(torch, spec.dtype), Generator().manual_seed(spec.seed))


def call(spec: CreateSpec) -> str:
    """What to type for the same tensor."""
    size = ", ".join(map(str, parse_size(spec.size)))
    dtype = "" if spec.dtype == "float32" and spec.op != "arange" else f", dtype=torch.{spec.dtype}"
    shape = f"({size})" if "," in size or not size else f"({size},)"
    if spec.op == "full":
        dtype = f", dtype=torch.{spec.dtype}"        # else the 7 would make it int64
        return f"torch.full({shape}, 7{dtype})"
    if spec.op == "arange":
        return f"torch.arange({math.prod(parse_size(spec.size))}{dtype}).reshape({shape})"
    return f"torch.{spec.op}({size or '()'}{dtype})"


def facts(x: Tensor) -> Facts:
    """repr, shape, dtype, strides and bytes."""
    return Facts(repr(x), tuple(x.shape), str(x.dtype), x.stride(), x.element_size(), x.numel() * x.element_size())


def counting(a_size: tuple[int, ...], b_size: tuple[int, ...]) -> dict[str, Tensor]:
    """Two tensors of whole numbers (float32) that are easy to add by hand: a counts 0, 1, 2 ..., b counts 10, 20, 30 ..."""
    a = torch.arange(math.prod(a_size), dtype=torch.float32).reshape(a_size)
    b = (torch.arange(math.prod(b_size), dtype=torch.float32).reshape(b_size) + 1) * 10
    return {"a": a, "b": b}


def combine(spec: CombineSpec) -> Combined:
    """Raises SpecError for a size that cannot be read, and for a result of more than LARGEST elements."""
    a_size, b_size = parse_size(spec.a_size), parse_size(spec.b_size)
    a, b = counting(a_size, b_size).values()
    alignment = align(a_size, b_size)
    if all(axis.fits for axis in alignment):
        elements = math.prod(axis.out for axis in alignment)
        if elements > LARGEST:
            raise SpecError("size_too_large", value=elements, limit=LARGEST)
    try:
        return Combined(a, b, OPS[spec.op].run(a, b))
    except RuntimeError as refused:                  # shapes that cannot be broadcast
        return Combined(a, b, None, str(refused))


def shape_guesses(spec: CombineSpec) -> list[str]:
    """Answers to "which shape comes out?": the right one among the usual mistakes, and "error"."""
    a, b = parse_size(spec.a_size), parse_size(spec.b_size)
    outs = [axis.out for axis in align(a, b)]
    mistakes = [a, b, tuple(m * n for m, n in zip(a, b, strict=False)), tuple(max(m, n) for m, n in zip(a, b, strict=False))]
    right = [] if None in outs else [tuple(outs)]
    return sorted({write_size(size) for size in right + mistakes})[:4 + len(right)] + ["error"]


def write_size(size: tuple[int, ...]) -> str:
    """(2, 3) -> "(2, 3)", () -> "()", as `tuple(x.shape)` prints."""
    return str(tuple(size))


def text_matrix(seed: int) -> Tensor:
    """The matrix r of the introyt1 text, values in (-1, 1). With seed 1729 it is the printed one, to the last digit.

    Three draws come first, as in the text: leave one out and the numbers change.
    """
    generator = Generator().manual_seed(seed)
    for size in ((2, 2), (2, 3), (3, 2)):
        torch.rand(size, generator=generator)
    return (torch.rand(2, 2, generator=generator) - 0.5) * 2


def compute(spec: ComputeSpec) -> tuple[Tensor, ...]:
    """One function of the text's matrix; several tensors when the function returns several."""
    result = OPS[spec.op].run(text_matrix(spec.seed))
    return (result,) if isinstance(result, Tensor) else tuple(result)


def draws(spec: SeedSpec) -> list[Tensor]:
    """Three times rand(2, 2). Seeding again before the third makes it repeat the first."""
    generator = Generator().manual_seed(spec.seed)
    first, second = torch.rand(2, 2, generator=generator), torch.rand(2, 2, generator=generator)
    if spec.reseed:
        generator.manual_seed(spec.seed)
    return [first, second, torch.rand(2, 2, generator=generator)]
