"""The code behind a value: the function that computes it, and for a training the program that runs."""

import importlib
import inspect
from collections.abc import Callable
from functools import partial

from core.ladder import RUNGS
from core.lessons.numbers import cifar
from core.lessons.numbers.printed import Printed


def behind(row: Printed) -> list[tuple[str, str]]:
    """(file, source) of each piece; () for a value that nothing here computes."""
    if row.chain in RUNGS:
        return [_source(importlib.import_module(f"core.ladder.{RUNGS[row.chain].file}"))]
    if row.chain:
        return [_source(cifar.values)]
    return [_source(_function(row.compute))] if row.compute else []


def call(row: Printed) -> str:
    """How it is called: size("conv1"); "" for one that is read from a training."""
    if row.compute is None or row.chain:
        return ""
    given = ", ".join(map(repr, row.compute.args)) if isinstance(row.compute, partial) else ""
    return f"{_function(row.compute).__name__}({given})"


def _function(compute: Callable) -> Callable:
    return compute.func if isinstance(compute, partial) else compute


def _source(what: object) -> tuple[str, str]:
    name = what.__name__ if inspect.ismodule(what) else what.__module__
    return f"{name.replace('.', '/')}.py", inspect.getsource(what).rstrip()
