"""Predict the shape: tasks by chance, the same for everybody who has the same link; the truth is what PyTorch gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from random import Random

from core import fields
from core.lessons.quiz import networks
from core.lessons.quiz.layers import BASIC, EASY, HARD, MAKERS
from core.lessons.quiz.task import RAISES, Question, posed
from core.models import MODELS

LEVELS = ("easy", "medium", "hard")
ITEMS = ("5", "10", "20")
SUBJECTS: dict[str, tuple[str, ...]] = {"all": (*MAKERS, *MODELS), "layers": tuple(MAKERS), "networks": tuple(MODELS)}
SETTLED = ("weight", "features")                     # what is asked there cannot be refused
SHOWN = 4                                            # answers to choose from


@dataclass(frozen=True)
class DrillSpec:
    """item: the number of the question, from 1 on; one more than there are shows the result."""

    level: str = fields.choice("easy", LEVELS)
    subject: str = fields.choice("all", SUBJECTS)
    items: str = fields.choice("10", ITEMS)
    seed: int = fields.number(1, 0, 9999)
    item: int = fields.number(1, 1, 21)


@dataclass(frozen=True)
class Item:
    """One question. options: what one can choose from, in the order in which they stand; none where the answer is typed."""

    question: Question
    options: tuple[str, ...]

    @property
    def truth(self) -> str:
        return self.question.outcome.answer

    @property
    def thought(self) -> dict[str, str]:
        """Wrong answer -> the key of the thought that leads to it."""
        refused = self.truth == RAISES
        found = {answer: "misfit" if refused else thought.rstrip("0123456789") for answer, thought in self.question.guesses}
        return {answer: thought for answer, thought in (found | {RAISES: "refuses"}).items() if answer != self.truth}


@lru_cache(maxsize=256)
def drill(level: str, subject: str, items: int, seed: int) -> tuple[Item, ...]:
    """The first so many of an endless row: ten questions begin with the five that one gets who asks for five."""
    found: list[Item] = []
    for i, kind in zip(range(items), _kinds(level, subject, seed), strict=False):
        known = {item.question.code for item in found}
        found.append(next(item for item in _tries(level, subject, seed, i, kind) if item.question.code not in known))
    return tuple(found)


def kinds(level: str, subject: str) -> tuple[str, ...]:
    """What is asked about at a level, in teaching order: at the lowest, of the layers only those of every first network."""
    every = (*BASIC, *MODELS) if LEVELS.index(level) == EASY else SUBJECTS["all"]
    return tuple(kind for kind in every if kind in SUBJECTS[subject])


def _kinds(level: str, subject: str, seed: int) -> Iterator[str]:
    """Every kind once in some order, then again in another; at the lowest level always in teaching order."""
    keys = kinds(level, subject)
    for turn in count():
        yield from keys if LEVELS.index(level) == EASY else Random(f"{seed} {level} {subject} turn {turn}").sample(keys, len(keys))


def _tries(level: str, subject: str, seed: int, i: int, kind: str) -> Iterator[Item]:
    """Different ones, in case that the first was there before."""
    for attempt in range(100):
        yield _item(Random(f"{seed} {level} {subject} {i} {attempt}"), LEVELS.index(level), kind)


def _item(rng: Random, level: int, kind: str) -> Item:
    asked = networks.question(kind, rng, level) if kind in MODELS else posed(MAKERS[kind](rng, level))
    return Item(asked, () if level == HARD else _options(rng, level, asked))


def _options(rng: Random, level: int, asked: Question) -> tuple[str, ...]:
    """The truth among wrong ones, by chance. From the second level on "it raises an error" is always the last."""
    truth, refusable = asked.outcome.answer, level > EASY and asked.ask not in SETTLED
    wrong = [answer for answer, _ in asked.guesses if answer != truth]
    shapes = ([] if truth == RAISES else [truth]) + rng.sample(wrong, min(SHOWN - refusable - (truth != RAISES), len(wrong)))
    return (*rng.sample(shapes, len(shapes)), *((RAISES,) if refusable else ()))
