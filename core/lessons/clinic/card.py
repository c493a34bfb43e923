"""A card of the bug clinic: a short program with a defect of one of the texts, and three changes, one of which mends it."""

from dataclasses import dataclass
from difflib import unified_diff

KINDS = ("right", "syntax", "error", "warning", "wrong")       # what a learner can predict
TRIES = ("one", "two", "three")                                # a card's repairs, in the order in which they are offered


@dataclass(frozen=True)
class Repair:
    """A change of the program: `old`, which stands in it once, becomes `new`. gives: `Outcome.kind` of what comes of it."""

    old: str
    new: str
    gives: str


@dataclass(frozen=True)
class Card:
    """about: its title in English, for the teacher's table. text: whose defect it is, s0 to s4.

    outcome: `Outcome.kind` of the program as it stands.
    says: a part of the message that stays the same in all versions of PyTorch; "" where nothing is said. line: where, counted from 1.
    check: an expression over the program's names that is true when it did what it is for.
    """

    about: str
    text: str
    topic: str
    code: str
    outcome: str
    says: str
    line: int
    check: str
    repairs: tuple[Repair, Repair, Repair]

    @property
    def kind(self) -> str:
        """What a learner should have predicted."""
        return kind_of(self.outcome)

    @property
    def sound(self) -> bool:
        """Whether there is nothing to mend: a program that only looks wrong."""
        return self.outcome == "right"

    @property
    def right(self) -> str:
        """The one of TRIES that mends it."""
        return next(name for name, repair in zip(TRIES, self.repairs, strict=True) if repair.gives == "right")

    @property
    def offered(self) -> tuple[str, ...]:
        """The changes to choose from; where there is nothing to mend, without the one that changes nothing."""
        return tuple(name for name in TRIES if not (self.sound and name == self.right))

    def repair(self, name: str) -> Repair:
        return self.repairs[TRIES.index(name)]

    def program(self, name: str = "") -> str:
        """The program as it stands, or with one of TRIES made."""
        return self.code.replace(self.repair(name).old, self.repair(name).new, 1) if name else self.code

    def change(self, name: str) -> str:
        """The lines that go, each after "- ", and those that come, after "+ "; "" for a change of nothing.

        With the lines beside them where it would else not be clear where they stand.
        """
        lines = self._changed(name, 0)
        gone, come = ({line[1:] for line in lines if line[0] == sign} for sign in "-+")
        return "\n".join(lines if gone and not gone & come else self._changed(name, 1))

    def _changed(self, name: str, beside: int) -> list[str]:
        lines = list(unified_diff(self.code.splitlines(), self.program(name).splitlines(), n=beside, lineterm=""))
        return [f"{line[0]} {line[1:]}" for line in lines[2:] if not line.startswith("@@")]


def kind_of(outcome: str) -> str:
    """One of KINDS for `Outcome.kind`, which names an exception by its type."""
    return outcome if outcome in KINDS else "error"


def leave(code: str) -> Repair:
    """For a program that has no defect: change nothing."""
    line = code.splitlines()[0]
    return Repair(line, line, "right")
