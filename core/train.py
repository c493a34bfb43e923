"""The training loop: a generator over an explicit state, so that stopping and going on are both "keep the state"."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from core import data, fields
from core.data.imageset import ImageSet
from core.errors import SpecError
from core.evaluate import Checked, Score, evaluate
from core.images import Fitted, channel_stats, fit_to, normalise, scale
from core.models import MODELS, fresh
from core.optimizers import OPTIMIZERS

PREPARED = 128                                       # pictures: 1.5 MB of CIFAR-10, which stays in the cache; measured
NORMALISATIONS = ("measured", "half", "none")        # the training set's own mean and std; (0.5, 0.5); as they are


@dataclass(frozen=True)
class TrainSpec:
    """Everything that decides a run. On the CPU the same spec gives the same losses, bit for bit, with the same PyTorch."""

    network: str = fields.choice("lenet5", MODELS)
    dataset: str = fields.choice("digits", data.DATASETS)
    lr: float = fields.number(0.002, 1e-5, 10.0, log=True)
    batch_size: int = fields.number(32, 1, 512, doubling=True)
    epochs: int = fields.number(10, 1, 50)
    optimizer: str = fields.choice("adam", OPTIMIZERS)
    momentum: float = fields.number(0.9, 0.0, 0.99, step=0.01)
    train_images: int = fields.number(60000, 10, 60000, log=True)
    val_fraction: float = fields.number(0.1, 0.0, 0.5, step=0.05)
    normalisation: str = fields.choice("measured", NORMALISATIONS)
    seed: int = fields.number(0, 0, 9999)
    device: str = fields.choice("cpu", ("cpu", "cuda", "mps"))


@dataclass(frozen=True)
class Splits:
    """What one run learns from, watches and is finally tested on. Images (N, C, H, W) uint8 that fit the network."""

    train: ImageSet
    validation: ImageSet
    test: ImageSet
    mean: tuple[float, ...]
    std: tuple[float, ...]
    fitting: tuple[tuple[str, int, int], ...] = ()   # what `fit_to` did to the pictures


@dataclass
class TrainState:
    """All that changes while a network learns. Save it and load it, and the run goes on bit for bit."""

    spec: TrainSpec
    splits: Splits
    model: nn.Module
    optimizer: Optimizer
    generator: torch.Generator                       # draws the order of the pictures
    order: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.long))    # of the current epoch
    epoch: int = 0                                   # complete epochs
    position: int = 0                                # pictures of this epoch already seen
    step: int = 0                                    # optimizer steps so far
    logits: Tensor | None = None                     # of the latest step
    loss: Tensor | None = None

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(len(self.splits.train) / self.spec.batch_size)

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * self.spec.epochs


@dataclass(frozen=True)
class Step:
    """After each optimizer step. The loss stays on its device until somebody reads it."""

    step: int
    epoch: int
    loss: Tensor
    lr: float


@dataclass(frozen=True)
class Epoch:
    """After each pass over the training set; `validation` is None when nothing was set aside."""

    epoch: int
    step: int
    validation: Score | None


@dataclass(frozen=True)
class Tested:
    """At the very end: the whole test set, seen once."""

    step: int
    test: Score


def start(spec: TrainSpec, splits: Splits | None = None) -> TrainState:
    """Set everything up. Raises SpecError for unknown keys, a missing dataset or a device that is not there."""
    fields.check(spec)
    if not torch.device(spec.device).type == "cpu" and not getattr(torch, spec.device.split(":")[0]).is_available():
        raise SpecError("no_device", value=spec.device)
    splits = splits or split(spec)
    model = fresh(spec.network, spec.seed).to(spec.device)
    optimizer = OPTIMIZERS[spec.optimizer](model.parameters(), spec.lr, spec.momentum)
    return TrainState(spec, _to_device(splits, spec.device), model, optimizer, torch.Generator().manual_seed(spec.seed))


def split(spec: TrainSpec) -> Splits:
    """Training, validation and test pictures, fitted to the network. Validation is taken from the training pictures."""
    network = MODELS[spec.network]
    stored, test = data.load(spec.dataset, train=True), data.load(spec.dataset, train=False)
    shuffled = torch.randperm(len(stored), generator=torch.Generator().manual_seed(spec.seed))[: spec.train_images]
    held_out = int(len(shuffled) * spec.val_fraction)
    fitted = [_fitted(s, network.channels, network.size) for s in (stored.pick(shuffled), test)]
    (every, steps), (test, _) = fitted
    mean, std = normalisation(spec, every)
    return Splits(every.pick(torch.arange(held_out, len(every))), every.pick(torch.arange(held_out)), test, mean, std, steps)


def normalisation(spec: TrainSpec, pictures: ImageSet) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and std for each channel of the network's input; "measured" are the dataset's own, without padding."""
    channels, stored = pictures.images.shape[1], data.DATASETS[spec.dataset]
    if spec.normalisation != "measured":
        centre, width = (0.5, 0.5) if spec.normalisation == "half" else (0.0, 1.0)
        return (centre,) * channels, (width,) * channels
    if channels >= stored.channels:                  # the same, or one grey in every channel
        copies = channels // stored.channels
        return stored.mean * copies, stored.std * copies
    mean, std = channel_stats(pictures.images)       # colours became grey
    return tuple(mean.tolist()), tuple(std.tolist())


