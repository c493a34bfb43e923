"""Twins: two networks that begin with the same weights and differ in one setting. Which number is the first to differ?"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core import by_hand, data, fields
from core.errors import SpecError
from core.evaluate import Checked
from core.report import LONGEST
from core.train import Epoch, Step, Tested, TrainSpec, TrainState, batches, judge, start, training_step

# What may differ, and what the second twin then has. The first and the last are no settings: nothing at all; one weight's last bit.
CHANGES = {"nothing": None, "lr": 0.01, "momentum": 0.5, "optimizer": "sgd", "batch_size": 64, "order": "by_class",
           "normalisation": "none", "output": "softmax", "loop": "by_hand", "first_weights": "dead_class", "seed": 1, "one_bit": None}
PARTS = ("first_weights", "batch", "forward", "loss", "backward", "step")            # in the order in which numbers come to be
PICTURES = ("order", "normalisation", "seed")        # settings that decide about the pictures; otherwise the twins share them
MOST_STEPS, MOST_IMAGES = 20_000, 600_000            # each: a minute or two with the networks here
POINTS = 400                                         # two curves grow side by side


@dataclass(frozen=True)
class Change:
    """The one setting that differs, and its value in the second twin, as text. What has no value there keeps the empty text."""

    change: str = fields.choice("lr", CHANGES)
    other: str = fields.words("")


@dataclass(frozen=True)
class Seen:
    """The numbers that one part of a run has just made, by name. Parameters change in place: look before going on."""

    part: str                                        # one of PARTS
    step: int                                        # which is under way, from 1; 0 before the first
    numbers: dict[str, Tensor]


@dataclass(frozen=True)
class Difference:
    """The first number that is not the same in both. Tensors of different shape have no such number: index and values are None."""

    step: int
    part: str
    name: str                                        # of the tensor
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    index: tuple[int, ...] | None = None
    a: float | None = None
    b: float | None = None
    differing: int | None = None                     # numbers of this tensor that differ


@dataclass(frozen=True)
class Broken:
    """A loss that is infinite or no number: this twin goes no further."""

    step: int
    loss: float
    lr: float


@dataclass(frozen=True)
class Pair:
    """What both twins tell after the same number of steps; None from one that has nothing of the kind to tell then."""

    a: Step | Epoch | Tested | Broken | None
    b: Step | Epoch | Tested | Broken | None

    @property
    def kind(self) -> type:
        return type(self.a or self.b)


@dataclass(frozen=True)
class PairReport:
    """The mean losses of the last few steps, up to and including `step`, and how far apart the weights are by then."""

    step: int
    a: float | None
    b: float | None
    distance: float


@dataclass
class Twins:
    """Two runs, how many pairs of numbers were compared and found equal, and the first difference."""

    a: TrainState
    b: TrainState
    equal: int = 0
    first: Difference | None = None

    @property
    def total_steps(self) -> int:
        return max(self.a.total_steps, self.b.total_steps)


def pair(first: TrainSpec, change: str, other: object = None) -> tuple[TrainSpec, TrainSpec]:
    """Two specs that differ in one setting.

    Raises SpecError: "unknown_key"; "twins_equal" when the value is the same; "twins_too_long"; "not_by_hand".
    """
    if change not in CHANGES:
        raise SpecError("unknown_key", field="change", value=change, known=", ".join(CHANGES))
    second = first
    if is_setting(change):
        rule, _ = fields.rules(TrainSpec)[change]
        second = dataclasses.replace(first, **{change: rule.read(other, CHANGES[change])})
        if second == first:
            raise SpecError("twins_equal", value=getattr(first, change))
    for spec in (first, second):
        _check_length(spec)
        if spec.loop == "by_hand":
            by_hand.check(spec.network, spec.output)
    return first, second


def is_setting(change: str) -> bool:
    return change in fields.rules(TrainSpec)


def begin(first: TrainSpec, change: str, other: object = None) -> Twins:
    """Both runs, set up and not yet under way. Raises what `pair` and `core.train.start` raise."""
    one, two = pair(first, change, other)
    a = start(one)
    b = start(two, None if change in PICTURES else a.splits)
    if change == "one_bit":
        flip_last_bit(b.model)
    return Twins(a, b)


@torch.no_grad()
def flip_last_bit(model: nn.Module) -> None:
    """Turn the last of the 32 bits of the network's very first weight over: no change of a float32 is smaller."""
    bits = next(model.parameters()).view(-1).view(torch.int32)             # the same memory, read as whole numbers
    bits[0] ^= 1


def lockstep(twins: Twins) -> Iterator[Pair | Difference | Checked]:
    """Let both do each part of each step together and compare all its numbers; after the first difference, only count steps together."""
    ours, theirs = parts(twins.a), parts(twins.b)
    for a, b in zip(ours, theirs, strict=True):
        if not isinstance(a, Seen):
            yield a if isinstance(a, Checked) else Pair(a, b)
            continue
        twins.first = difference(a, b)
        if twins.first:
            yield twins.first
            break
        twins.equal += sum(numbers.numel() for numbers in a.numbers.values())
    yield from apart(ours, theirs)


