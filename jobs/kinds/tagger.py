"""The training of an LSTM that tags words: kind "tagger", spec = the fields of core.layers.tagger.TaggerSpec."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from core.fields import clamped
from core.layers import tagger
from jobs.kinds import Job


class TaggerJob(Job):
    """Begins again when it was interrupted: it takes seconds."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(tagger.TaggerSpec, spec)
        self.model, self.done = tagger.first(self.spec.seed), 0

    def records(self) -> Iterator[dict | None]:
        """One for every epoch, and the weights at the end."""
        for told in tagger.train(self.model, self.spec.seed):
            self.done = told.epoch
            yield {"type": "epoch", **asdict(told)}
        yield {"type": "trained", "weights": tagger.told(self.model)}

    def progress(self) -> tuple[int, int]:
        return self.done, tagger.EPOCHS
