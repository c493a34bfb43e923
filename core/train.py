"""The training loop: a generator over an explicit state, so that stopping and going on are both "keep the state"."""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from core import by_hand, data, fields
from core.architecture.plan import buildable
from core.by_hand import ByHand
from core.data.imageset import Chosen, ImageSet
from core.errors import SpecError
from core.evaluate import OUTPUTS, Checked, Score, evaluate
from core.first_weights import FIRST_WEIGHTS
from core.images import channel_stats, fit_to, normalise, scale, steps_to_fit
from core.loading import one_by_one
from core.models import MODELS, fresh, named
from core.optimizers import OPTIMIZERS
from core.transforms import training
from core.transforms.step import Seen

PREPARED = 128                                       # pictures: 1.5 MB of CIFAR-10, which stays in the cache; measured
NORMALISATIONS = ("measured", "half", "none")        # the training set's own mean and std; (0.5, 0.5); as they are
ORDERS = ("shuffled", "stored", "by_class")          # drawn anew for each epoch; as the dataset's file has them; 0, 0, 0 ... 9, 9, 9
LOOPS = ("memory", "loader", "by_hand")              # how batches come and gradients are found; the numbers agree but for rounding


@dataclass(frozen=True)
class TrainSpec:
    """Everything that decides a run. On the CPU the same spec gives the same losses, bit for bit, with the same PyTorch."""

    network: str = fields.choice("lenet5", MODELS, buildable)
    dataset: str = fields.choice("digits", data.DATASETS, data.kept.is_key)
    lr: float = fields.number(0.002, 1e-5, 10.0, log=True)
    batch_size: int = fields.number(32, 1, 512, doubling=True)
    epochs: int = fields.number(10, 1, 50)
    optimizer: str = fields.choice("adam", OPTIMIZERS)
    momentum: float = fields.number(0.9, 0.0, 0.99, step=0.01)
    train_images: int = fields.number(60000, 10, 60000, log=True)
    val_fraction: float = fields.number(0.1, 0.0, 0.5, step=0.05)
    normalisation: str = fields.choice("measured", NORMALISATIONS)
    order: str = fields.choice("shuffled", ORDERS)
    transforms: str = fields.choice("", ("",), training.is_training_key)
    output: str = fields.choice("logits", OUTPUTS)
    first_weights: str = fields.choice("fresh", FIRST_WEIGHTS)
    loop: str = fields.choice("memory", LOOPS)
    stop_accuracy: float = fields.number(0.0, 0.0, 1.0, step=0.01)
    stop_s: int = fields.number(0, 0, 3600)
    seed: int = fields.number(0, 0, 9999)
    device: str = fields.choice("cpu", ("cpu", "cuda", "mps"))


@dataclass(frozen=True)
class Splits:
    """What one run learns from, watches and is finally tested on. Images (N, C, H, W) uint8 that fit the network."""

    train: ImageSet | Chosen
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
    by_hand: ByHand | None = None                    # finds the gradients instead of autograd
    order: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.long))    # of the current epoch
    epoch: int = 0                                   # complete epochs
    position: int = 0                                # pictures of this epoch already seen
    step: int = 0                                    # optimizer steps so far
    reached: str = ""                                # the stop condition that was met, "accuracy" or "seconds"
    notes: dict = field(default_factory=dict)        # kept with the checkpoint for whoever drains the loop
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
    if spec.loop == "by_hand":
        by_hand.check(spec.network, spec.output)
    check_transforms(spec)
    splits = splits or split(spec)
    model = FIRST_WEIGHTS[spec.first_weights](fresh(spec.network, spec.seed, data.info(spec.dataset).classes)).to(spec.device)
    hand = ByHand(model) if spec.loop == "by_hand" else None
    optimizer = OPTIMIZERS[spec.optimizer]([hand.flat] if hand else model.parameters(), spec.lr, spec.momentum)
    return TrainState(spec, _to_device(splits, spec.device), model, optimizer, torch.Generator().manual_seed(spec.seed), hand)


def split(spec: TrainSpec) -> Splits:
    """Training, validation and test pictures, fitted to the network. Validation is taken from the training pictures."""
    network = named(spec.network)
    stored, test = data.load(spec.dataset, train=True), data.load(spec.dataset, train=False)
    shuffled = torch.randperm(len(stored), generator=torch.Generator().manual_seed(spec.seed))[: spec.train_images]
    held_out = int(len(shuffled) * spec.val_fraction)
    fitted = [_fitted(s, network.channels, network.size) for s in (stored.choose(shuffled), test)]
    (every, steps), (test, _) = fitted
    learned = torch.arange(held_out, len(every))
    if spec.order != "shuffled":                     # within one class the pictures stay in a random order
        by = shuffled if spec.order == "stored" else stored.labels[shuffled]
        learned = learned[by[held_out:].argsort(stable=True)]
    mean, std = normalisation(spec, every)
    return Splits(every.choose(learned), every.pick(torch.arange(held_out)), test, mean, std, steps)


