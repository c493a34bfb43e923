"""What a learner has answered, and how much of it was right."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.lessons.clinic.cards import CARDS


@dataclass(frozen=True)
class Answer:
    """said: one of KINDS, "" for "just show me". tries: the repairs in the order in which they were chosen."""

    card: str
    said: str
    tries: tuple[str, ...] = ()

    @property
    def foresaw(self) -> bool:
        return self.said == CARDS[self.card].kind

    @property
    def mended(self) -> bool:
        return CARDS[self.card].right in self.tries

    @property
    def at_once(self) -> bool:
        """Whether the first repair that was chosen is the right one."""
        return self.tries[:1] == (CARDS[self.card].right,)


@dataclass(frozen=True)
class Score:
    """How many cards were answered, predicted right, mended, and mended at the first try."""

    answered: int
    foreseen: int
    mended: int
    at_once: int


def score(answers: Iterable[Answer]) -> Score:
    answers = tuple(answers)
    return Score(len(answers), sum(one.foresaw for one in answers), sum(one.mended for one in answers), sum(one.at_once for one in answers))
