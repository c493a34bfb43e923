"""The code behind a value: the function that computes it with those it calls, and for a training the program that runs."""

import dis
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
    return [_source(function) for function in _with_helpers(_function(row.compute))] if row.compute else []


def call(row: Printed) -> str:
    """How it is called: size("conv1"); "" for one that is read from a training."""
    if row.compute is None or row.chain:
        return ""
    given = ", ".join(map(repr, row.compute.args)) if isinstance(row.compute, partial) else ""
    return f"{_function(row.compute).__name__}({given})"


def _function(compute: Callable) -> Callable:
    return compute.func if isinstance(compute, partial) else compute


def _with_helpers(function: Callable) -> list[Callable]:
    """The function, and after it what it calls of its own file: the draws in their order stand there, not in a one-line reader."""
    found = [function]
    for known in found:                              # grows while it is walked
        plain = inspect.unwrap(known)
        called = [plain.__globals__.get(step.argval) for step in dis.get_instructions(plain) if step.opname == "LOAD_GLOBAL"]
        found += [other for other in called
                  if inspect.isfunction(inspect.unwrap(other)) and other.__module__ == known.__module__ and other not in found]
    return found


def _source(what: object) -> tuple[str, str]:
    name = what.__name__ if inspect.ismodule(what) else what.__module__
    return f"{name.replace('.', '/')}.py", inspect.getsource(what).rstrip()
