"""Every value that the texts print, computed again: kind "numbers", spec = {"long": whether CIFAR-10's training runs too}."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from core.lessons.numbers import chains, rows
from core.lessons.numbers.check import check, expected, weights
from core.lessons.numbers.printed import Verdict
from jobs.kinds import Job

TOGETHER_S = 0.3                                     # verdicts that come faster are told together


class NumbersJob(Job):
    """Begins again when it was interrupted: without the long one it takes less than a minute."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.long = bool(spec.get("long"))
        self.rows = sorted(rows(), key=lambda row: bool(row.chain))        # the quick ones first, so that the squares fill at once
        self.weights, self.signs = weights(self.rows, self.long), expected(self.rows)
        self.row, self.alive = 0, 0                  # rows judged, and signs of life since

    def records(self) -> Iterator[dict | None]:
        chains.forget()                              # a worker may have run them for somebody else
        yield {"type": "start", "rows": len(self.rows)}
        waiting, told_at = [], time.monotonic()
        for verdict in check(self.rows, self.long):
            waiting += self.seen(verdict)
            if time.monotonic() - told_at > TOGETHER_S:
                yield {"type": "verdicts", "rows": waiting} if waiting else None
                waiting, told_at = [], time.monotonic()
        yield {"type": "verdicts", "rows": waiting}

    def seen(self, verdict: Verdict | None) -> list[dict]:
        if verdict is None:
            self.alive += 1
            return []
        self.row, self.alive = self.row + 1, 0
        return [asdict(verdict) | {"why": list(verdict.why)}]

    def progress(self) -> tuple[int, int]:
        """In hundredths of a second or so."""
        done = sum(self.weights[:self.row])
        if self.row < len(self.rows):
            done += min(self.weights[self.row] * self.alive // max(1, self.signs[self.row]), self.weights[self.row])
        return done, sum(self.weights)