def parts(state: TrainState) -> Iterator[Seen | Step | Checked | Epoch | Tested | Broken]:
    """The loop of core.train.train, with the numbers of every part in sight."""
    model, step_by_step = state.model.train(), state.by_hand.training_step if state.by_hand else training_step
    yield Seen("first_weights", 0, dict(model.named_parameters()))
    while state.epoch < state.spec.epochs:
        for x, y in batches(state):
            step, lr = state.step + 1, state.optimizer.param_groups[0]["lr"]
            yield Seen("batch", step, {"x": x, "y": y})
            for part in step_by_step(state, x, y):
                if part != "zero_grad":              # forgetting makes no numbers
                    yield Seen(part, step, made(state, part))
                if part == "loss" and not state.loss.isfinite():
                    yield Broken(step, state.loss.item(), lr)
                    return
            state.step = step
            yield Step(step, state.epoch, state.loss, lr)
        score = None
        if len(state.splits.validation):
            score = yield from judge(state, state.splits.validation)
        state.epoch, state.position = state.epoch + 1, 0
        yield Epoch(state.epoch, state.step, score)
    score = yield from judge(state, state.splits.test)
    yield Tested(state.step, score)


def made(state: TrainState, part: str) -> dict[str, Tensor]:
    """The numbers that a part of the step has just made."""
    parameters = dict(state.model.named_parameters())
    return {"forward": {"logits": state.logits}, "loss": {"loss": state.loss}, "step": parameters,
            "backward": {f"{name}.grad": p.grad for name, p in parameters.items()}}[part]


@torch.no_grad()
def difference(a: Seen, b: Seen) -> Difference | None:
    """The first number of two parts that differs; None when all are equal. Two that are no number (NaN) count as equal."""
    for name, ours in a.numbers.items():
        theirs = b.numbers[name]
        shapes = tuple(ours.shape), tuple(theirs.shape)
        if shapes[0] != shapes[1]:
            return Difference(a.step, a.part, name, shapes)
        if not ours.equal(theirs):                   # quick, and False wherever there is a NaN
            where = ((ours != theirs) & ~(ours.isnan() & theirs.isnan())).nonzero()        # (differing, axes)
            if not len(where):
                continue
            index = tuple(where[0].tolist())
            return Difference(a.step, a.part, name, shapes, index, ours[index].item(), theirs[index].item(), len(where))
    return None


def apart(ours: Iterator, theirs: Iterator) -> Iterator[Pair | Checked]:
    """A step of each at a time until both are done. The one that takes more pictures at once is done earlier."""
    while True:
        turns = []
        for run in (ours, theirs):
            turn = {}
            for record in run:
                if isinstance(record, Checked):
                    yield record
                else:
                    turn[type(record)] = record
                if isinstance(record, Step):
                    break
            turns.append(turn)
        if not any(turns):
            return
        for kind in (Epoch, Step, Broken, Tested):
            if any(kind in turn for turn in turns):
                yield Pair(*(turn.get(kind) for turn in turns))


def pair_reports(twins: Twins, steps: int) -> Iterator[PairReport | Pair | Difference | Checked]:
    """Pairs of steps become one PairReport for each `steps` of them; all other records pass."""
    window: list[Pair] = []
    for record in lockstep(twins):
        kind = record.kind if isinstance(record, Pair) else None
        if kind is Step:
            window.append(record)
        if window and (len(window) == steps or kind in (Broken, Tested)):
            yield _report(window, twins)
            window = []
        if kind is not Step:
            yield record


def pair_every(total_steps: int) -> int:
    """Steps per report, so that a whole run gives about four hundred points."""
    return max(1, min(LONGEST, -(-total_steps // POINTS)))


@torch.no_grad()
def distance(a: nn.Module, b: nn.Module) -> float:
    """How far apart two networks are: |a - b| / |a|, with all their parameters written into one long vector each. 0 for equal ones."""
    ours, theirs = (nn.utils.parameters_to_vector(model.parameters()).double() for model in (a, b))      # (parameters,)
    return ((ours - theirs).norm() / ours.norm()).item()


def _check_length(spec: TrainSpec) -> None:
    """Twins run in one go and take no turns with others, so they must be short."""
    images = min(spec.train_images, data.info(spec.dataset).train_images)
    learned = images - int(images * spec.val_fraction)
    steps, seen = math.ceil(learned / spec.batch_size) * spec.epochs, learned * spec.epochs
    if steps > MOST_STEPS or seen > MOST_IMAGES:
        raise SpecError("twins_too_long", steps=steps, images=seen, most_steps=MOST_STEPS, most_images=MOST_IMAGES)


def _report(window: list[Pair], twins: Twins) -> PairReport:
    step = max(step.step for step in (window[-1].a, window[-1].b) if step)
    return PairReport(step, _mean([p.a for p in window]), _mean([p.b for p in window]), distance(twins.a.model, twins.b.model))


def _mean(steps: list[Step | None]) -> float | None:
    losses = [step.loss.item() for step in steps if step]
    return sum(losses) / len(losses) if losses else None
