"""A tiny Transformer that learns to reverse, sort or copy: kind "sorter", spec = the fields of core.layers.sorter.SorterSpec."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from core.fields import clamped
from core.files import write_atomic
from core.layers import sorter
from jobs.artifacts import SORTER
from jobs.kinds import Job


class SorterJob(Job):
    """Begins again when it was interrupted: it takes seconds."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.state = sorter.start(clamped(sorter.SorterSpec, spec)[0])

    def records(self) -> Iterator[dict | None]:
        yield {"type": "start", "total_steps": self.state.steps}
        for report in sorter.train(self.state):
            yield {"type": "report"} | dataclasses.asdict(report)

    def progress(self) -> tuple[int, int]:
        return self.state.step, self.state.steps

    def save(self, folder: Path) -> None:
        data = sorter.kept(self.state)
        write_atomic(folder / SORTER, lambda file: file.write(data))
