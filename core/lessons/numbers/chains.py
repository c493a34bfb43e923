"""Trainings that many values are read from: each runs once, tells how far it is, and what came out is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from core.lessons.numbers import cifar, rungs

SEED = 0                                             # the texts set none
Values = Iterator[tuple[str, float] | None]

_kept: dict[str, dict[str, float]] = {}
_broken: dict[str, Exception] = {}                  # what a training ended with; another start for each of its values would not help


@dataclass(frozen=True)
class Chain:
    """values(seed) yields (name, value) for what a text prints, and None as a sign of life, `signs` times or so.

    seconds: on one core, measured.
    """

    needs: str
    seconds: int
    signs: int
    values: Callable[[int], Values]
    long: bool = False


CHAINS: dict[str, Chain] = {
    **{key: Chain("mnist", seconds, 158, partial(rungs.values, key)) for key, seconds in rungs.SECONDS.items()},
    "cifar": Chain("pictures", 40, 2 * cifar.BATCHES, cifar.values, long=True),
}


def prepare(key: str) -> Iterator[None]:
    """Run a chain to its end, unless it did already. Raises what the training raised, then and later."""
    if key in _broken:
        raise _broken[key]
    if key not in _kept:
        try:
            yield from _run(key)
        except Exception as error:
            _broken[key] = error
            raise


def _run(key: str) -> Iterator[None]:
    found = {}
    for told in CHAINS[key].values(SEED):
        if told:
            found[told[0]] = told[1]
        yield None
    _kept[key] = found


def forget() -> None:
    """Every training runs anew."""
    _kept.clear()
    _broken.clear()


def value(key: str, name: str) -> float:
    """What a chain that has ended told under this name."""
    return _kept[key][name]
