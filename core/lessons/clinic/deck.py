"""Which cards a class gets, and in which order: a number in the link, the same for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from core import fields
from core.lessons.clinic.card import KINDS
from core.lessons.clinic.cards import CARDS, TEXTS, TOPICS

ALL = "all"
START, END = "first", "result"                       # the deck's first card, whichever it is; what comes after the last
FIRST = ("keyword_space", "asin", "w780", "no_zero_grad", "sefl", "zero_last", "softmax_dim", "relu_class")    # every kind, every text


def spread(keys: Iterable[str]) -> tuple[str, ...]:
    """Each kind evenly over the whole, so that no card tells what the next one does; within a kind the teaching order stays."""
    keys = tuple(keys)
    place = {key: (i + 0.5) / len(alike) for kind in KINDS if (alike := [key for key in keys if CARDS[key].kind == kind])
             for i, key in enumerate(alike)}
    return tuple(sorted(keys, key=lambda key: place[key]))


ORDER = (*FIRST, *spread(key for key in CARDS if key not in FIRST))


@dataclass(frozen=True)
class ClinicSpec:
    """Number 0 keeps the order of ORDER; any other draws so many of the cards, in an order of its own. card: one of them, START or END."""

    written_in: str = fields.choice(ALL, (ALL, *TEXTS))
    topic: str = fields.choice(ALL, (ALL, *TOPICS))
    cards: int = fields.number(len(FIRST), 1, len(CARDS))
    deck: int = fields.number(0, 0, 9999)
    card: str = fields.choice(START, (START, *ORDER, END))


def fitting(written_in: str, topic: str) -> tuple[str, ...]:
    """The cards of that text about that topic, in teaching order."""
    return tuple(key for key, card in CARDS.items() if written_in in (ALL, card.text) and topic in (ALL, card.topic))


def drawn(written_in: str, topic: str, cards: int, deck: int) -> tuple[str, ...]:
    """The keys of the cards, at most `cards`; none where no defect of that text has that topic."""
    fit = fitting(written_in, topic)
    return tuple(Random(deck).sample(fit, min(cards, len(fit)))) if deck else tuple(key for key in ORDER if key in fit)[:cards]
