"""The smallest changes after which every step of an edited LeNet fits, found by trying."""

from dataclasses import replace
from itertools import combinations, islice, product

from core import fields
from core.architecture.spec import ArchitectureSpec
from core.architecture.steps import exceeded, steps

MOST_REPAIRS = 3                                     # enough to choose from
SIDES = ("conv1_kernel", "conv1_stride", "conv1_padding", "pool_size", "pooling", "conv2_kernel", "conv2_stride", "conv2_padding")
COSTS = ("hidden1", "conv2_channels", "conv2_stride", "conv1_channels", "conv1_stride", "pool_size")       # what makes a network cost much
Repair = dict[str, int | str]                        # field -> the value that it should have


def repairs(spec: ArchitectureSpec, first: str) -> tuple[Repair, ...]:
    """Of one setting, or of several where one is not enough; at most three, those of the step `first` before others.

    Empty when every step fits and the network does not cost too much.
    """
    if fits(spec):
        return ()
    own = "pool" if first.startswith("pool") else first                    # both pooling steps have the same settings
    names = COSTS if all(step.fits for step in steps(spec)) else SIDES
    names = sorted(names, key=lambda name: not name.startswith(own))
    for count in range(1, len(names) + 1):
        found = filter(None, (_nearest(spec, chosen) for chosen in combinations(names, count)))
        if mended := tuple(islice(found, MOST_REPAIRS)):
            return mended
        names = [name for name in names if name != "hidden1"]              # its 255 values with another's would take half a second
    return ()


def _nearest(spec: ArchitectureSpec, names: tuple[str, ...]) -> Repair | None:
    """The values of these settings that are nearest to what they are now and make every step fit."""
    rules = fields.rules(ArchitectureSpec)
    ways = product(*(_others(rules[name][0], getattr(spec, name)) for name in names))
    for _, values in sorted((sum(far for far, _ in way), [value for _, value in way]) for way in ways):
        repair = dict(zip(names, values, strict=True))
        if fits(replace(spec, **repair)):
            return repair
    return None


def _others(rule: fields.Number | fields.Choice, current: int | str) -> list[tuple[int, int | str]]:
    """What a setting could be instead, and how far away that is."""
    if isinstance(rule, fields.Choice):
        return [(1, key) for key in rule.keys if key != current]
    return [(abs(value - current), value) for value in range(rule.low, rule.high + 1) if value != current]


def fits(spec: ArchitectureSpec) -> bool:
    """Whether every step has room for its window, and all together stay below the limits."""
    whole = list(steps(spec))
    return all(step.fits for step in whole) and not exceeded(whole)
