"""A hyperparameter spelled once: one dataclass field carries its default, range and scale.

`ui/controls.py` turns such fields into widgets, `ui/link.py` writes them into the URL, and `clamped` brings any
outside value back into range.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import SpecError


@dataclass(frozen=True)
class Number:
    """A number from low to high. A control offers steps; or 1, 2, 5, 10 ... with `log`; or 1, 2, 4, 8 ... with `doubling`."""

    low: float
    high: float
    step: float | None = None
    log: bool = False
    doubling: bool = False

    def read(self, raw: object, default: float) -> float:
        """The nearest allowed number; the default when raw is no finite number at all."""
        try:
            value = float(str(raw))
        except ValueError:
            return default
        if not math.isfinite(value):
            return default
        if isinstance(default, int):
            value = round(value)
        return type(default)(min(max(value, self.low), self.high))


@dataclass(frozen=True)
class Choice:
    """One key out of a registry, in teaching order, or one that `also` allows."""

    keys: tuple[str, ...]
    also: Callable[[str], bool] | None = None

    def read(self, raw: object, default: str) -> str:
        return str(raw) if self.allows(str(raw)) else default

    def allows(self, key: str) -> bool:
        return key in self.keys or (self.also is not None and self.also(key))


@dataclass(frozen=True)
class Flag:
    """Yes or no; 1 or 0 in a link."""

    def read(self, raw: object, default: bool) -> bool:
        return {"1": True, "true": True, "0": False, "false": False}.get(str(raw).lower(), default)


@dataclass(frozen=True)
class Words:
    """Short text that core itself parses, such as a shape "2, 3"."""

    longest: int = 40

    def read(self, raw: object, default: str) -> str:
        return str(raw)[: self.longest]


Rule = Number | Choice | Flag | Words


def number(default: float, low: float, high: float, *, step: float | None = None, log: bool = False, doubling: bool = False) -> Any:
    return dataclasses.field(default=default, metadata={"rule": Number(low, high, step, log, doubling)})


def choice(default: str, keys: Sequence[str] | Mapping[str, Any], also: Callable[[str], bool] | None = None) -> Any:
    """also: whether a key that the registry does not hold is allowed too."""
    return dataclasses.field(default=default, metadata={"rule": Choice(tuple(keys), also)})


def flag(default: bool) -> Any:
    return dataclasses.field(default=default, metadata={"rule": Flag()})


def words(default: str, longest: int = 40) -> Any:
    return dataclasses.field(default=default, metadata={"rule": Words(longest)})


def rules(spec: type) -> dict[str, tuple[Rule, Any]]:
    """Field name -> (rule, default), in the order in which the class spells them."""
    return {f.name: (f.metadata["rule"], f.default) for f in dataclasses.fields(spec)}


def clamped(spec: type, raw: Mapping[str, object]) -> tuple[Any, list[str]]:
    """A spec from outside values: unknown names are ignored, bad values replaced. Also the names that were changed."""
    values, changed = {}, []
    for name, (rule, default) in rules(spec).items():
        if name not in raw:
            continue
        values[name] = rule.read(raw[name], default)
        if as_text(values[name]) != str(raw[name]) and values[name] != raw[name] and not _same_number(values[name], raw[name]):
            changed.append(name)
    return spec(**values), changed


def check(spec: Any) -> None:
    """Raises SpecError("unknown_key") for a choice that its registry does not hold."""
    for name, (rule, _) in rules(type(spec)).items():
        value = getattr(spec, name)
        if isinstance(rule, Choice) and not rule.allows(value):
            raise SpecError("unknown_key", field=name, value=value, known=", ".join(rule.keys))


def as_text(value: object) -> str:
    """How a value is written into a link."""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _same_number(a: object, b: object) -> bool:
    try:
        return float(str(a)) == float(str(b))
    except ValueError:
        return str(a).lower() == str(b).lower()
