"""Tensors out of nothing. Each takes a size, a dtype and a generator, and uses what it needs."""

import math

import torch
from torch import Generator, Tensor, dtype


def zeros(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.zeros(size, dtype=kind)


def ones(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.ones(size, dtype=kind)


def full(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.full(size, 7, dtype=kind)           # any number would do; 7 is easy to spot


def rand(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.rand(size, generator=generator, dtype=kind)


def randn(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.randn(size, generator=generator, dtype=kind)


def arange(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.arange(math.prod(size), dtype=kind).reshape(size)


def eye(size: tuple[int, ...], kind: dtype, generator: Generator) -> Tensor:
    return torch.eye(*size, dtype=kind)