def normalisation(spec: TrainSpec, pictures: ImageSet | Chosen) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and std for each channel of the network's input; "measured" are the dataset's own, without padding."""
    if known := _known_numbers(spec, len(pictures[0][0])):
        return known
    mean, std = channel_stats(pictures.images)
    return tuple(mean.tolist()), tuple(std.tolist())


def _known_numbers(spec: TrainSpec, channels: int) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """None where colours become grey: then they must be measured."""
    stored = data.info(spec.dataset)
    if spec.normalisation != "measured":
        centre, width = (0.5, 0.5) if spec.normalisation == "half" else (0.0, 1.0)
        return (centre,) * channels, (width,) * channels
    copies = channels // stored.channels             # the same, or one grey in every channel
    return (stored.mean * copies, stored.std * copies) if copies else None


def check_transforms(spec: TrainSpec) -> None:
    """Before anything is loaded. Raises SpecError, as `training.check` does, for a pipeline that cannot stand in this run."""
    network = named(spec.network)
    if spec.transforms:
        numbers = _known_numbers(spec, network.channels) or ((0.0,) * network.channels, (1.0,) * network.channels)
        training.check(spec.transforms, Seen(network.channels, network.size, numbers), spec.normalisation)


def augment(state: TrainState) -> training.Augment | None:
    """What draws for each training picture of this epoch; None without a pipeline."""
    spec, splits = state.spec, state.splits
    if not spec.transforms:
        return None
    network = named(spec.network)
    seen = Seen(network.channels, network.size, (splits.mean, splits.std))
    return training.augment(training.check(spec.transforms, seen, spec.normalisation), seen, spec.seed, state.epoch, len(splits.train))


def training_step(state: TrainState, x: Tensor, y: Tensor) -> Iterator[str]:
    """One step of learning, with a pause after each of its five parts. Shapes: x (B, C, H, W), y (B,)."""
    state.optimizer.zero_grad()                      # zero_grad: forget the gradients of the step before
    yield "zero_grad"
    state.logits = state.model(x)                    # forward: (B, C, H, W) -> (B, classes)
    yield "forward"
    handed = OUTPUTS[state.spec.output](state.logits)                      # the logits as they are; anything else is a mistake to see
    loss = F.cross_entropy(handed, y)                # loss: one number, the mean over the batch
    state.loss = loss.detach()
    yield "loss"
    loss.backward()                                  # backward: a gradient for every parameter
    yield "backward"
    state.optimizer.step()                           # step: every parameter moves a little against its gradient
    yield "step"


def train(state: TrainState) -> Iterator[Step | Checked | Epoch | Tested]:
    """Run the loop from wherever the state stands: `for` runs it, `next` single-steps it, `list` tests it."""
    state.model.train()
    step_by_step = state.by_hand.training_step if state.by_hand else training_step
    while state.epoch < state.spec.epochs and not state.reached:
        for x, y in batches(state):
            for _ in step_by_step(state, x, y):
                pass
            state.step += 1
            yield Step(state.step, state.epoch, state.loss, state.optimizer.param_groups[0]["lr"])
            if state.reached:                        # whoever drains the loop has a clock, and set it
                break
        else:
            score = None
            if len(state.splits.validation):
                score = yield from judge(state, state.splits.validation)
            state.epoch, state.position = state.epoch + 1, 0
            if score and 0 < state.spec.stop_accuracy <= score.accuracy:
                state.reached = "accuracy"
            yield Epoch(state.epoch, state.step, score)
    score = yield from judge(state, state.splits.test)
    yield Tested(state.step, score)


def batches(state: TrainState) -> Iterator[tuple[Tensor, Tensor]]:
    """The rest of this epoch's batches, by default in an order drawn once per epoch. Shapes: x (B, C, H, W) float32, y (B,)."""
    splits, pictures = state.splits, state.splits.train
    if state.position == 0:
        shuffled = state.spec.order == "shuffled"
        state.order = torch.randperm(len(pictures), generator=state.generator) if shuffled else torch.arange(len(pictures))
    left, device = state.order[state.position:], pictures.labels.device
    mean, std = (torch.tensor(numbers, device=device) for numbers in (splits.mean, splits.std))    # once: each time a GPU would wait
    prepare = one_by_one if state.spec.loop == "loader" else many_at_a_time
    for x, y in prepare(pictures, left, state.spec.batch_size, mean, std, augment(state)) if len(left) else ():
        state.position += len(x)
        yield x, y


def many_at_a_time(pictures: ImageSet | Chosen, order: Tensor, size: int, mean: Tensor, std: Tensor,
                   augment: training.Augment | None = None) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of `size` in this order, normalised a hundred pictures at a time: four would cost as many calls."""
    many = size if augment else max(1, PREPARED // size) * size            # a draw for each picture takes longer than all calls
    for indices in order.to(pictures.labels.device).split(many):
        picked = pictures.pick(indices)
        prepared = augment.many(picked.images, indices) if augment else normalise(scale(picked.images), mean, std)
        yield from zip(prepared.split(size), picked.labels.split(size), strict=True)


def judge(state: TrainState, pictures: ImageSet) -> Generator[Checked, None, Score]:
    """Signs of life, and at the end the score of the network as it stands."""
    splits, output = state.splits, state.spec.output
    for checked in evaluate(state.model, pictures.images, pictures.labels, splits.mean, splits.std, output=output):
        if checked.score:
            return checked.score
        yield checked


def _fitted(pictures: ImageSet | Chosen, channels: int, size: int) -> tuple[ImageSet | Chosen, tuple]:
    """Pictures that fit stay where they are."""
    image, _ = pictures[0]
    steps = steps_to_fit(image.shape[0], image.shape[-1], channels, size)
    return (ImageSet(fit_to(pictures.images, channels, size).images, pictures.labels, pictures.classes) if steps else pictures), steps


def _to_device(splits: Splits, device: str) -> Splits:
    if device == "cpu":
        return splits
    moved = {name: ImageSet(s.images.to(device), s.labels.to(device), s.classes)
             for name, s in (("train", splits.train), ("validation", splits.validation), ("test", splits.test))}
    return replace(splits, **moved)