def training_step(state: TrainState, x: Tensor, y: Tensor) -> Iterator[str]:
    """One step of learning, with a pause after each of its five parts. Shapes: x (B, C, H, W), y (B,)."""
    state.optimizer.zero_grad()                      # zero_grad: forget the gradients of the step before
    yield "zero_grad"
    state.logits = state.model(x)                    # forward: (B, C, H, W) -> (B, classes)
    yield "forward"
    loss = F.cross_entropy(state.logits, y)          # loss: one number, the mean over the batch
    state.loss = loss.detach()
    yield "loss"
    loss.backward()                                  # backward: a gradient for every parameter
    yield "backward"
    state.optimizer.step()                           # step: every parameter moves a little against its gradient
    yield "step"


def train(state: TrainState) -> Iterator[Step | Checked | Epoch | Tested]:
    """Run the loop from wherever the state stands: `for` runs it, `next` single-steps it, `list` tests it."""
    state.model.train()
    while state.epoch < state.spec.epochs:
        for x, y in batches(state):
            for _ in training_step(state, x, y):
                pass
            state.step += 1
            yield Step(state.step, state.epoch, state.loss, state.optimizer.param_groups[0]["lr"])
        score = None
        if len(state.splits.validation):
            score = yield from _score(state, state.splits.validation)
        state.epoch, state.position = state.epoch + 1, 0
        yield Epoch(state.epoch, state.step, score)
    score = yield from _score(state, state.splits.test)
    yield Tested(state.step, score)


def batches(state: TrainState) -> Iterator[tuple[Tensor, Tensor]]:
    """The rest of this epoch's batches, in an order drawn once per epoch. Shapes: x (B, C, H, W) float32, y (B,).

    Pictures are prepared many at a time: four cost as many calls as a hundred.
    """
    pictures, size = state.splits.train, state.spec.batch_size
    if state.position == 0:
        state.order = torch.randperm(len(pictures), generator=state.generator)
    many, left = max(1, PREPARED // size) * size, state.order[state.position:].to(pictures.images.device)
    for chosen in left.split(many) if len(left) else ():
        prepared = normalise(scale(pictures.images[chosen]), state.splits.mean, state.splits.std)
        for x, y in zip(prepared.split(size), pictures.labels[chosen].split(size), strict=True):
            state.position += len(x)
            yield x, y


def _score(state: TrainState, pictures: ImageSet) -> Iterator[Checked]:
    for checked in evaluate(state.model, pictures.images, pictures.labels, state.splits.mean, state.splits.std):
        if checked.score:
            return checked.score
        yield checked


def _fitted(stored: ImageSet, channels: int, size: int) -> tuple[ImageSet, tuple]:
    fitted: Fitted = fit_to(stored.images, channels, size)
    return ImageSet(fitted.images, stored.labels, stored.classes), fitted.steps


def _to_device(splits: Splits, device: str) -> Splits:
    moved = {name: ImageSet(s.images.to(device), s.labels.to(device), s.classes)
             for name, s in (("train", splits.train), ("validation", splits.validation), ("test", splits.test))}
    return replace(splits, **moved)
