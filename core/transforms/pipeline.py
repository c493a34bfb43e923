"""A pipeline: transforms one after the other, the key that stands for them in a link, and the program to take home."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from torch import Tensor

from core import fields
from core.data import vision
from core.errors import SpecError
from core.seeded import seeded
from core.transforms import TRANSFORMS
from core.transforms.step import Call, Seen, Step

Pipeline = tuple[Step, ...]
MOST = 8                                             # steps
LONGEST = 160                                        # letters of a key


def encoded(steps: Sequence[Step]) -> str:
    """The pipeline's key: "flip0.4-crop32p2-tensor-norm"; a parameter that has its default goes without saying."""
    return "-".join(map(_word, steps))


def decoded(key: str) -> Pipeline:
    """The way back, from any text: what is no step is left out, a parameter comes into its range, and after MOST steps it ends."""
    steps = [found[0] for part in key[:LONGEST].split("-") if (found := _read(part))]
    return tuple(steps[:MOST])


def is_key(key: object) -> bool:
    """Whether `decoded` takes a text as it is: at least one step, all known and within their ranges."""
    if not isinstance(key, str) or len(key) > LONGEST:
        return False
    found = [_read(part) for part in key.split("-")]
    return len(found) <= MOST and all(each and not each[1] for each in found)


def named(step: Step) -> str:
    """As torchvision calls it, with the parameters that differ from the defaults: "RandomCrop(padding=2)"."""
    said = ", ".join(f"{name}={value}" if isinstance(value, int | float) else value for name, _, value in _changed(step))
    return type(step).__name__ + (f"({said})" if said else "")


def follow(steps: Sequence[Step], seen: Seen) -> list[Seen]:
    """The picture before the first step and after each. Raises SpecError for too many steps or a wrong order."""
    if len(steps) > MOST:
        raise SpecError("pipeline_too_long", value=len(steps), limit=MOST)
    states = [seen]
    for step in steps:
        states.append(step.after(states[-1]))
    return states


def calls(steps: Sequence[Step], seen: Seen) -> list[Call]:
    """What torchvision is told, in order. Raises SpecError as `follow` does."""
    states = follow(steps, seen)
    return [call for step, state in zip(steps, states, strict=False) for call in step.calls(state)] or [Call("Identity", {})]


def compose(steps: Sequence[Step], seen: Seen) -> Callable[[Tensor], Tensor]:
    """torchvision's own pipeline. Raises SpecError as `follow` does."""
    return vision.transforms().Compose([call.made() for call in calls(steps, seen)])


def through(pipeline: Callable[[Tensor], Tensor], image: Tensor, seed: int) -> Tensor:
    """One picture through the pipeline, as after `torch.manual_seed(seed)`. Shapes: (C, H, W) uint8 -> (C', H', W')."""
    return seeded(seed, lambda: pipeline(image)).as_subclass(Tensor)


def written(steps: Sequence[Step], seen: Seen, seed: int) -> str:
    """The pipeline as a program that runs; `image` is what it works on."""
    lines = "".join(f"    {call.written()},\n" for call in calls(steps, seen))
    return (f"import torch\nfrom torchvision.transforms import v2\n\npipeline = v2.Compose([\n{lines}])\n\n"
            f"torch.manual_seed({seed})\nx = pipeline(image)")


def _word(step: Step) -> str:
    return step.key + "".join(f"{letter}{value:g}" if isinstance(value, int | float) else value for _, letter, value in _changed(step))


def _changed(step: Step) -> list[tuple[str, str, object]]:
    """The parameters that differ from their defaults: name, letter, value."""
    return [(name, letter, value) for name, letter, default in _letters(type(step)) if (value := getattr(step, name)) != default]


def _read(part: str) -> tuple[Step, list[str]] | None:
    """A step, and which of its parameters were out of range."""
    for kind in TRANSFORMS.values():
        if found := _pattern(kind).fullmatch(part):
            return fields.clamped(kind, {name: text for name, text in found.groupdict().items() if text is not None})
    return None


@cache
def _pattern(kind: type[Step]) -> re.Pattern:
    rules = fields.rules(kind)
    parts = [f"(?P<{name}>{'|'.join(rules[name][0].keys)})?" if isinstance(default, str)
             else f"(?:{letter}(?P<{name}>[0-9]{{1,4}}(?:\\.[0-9]{{1,4}})?))?" for name, letter, default in _letters(kind)]
    return re.compile(kind.key + "".join(parts))


@cache
def _letters(kind: type[Step]) -> list[tuple[str, str, object]]:
    """Each parameter's name, the letter before its value (the first has none) and its default."""
    return [(name, name[0] if i else "", default) for i, (name, (_, default)) in enumerate(fields.rules(kind).items())]
