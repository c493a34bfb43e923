"""Three short runs that differ in the numbers of Normalize: kind "normalisation", spec = the fields of core.train.TrainSpec."""

from collections.abc import Iterator
from pathlib import Path

from core.errors import SpecError
from core.evaluate import chance_loss
from core.fields import clamped
from core.normalising import side_by_side, together
from core.presets import works
from core.process import for_one_run
from core.report import Report
from core.train import Tested, TrainSpec
from jobs.kinds import Job


class NormalisationJob(Job):
    """Begins again when it was interrupted: it takes less than a minute."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        self.spec, _ = clamped(TrainSpec, spec)
        self.states = side_by_side(self.spec)
        for_one_run(self.spec)

    def records(self) -> Iterator[dict | None]:
        """A record for the start, one for every few steps with the losses of all three, and one for the tests."""
        some = next(iter(self.states.values()))
        classes = len(some.splits.train.classes)
        yield {"type": "start", "classes": classes, "chance_loss": chance_loss(classes), "total_steps": some.total_steps,
               "images": len(some.splits.train)}
        try:
            for all_three in together(self.states):
                yield self._told(all_three)
        except SpecError as error:
            if error.code != "non_finite_loss":
                raise
            raise SpecError("non_finite_loss", **error.facts, works=works(self.spec)) from None

    def _told(self, records: dict) -> dict | None:
        one = next(iter(records.values()))
        if isinstance(one, Report):
            return {"type": "loss", "step": one.step, "loss": {way: record.loss for way, record in records.items()}}
        if isinstance(one, Tested):
            return {"type": "test", "step": one.step, "images": one.test.images,
                    "accuracy": {way: record.test.accuracy for way, record in records.items()}}
        return None

    def progress(self) -> tuple[int, int]:
        states = self.states.values()
        return sum(state.step for state in states), sum(state.total_steps for state in states)
