"""The tensor operations, in teaching order. One more operation = one function or line, one line here, two lines of text."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from core.ops import combine, create


@dataclass(frozen=True)
class Op:
    """An operation under the name that PyTorch gives it. `kind` says what it takes: a size, two tensors, or one matrix."""

    run: Callable
    reference: str                                   # its place in PyTorch's documentation
    kind: str                                        # "create", "combine" or "compute"


OPS: dict[str, Op] = {
    "zeros": Op(create.zeros, "torch.zeros", "create"),
    "ones": Op(create.ones, "torch.ones", "create"),
    "full": Op(create.full, "torch.full", "create"),
    "rand": Op(create.rand, "torch.rand", "create"),
    "randn": Op(create.randn, "torch.randn", "create"),
    "arange": Op(create.arange, "torch.arange", "create"),
    "eye": Op(create.eye, "torch.eye", "create"),
    "add": Op(combine.add, "torch.add", "combine"),
    "sub": Op(combine.sub, "torch.sub", "combine"),
    "mul": Op(combine.mul, "torch.mul", "combine"),
    "div": Op(combine.div, "torch.div", "combine"),
    "abs": Op(torch.abs, "torch.abs", "compute"),
    "asin": Op(torch.asin, "torch.asin", "compute"),
    "det": Op(torch.det, "torch.det", "compute"),
    "svd": Op(torch.svd, "torch.svd", "compute"),
    "std_mean": Op(torch.std_mean, "torch.std_mean", "compute"),
    "max": Op(torch.max, "torch.max", "compute"),
}


def of_kind(kind: str) -> tuple[str, ...]:
    return tuple(key for key, op in OPS.items() if op.kind == kind)
