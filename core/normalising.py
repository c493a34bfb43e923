"""The same short training with three ways to normalise its pictures, side by side, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core import data, fields
from core.data.vision import CIFAR10_CLASSES
from core.evaluate import Checked
from core.presets import PRESETS
from core.report import Report, every, reports
from core.train import Epoch, Tested, TrainSpec, TrainState, start, train

CLOSE = 0.02                                         # accuracies less far apart than this are told apart by nothing but chance
WIDEST = 3.31                                        # of three equal ways, the best and the worst lie further apart once in 20 runs (Tukey)
WAYS = ("none", "half", "measured")                  # keys of core.train.NORMALISATIONS, from the least to the most
SAME = "same"                                        # the answer that the ways do not differ
TEXTS = ("cifar10", "mnist")                         # the introductions print the numbers of these, and most programs copy them
COPIED = 0.01                                        # JPEG copies of CIFAR-10's pictures have its means within 0.001


@dataclass(frozen=True)
class NumbersSpec:
    """seed: of the three short runs."""

    seed: int = fields.number(0, 0, 9999)


@dataclass(frozen=True)
class Short:
    """A training that takes seconds, and the test accuracies that the seeds 0 to 4 gave, for each way."""

    spec: TrainSpec
    tried: dict[str, tuple[float, ...]]

    @property
    def verdict(self) -> str:
        """"nothing": on average all ways do alike; "clear": no seed without did as well as any with measured numbers; else "overlap"."""
        means = [sum(found) / len(found) for found in self.tried.values()]
        if max(means) - min(means) < CLOSE:
            return "nothing"
        return "overlap" if self.overlap("none", "measured") else "clear"

    def overlap(self, a: str, b: str) -> bool:
        """Whether some seed with the one way lies within the band of the other."""
        one, other = self.tried[a], self.tried[b]
        return min(one) <= max(other) and min(other) <= max(one)


@dataclass(frozen=True)
class Judged:
    """Answers to "which way is best?", of WAYS or SAME: those that are right, and those that one run cannot tell. All others are wrong."""

    right: tuple[str, ...]
    open: tuple[str, ...] = ()

    @property
    def best(self) -> tuple[str, ...]:
        """What to name as the truth."""
        return self.right or self.open


SGD = TrainSpec(optimizer="sgd", lr=0.01, momentum=0.9, epochs=3)
COLOUR = replace(SGD, network="cifar_net")
SHORT: dict[str, Short] = {                          # measured by `python -m benchmarks.settings normalising`
    "digits": Short(SGD, {way: PRESETS[f"norm_{way}"].tried for way in WAYS}),
    "digits_in_order": Short(replace(SGD, dataset="digits_in_order"), {
        "none": (0.178, 0.45, 0.242, 0.2, 0.769),
        "half": (0.656, 0.569, 0.756, 0.797, 0.639),
        "measured": (0.717, 0.758, 0.811, 0.786, 0.856)}),
    "patches": Short(replace(COLOUR, dataset="patches", epochs=1), {       # after three epochs: 39-79, 66-87, 71-86 %
        "none": (0.408, 0.444, 0.2, 0.349, 0.216),
        "half": (0.625, 0.451, 0.309, 0.285, 0.306),
        "measured": (0.562, 0.533, 0.615, 0.555, 0.493)}),
    "mnist": Short(replace(SGD, dataset="mnist", train_images=5000, epochs=1), {           # with 10,000 pictures: 85-90, 91-94, 92-94 %
        "none": (0.445, 0.459, 0.446, 0.247, 0.772),
        "half": (0.76, 0.657, 0.742, 0.848, 0.693),
        "measured": (0.856, 0.827, 0.863, 0.879, 0.883)}),
    "cifar10": Short(replace(COLOUR, dataset="cifar10", lr=0.001, batch_size=4, epochs=1), {       # on JPEG copies of the pictures
        "none": (0.417, 0.425, 0.354, 0.424, 0.45),
        "half": (0.472, 0.483, 0.45, 0.487, 0.479),
        "measured": (0.467, 0.509, 0.455, 0.51, 0.505)}),
    "fake": Short(replace(COLOUR, dataset="fake"), {
        "none": (0.125, 0.11, 0.095, 0.125, 0.11),
        "half": (0.125, 0.11, 0.12, 0.125, 0.125),
        "measured": (0.12, 0.095, 0.125, 0.125, 0.13)}),
}


def short(dataset: str) -> Short:
    """The training that is offered for a dataset. Nothing was tried for a learner's own pictures, unless they are those of CIFAR-10."""
    like = texts_key(dataset)
    if like in SHORT:
        return replace(SHORT[like], spec=replace(SHORT[like].spec, dataset=dataset))
    network = "cifar_net" if data.info(dataset).channels == 3 else "lenet5"
    return Short(replace(SGD, dataset=dataset, network=network, train_images=10000), {})


