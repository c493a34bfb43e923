"""A pipeline in training: for the training pictures only, with a draw of its own for each picture in each epoch."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.errors import SpecError
from core.transforms.pipeline import Pipeline, compose, decoded, follow, is_key, through
from core.transforms.shapes import RandomCrop
from core.transforms.step import Seen, Step
from core.transforms.values import Normalize, ToTensor


def trains(step: Step) -> bool:
    """Whether a step may stand in training.

    Random ones may. ToTensor and Normalize stand for what every picture goes through there anyway. What changes each picture in the same
    way may not: validation and test pictures would have to go through it too, and the network's size and channels decide about that.
    """
    return step.random or isinstance(step, ToTensor | Normalize)


def is_training_key(key: str) -> bool:
    return is_key(key) and all(map(trains, decoded(key)))


def for_training(steps: Pipeline) -> Pipeline:
    """The steps that may stand in training; RandomCrop keeps the size, which is the network's."""
    return tuple(replace(step, side=0) if isinstance(step, RandomCrop) else step for step in steps if trains(step))


def check(key: str, seen: Seen, normalisation: str) -> Pipeline:
    """The whole pipeline of a run: ToTensor and Normalize are added where the key leaves them out.

    seen: a picture that fits the network, and the numbers of the run's own normalisation. Raises SpecError as `follow` does, and
    "training_shape" or "training_normalize" when the network would be tested on other pictures than it learns from.
    """
    steps = decoded(key)
    for step in steps:
        if isinstance(step, Normalize) and not _same(step, seen, normalisation):
            raise SpecError("training_normalize", constants=step.constants, normalisation=normalisation)
    if not any(isinstance(step, ToTensor) for step in steps):
        steps = (*steps, ToTensor())
    if not any(isinstance(step, Normalize) for step in steps):
        steps = (*steps, Normalize())
    for step, before, after in zip(steps, *_neighbours(steps, seen), strict=True):
        if before.shape != after.shape:
            raise SpecError("training_shape", step=type(step).__name__, value=after.side, wanted=before.side)
    return steps


@dataclass(frozen=True)
class Augment:
    """Training pictures on their way into the network. seeds: one for each picture of the training set, anew in each epoch.

    Picture by picture: on a batch torchvision would draw once for all. What a picture draws depends on the run's seed, the epoch and the
    picture, not on order, batch size or where a run was interrupted.
    """

    pipeline: Callable[[Tensor], Tensor]
    seeds: Tensor                                    # (N,)

    def one(self, image: Tensor, i: int) -> Tensor:
        """Picture i. Shapes: (C, H, W) uint8 -> (C, H, W) float32."""
        return through(self.pipeline, image, int(self.seeds[i]))

    def many(self, images: Tensor, indices: Tensor) -> Tensor:
        """Shapes: images (B, C, H, W) uint8, indices (B,) -> (B, C, H, W) float32."""
        return torch.stack([self.one(image, i) for image, i in zip(images, indices.tolist(), strict=True)])


def augment(steps: Pipeline, seen: Seen, seed: int, epoch: int, pictures: int) -> Augment:
    """seen as in `check`, which these steps come from."""
    generator = torch.Generator().manual_seed(seed * 1000 + epoch)
    return Augment(compose(steps, seen), torch.randint(2**31, (pictures,), generator=generator))


def _same(step: Normalize, seen: Seen, normalisation: str) -> bool:
    return step.constants == normalisation or (step.constants == "cifar" and step.numbers(seen) == seen.measured)


def _neighbours(steps: Pipeline, seen: Seen) -> tuple[list[Seen], list[Seen]]:
    states = follow(steps, seen)
    return states[:-1], states[1:]
