"""Go through rows: what each needs, the training that it is read from, then the comparison."""

from collections.abc import Iterable, Iterator, Sequence

from core.lessons.numbers.chains import CHAINS, prepare
from core.lessons.numbers.printed import Printed, Verdict, told, verdict
from core.lessons.numbers.sources import SOURCES
from core.lessons.numbers.spec import VERDICTS


def check(rows: Iterable[Printed], long: bool = False) -> Iterator[Verdict | None]:
    """A verdict for each row in turn; None is a sign of life while a training runs. long: the ones of minutes too."""
    here = {need: present() for need, present in SOURCES.items()}
    for row in rows:
        chain = CHAINS.get(row.chain)
        need = chain.needs if chain else row.needs
        if need and not here[need]:
            yield told(row, "needs", f"no_{need}")
        elif chain and chain.long and not long:
            yield told(row, "later", "long")
        else:
            yield from _judged(row)


def _judged(row: Printed) -> Iterator[Verdict | None]:
    """An error is a verdict too: one row must not take the others with it."""
    try:
        if row.chain:
            for _ in prepare(row.chain):
                yield None
        yield verdict(row)
    except Exception as error:
        yield told(row, "failed", "raised", now=f"{type(error).__name__}: {error}")


def weights(rows: Sequence[Printed], long: bool = False) -> list[int]:
    """What each row costs, in hundredths of a second: nearly nothing, or the training that it is the first to need."""
    here, seen, found = {need: present() for need, present in SOURCES.items()}, set(), []
    for row in rows:
        chain = CHAINS.get(row.chain)
        runs = chain and row.chain not in seen and here[chain.needs] and (long or not chain.long)
        seen |= {row.chain} if runs else set()
        found.append(100 * chain.seconds if runs else 1)
    return found


def expected(rows: Sequence[Printed]) -> list[int]:
    """Signs of life of each row's training, from start to end."""
    return [CHAINS[row.chain].signs if row.chain else 0 for row in rows]


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many of each kind, in the order of VERDICTS."""
    found = [verdict.verdict for verdict in verdicts]
    return {kind: found.count(kind) for kind in VERDICTS}