def texts_key(dataset: str) -> str:
    """cifar10 for a folder with all of its pictures, as far as classes, counts and means tell; else the dataset itself."""
    known, cifar = data.kept.about(dataset) if data.kept.is_key(dataset) else None, data.info("cifar10")
    if known is None or sorted(known.classes) != sorted(CIFAR10_CLASSES) or known.channels != cifar.channels:
        return dataset
    whole = (known.train, known.test) == (cifar.train_images, cifar.test_images)
    alike = all(abs(own - theirs) < COPIED for own, theirs in zip(known.mean, cifar.mean, strict=True))
    return "cifar10" if whole and alike else dataset


def side_by_side(spec: TrainSpec) -> dict[str, TrainState]:
    """Three states that differ in nothing but the numbers that Normalize gets: the same weights, pictures and order."""
    return {way: start(replace(spec, normalisation=way)) for way in WAYS}


def together(states: dict[str, TrainState]) -> Iterator[dict[str, Report | Checked | Epoch | Tested]]:
    """All of them in turn, record by record. Each does what it would do alone, so the records come in the same places."""
    steps = every(next(iter(states.values())).total_steps)
    yield from (dict(zip(states, records, strict=True))
                for records in zip(*(reports(train(state), steps) for state in states.values()), strict=True))


def judge(offered: Short, accuracies: dict[str, float], images: int) -> Judged:
    """By five seeds where they were tried, else by this one run, whose accuracies are shares of so many test pictures."""
    return by_seeds(offered) if offered.tried else by_one_run(accuracies, images)


def by_seeds(offered: Short) -> Judged:
    """The best way on average, and any within CLOSE of it, is right. A way is open when its band overlaps that of the best."""
    if offered.verdict == "nothing":
        return Judged((SAME,))
    means = {way: sum(found) / len(found) for way, found in offered.tried.items()}
    right = behind(means, CLOSE)
    return Judged(right, tuple(way for way in means if way not in right and offered.overlap(way, max(means, key=means.__getitem__))))


def by_one_run(accuracies: dict[str, float], images: int) -> Judged:
    """The best way is right when no other comes within the border; else those that do are open, and SAME where all do."""
    near = behind(accuracies, border(accuracies, images))
    if len(near) == 1:
        return Judged(near)
    return Judged((), near + (SAME,) * (len(near) == len(accuracies)))


def border(accuracies: dict[str, float], images: int) -> float:
    """How far apart equal ways come by chance, when each is tested on so many pictures: CLOSE and the spread of three shares."""
    p = sum(accuracies.values()) / len(accuracies)
    return CLOSE + WIDEST * (p * (1 - p) / images) ** 0.5


def behind(accuracies: dict[str, float], far: float) -> tuple[str, ...]:
    """The best way and those that are at most so far behind it."""
    top = max(accuracies.values())
    return tuple(way for way in accuracies if accuracies[way] >= top - far)
