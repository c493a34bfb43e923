"""A job that counts, with every habit, good and bad, that a job can have."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from core.errors import SpecError
from core.files import write_atomic
from jobs.kinds import Job


class CountJob(Job):
    """spec: to (records), every_s (seconds between two), and one bad habit: `trouble` at record `at`, `once` or at each attempt.

    With `resumable` it goes on from its file and gives its worker back when it is told to.
    """

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, self.at, self.by = spec, 0, 1
        self.total = spec.get("to", 3)
        self.resumable = spec.get("resumable", False)
        self.trouble = None if resume and spec.get("once") else spec.get("trouble")
        if spec.get("trouble") == "cannot_begin":
            raise SpecError("bad_split", rows=0)
        if resume and self.resumable and (resume / "count.txt").exists():
            self.at = int((resume / "count.txt").read_text())

    def records(self) -> Iterator[dict | None]:
        while self.at < self.total:
            time.sleep(self.spec.get("every_s", 0.0))
            yield None
            self.at += self.by
            if self.at >= self.spec.get("at", 1):
                self._trouble(self.trouble)
            yield {"type": "epoch" if self.at % 10 == 0 else "count", "step": self.at, "at": self.at}

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
        if trouble == "gpu":
            raise RuntimeError("CUDA error: an illegal memory access was encountered")
        if trouble == "die":
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(self) -> tuple[int, int]:
        return self.at, self.total

    def command(self, name: str, args: dict) -> list[dict]:
        if name != "stride":
            raise SpecError("unknown_command", name=name)
        self.by = args["by"]
        return [{"type": "changed", "step": self.at, "name": "stride", "value": self.by}]

    def save(self, folder: Path) -> None:
        write_atomic(folder / "count.txt", lambda file: file.write(str(self.at).encode()))
