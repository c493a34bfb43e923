"""The smallest changes after which every step of an edited LeNet fits, found by trying."""

from dataclasses import replace
from itertools import combinations, islice, product

from core import fields
from core.architecture.spec import MOST_PARAMETERS, ArchitectureSpec
from core.architecture.steps import steps

MOST_REPAIRS = 3                                     # enough to choose from
SIDES = ("conv1_kernel", "conv1_stride", "conv1_padding", "pool_size", "pooling", "conv2_kernel", "conv2_stride", "conv2_padding")
WIDTHS = ("hidden1", "conv2_channels", "pool_size", "conv2_stride")        # what makes a network large: mostly its first linear layer
Repair = dict[str, int | str]                        # field -> the value that it should have


def repairs(spec: ArchitectureSpec, first: str = "") -> tuple[Repair, ...]:
    """Of one setting, or of several where one is not enough; at most three, those of the step `first` before others.

    Empty when every step fits and the network is small enough.
    """
    if _fits(spec):
        return ()
    own = "pool" if first.startswith("pool") else first                    # both pooling steps have the same settings
    names = WIDTHS if all(step.fits for step in steps(spec)) else sorted(SIDES, key=lambda name: not name.startswith(own))
    for count in range(1, len(names) + 1):
        found = filter(None, (_nearest(spec, chosen) for chosen in combinations(names, count)))
        if mended := tuple(islice(found, MOST_REPAIRS)):
            return mended
    return ()


def _nearest(spec: ArchitectureSpec, names: tuple[str, ...]) -> Repair | None:
    """The values of these settings that are nearest to what they are now and make every step fit."""
    rules = fields.rules(ArchitectureSpec)
    ways = product(*(_others(rules[name][0], getattr(spec, name)) for name in names))
    for _, values in sorted((sum(far for far, _ in way), [value for _, value in way]) for way in ways):
        repair = dict(zip(names, values, strict=True))
        if _fits(replace(spec, **repair)):
            return repair
    return None


def _others(rule: fields.Number | fields.Choice, current: int | str) -> list[tuple[int, int | str]]:
    """What a setting could be instead, and how far away that is."""
    if isinstance(rule, fields.Choice):
        return [(1, key) for key in rule.keys if key != current]
    return [(abs(value - current), value) for value in range(rule.low, rule.high + 1) if value != current]


def _fits(spec: ArchitectureSpec) -> bool:
    whole = list(steps(spec))
    return all(step.fits for step in whole) and sum(step.parameter_count for step in whole) <= MOST_PARAMETERS
