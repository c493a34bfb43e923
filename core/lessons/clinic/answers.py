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
        """Never where there is nothing to mend."""
        return not CARDS[self.card].sound and CARDS[self.card].right in self.tries

    @property
    def at_once(self) -> bool:
        """Whether the first repair that was chosen is the right one."""
        return self.mended and self.tries[0] == CARDS[self.card].right

    @property
    def known(self) -> bool:
        """Whether the card needs no second look: predicted right, and mended at once where there is something to mend."""
        return self.foresaw and (self.at_once or CARDS[self.card].sound)


@dataclass(frozen=True)
class Score:
    """How many cards were answered, predicted (not just shown), predicted right, have a defect, were mended, and mended at once."""

    answered: int
    predicted: int
    foreseen: int
    to_mend: int
    mended: int
    at_once: int


def score(answers: Iterable[Answer]) -> Score:
    answers = tuple(answers)
    return Score(len(answers), sum(bool(one.said) for one in answers), sum(one.foresaw for one in answers),
                 sum(not CARDS[one.card].sound for one in answers), sum(one.mended for one in answers), sum(one.at_once for one in answers))
