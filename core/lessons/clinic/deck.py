"""Which cards a class gets, and in which order: a number in the link, the same for everybody."""

from dataclasses import dataclass
from random import Random

from core import fields
from core.lessons.clinic.cards import CARDS, TEXTS, TOPICS

ALL = "all"


@dataclass(frozen=True)
class ClinicSpec:
    """Number 0 keeps the teaching order; any other draws so many of the cards, in an order of its own."""

    written_in: str = fields.choice(ALL, (ALL, *TEXTS))
    topic: str = fields.choice(ALL, (ALL, *TOPICS))
    cards: int = fields.number(len(CARDS), 1, len(CARDS))
    deck: int = fields.number(0, 0, 9999)
    card: str = fields.choice(next(iter(CARDS)), CARDS)


def drawn(written_in: str, topic: str, cards: int, deck: int) -> tuple[str, ...]:
    """The keys of the cards, at most `cards`; none where no defect of that text has that topic."""
    fit = [key for key, card in CARDS.items() if written_in in (ALL, card.text) and topic in (ALL, card.topic)]
    return tuple(Random(deck).sample(fit, min(cards, len(fit))) if deck else fit[:cards])
