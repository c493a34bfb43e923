"""Two runs that differ in one setting: kind "twins", spec = {"first": TrainSpec's fields, "field": which differs, "value": the other's}."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

from core import weights
from core.evaluate import chance_loss
from core.fields import clamped
from core.files import write_atomic
from core.process import for_one_run
from core.train import Epoch, TrainSpec
from core.train import Tested as Final
from core.twins import Broken, Difference, Pair, PairReport, begin, pair_every, pair_reports
from jobs.artifacts import TWIN_WEIGHTS
from jobs.kinds import Job


class TwinsJob(Job):
    """Begins again when it was interrupted: a difference is only found by going from the start."""

    resumable = False

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        first, _ = clamped(TrainSpec, spec.get("first") or {})
        self.twins = begin(first, str(spec.get("field")), spec.get("value"))
        self.broken: dict[str, Broken] = {}          # by twin, "a" or "b"
        both = self.twins.a.spec, self.twins.b.spec
        for_one_run(max(both, key=lambda one: one.batch_size))             # one setting of the process for both

    def records(self) -> Iterator[dict | None]:
        """Numbers that JSON does not have are told as text, "nan" or "inf": twins may go on after such."""
        yield from map(_plain, self._told())

    def _told(self) -> Iterator[dict | None]:
        """A record for the start, for the first difference, for every few steps, for the ends of epochs and for both tests."""
        twins, tested = self.twins, {}
        classes = len(twins.a.splits.train.classes)
        yield {"type": "start", "classes": classes, "chance_loss": chance_loss(classes), "total_steps": twins.total_steps,
               "steps": [twins.a.total_steps, twins.b.total_steps]}
        for record in pair_reports(twins, pair_every(twins.total_steps)):
            if isinstance(record, PairReport):
                apart = None if self.broken or not math.isfinite(record.distance) else record.distance
                yield {"type": "loss", "step": record.step, "a": record.a, "b": record.b, "distance": apart, "equal": twins.equal}
            elif isinstance(record, Difference):
                yield {"type": "differs", "equal": twins.equal, **dataclasses.asdict(record)}
            elif isinstance(record, Pair) and record.kind is Epoch:
                yield {"type": "epoch", "step": self.progress()[0], "a": _epoch(record.a), "b": _epoch(record.b)}
            elif isinstance(record, Pair) and record.kind is Broken:
                yield from self.breaks(record)
            elif isinstance(record, Pair) and record.kind is Final:
                tested |= {who: one.test.numbers() for who, one in (("a", record.a), ("b", record.b)) if one}
            else:
                yield None
        yield {"type": "test", "step": self.progress()[0], "a": tested.get("a"), "b": tested.get("b"), "equal": twins.equal}

    def breaks(self, record: Pair) -> Iterator[dict]:
        """One twin ends here; the other goes on alone. Each has its own type: when both break at one step, these are two records."""
        for who, one in (("a", record.a), ("b", record.b)):
            if one:
                self.broken[who] = one
                yield {"type": f"broken_{who}", "step": one.step, "who": who, "value": str(one.loss), "lr": one.lr}

    def progress(self) -> tuple[int, int]:
        return max(self.twins.a.step, self.twins.b.step), self.twins.total_steps

    def save(self, folder: Path) -> None:
        """The weights of both; none of a twin whose loss is no number."""
        for who, state in (("a", self.twins.a), ("b", self.twins.b)):
            if who not in self.broken:
                raw = weights.as_safetensors(state.model, weights.about(state.spec, state.splits, step=str(state.step)))
                write_atomic(folder / TWIN_WEIGHTS[who], lambda file, raw=raw: file.write(raw))


def _epoch(epoch: Epoch | None) -> dict | None:
    score = epoch and epoch.validation
    return epoch and {"epoch": epoch.epoch, "val_loss": score and score.loss, "val_accuracy": score and score.accuracy}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
