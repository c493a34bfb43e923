"""What the data page shows of a pipeline: several pictures, several draws of each, the values on their way, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core import fields
from core.data import info, load
from core.images import unnormalise
from core.seeded import seeded
from core.transforms.pipeline import LONGEST, Pipeline, compose, decoded, follow
from core.transforms.step import Seen
from core.transforms.values import Normalize

BACKS = ("matching", "half", "none")                 # x * std + mean; the texts' x / 2 + 0.5; as it is
MIXING = ("pad", "crop", "rotate", "affine", "erase", "gray")
DRAWS = 7                                            # of each of three pictures, where chance has a part
PICTURES = {True: 3, False: 4}                       # with chance; without


@dataclass(frozen=True)
class TransformsSpec:
    """transforms: a pipeline's key. first: the first picture shown. seed: of the first draw; the next draws have the next ones."""

    transforms: str = fields.words("resize-rotate-tensor-norm", LONGEST)
    first: int = fields.number(0, 0, 59999)
    seed: int = fields.number(0, 0, 9999)
    back: str = fields.choice("matching", BACKS)


@dataclass(frozen=True, eq=False)                    # one that was looked at is itself a key of what was drawn of it
class Looked:
    """Shapes: before (P, C, H, W) uint8; after (P, D, C', H', W'), D draws of each picture; ready: the same just before Normalize."""

    before: Tensor
    after: Tensor
    ready: Tensor
    states: tuple[Seen, ...]                         # before the first step, and after each
    seeds: tuple[int, ...]                           # (D,)


def seen(dataset: str) -> Seen:
    """A picture of this dataset as it is stored."""
    found = info(dataset)
    return Seen(found.channels, found.size, (found.mean, found.std))


def look(dataset: str, spec: TransformsSpec) -> Looked:
    """Raises SpecError as `core.transforms.pipeline.follow` does."""
    return _look(dataset, seen(dataset), info(dataset).train_images, decoded(spec.transforms), spec.first, spec.seed)


@lru_cache(maxsize=32)
def _look(dataset: str, arriving: Seen, pictures: int, steps: Pipeline, first: int, seed: int) -> Looked:
    states = tuple(follow(steps, arriving))
    chance = any(step.random for step in steps)
    seeds = tuple(range(seed, seed + (DRAWS if chance else 1)))
    images = load(dataset, train=True).images
    apart = len(images) // PICTURES[chance]          # neighbours may look alike
    before = images[[(first + i * apart) % len(images) for i in range(PICTURES[chance])]]
    at = next((i for i, step in enumerate(steps) if isinstance(step, Normalize)), len(steps))
    head, tail = compose(steps[:at], arriving), compose(steps[at:], states[at])
    ready, after = zip(*(_on_the_way(head, tail, image, each) for image in before for each in seeds), strict=True)
    return Looked(before, *(torch.stack(part).unflatten(0, (len(before), len(seeds))) for part in (after, ready)), states, seeds)


def _on_the_way(head: Callable[[Tensor], Tensor], tail: Callable[[Tensor], Tensor], image: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """A picture between two parts of a pipeline and behind the second, with the draws of the pipeline as a whole."""
    def both() -> tuple[Tensor, Tensor]:
        between = head(image)
        return between.as_subclass(Tensor), tail(between).as_subclass(Tensor)

    return seeded(seed, both)


def way_back(x: Tensor, state: Seen, back: str) -> Tensor:
    """As pictures are shown after Normalize: matching undoes it, half undoes Normalize(0.5, 0.5) and nothing else."""
    if state.used is None or back == "none":
        return x
    return x / 2 + 0.5 if back == "half" else unnormalise(x, *state.used)


def mixed(steps: Pipeline) -> Pipeline:
    """The steps behind Normalize that put numbers of their own among the normalised ones, or mix channels: no way back undoes that."""
    at = next((i for i, step in enumerate(steps) if isinstance(step, Normalize)), len(steps))
    return tuple(step for step in steps[at:] if step.key in MIXING)


def extremes(state: Seen, back: str) -> tuple[float, float]:
    """What black and white become on the way there and back, over all channels: the lowest and the highest value that can come out."""
    mean, std = (torch.tensor(numbers) for numbers in state.used)
    ends = torch.stack([(0 - mean) / std, (1 - mean) / std])[:, :, None, None]           # (2, C, 1, 1): black, white
    shown = way_back(ends, state, back)
    return float(shown.min()), float(shown.max())
