"""A job that counts, with every habit, good and bad, that a job can have."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from core.errors import SpecError
from core.files import write_atomic


class CountJob:
    """spec: to (records), every_s (seconds between two), and one bad habit: `trouble` at record `at`."""

    def __init__(self, spec: dict, resume: Path | None) -> None:
        self.spec, self.at, self.step = spec, 0, 1
        self.total = spec.get("to", 3)
        if spec.get("trouble") == "cannot_begin":
            raise SpecError("bad_split", rows=0)

    def records(self) -> Iterator[dict | None]:
        while self.at < self.total:
            time.sleep(self.spec.get("every_s", 0.0))
            yield None
            self.at += self.step
            if self.at >= self.spec.get("at", 1):
                self._trouble(self.spec.get("trouble"))
            yield {"type": "epoch" if self.at % 10 == 0 else "count", "at": self.at}

    def _trouble(self, trouble: str | None) -> None:
        if trouble == "hang":
            while True:
                time.sleep(0.2)
        if trouble == "hang_hard":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            self._trouble("hang")
        if trouble == "diverge":
            raise SpecError("non_finite_loss", step=self.at, lr=5.0)
        if trouble == "refuse":
            raise SpecError("kernel_too_large", kernel=7, size=5)
        if trouble == "crash":
            raise ZeroDivisionError("a secret detail")
        if trouble == "die":
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(self) -> tuple[int, int]:
        return self.at, self.total

    def command(self, name: str, args: dict) -> None:
        if name != "stride":
            raise SpecError("unknown_command", name=name)
        self.step = args["by"]

    def save(self, folder: Path) -> None:
        write_atomic(folder / "count.txt", lambda file: file.write(str(self.at).encode()))
