"""What a run has told, as curves that can be laid over those of other runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from core.train import TrainSpec

CURVES: dict[str, str] = {                           # curve -> the kind of record that holds it under the same name
    "loss": "loss",
    "val_loss": "epoch",
    "val_accuracy": "epoch",
    "lr": "loss",
    "momentum": "loss",
    "train_loss": "epoch",
    "train_accuracy": "epoch",
}


@dataclass(frozen=True)
class Curve:
    """One number's course, (N,) each. at_s is in seconds at work."""

    step: np.ndarray
    at_s: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class Course:
    """A run's curves by name, how many steps each loss is the mean of, and its test; `steps_per_epoch` 0 while nothing was told.

    changed: settings that the learner changed while it ran, so that the spec does not tell all.
    """

    curves: dict[str, Curve] = field(default_factory=dict)
    steps: np.ndarray = field(default_factory=lambda: np.empty(0))
    steps_per_epoch: float = 0.0
    classes: int = 0
    tested: dict | None = None
    changed: tuple[str, ...] = ()

    @property
    def best(self) -> float | None:
        """The highest validation accuracy; None without validation."""
        curve = self.curves.get("val_accuracy")
        return float(curve.value.max()) if curve else None


def course(records: Iterable[dict], spec: TrainSpec) -> Course:
    """From a run's records. Records that name no lr were made with the spec's."""
    told: dict[str, list[tuple[int, float, float]]] = {name: [] for name in CURVES}
    steps, started, tested, changed, previous = [], {}, None, {}, 0
    for record in records:
        kind = record["type"]
        if kind == "loss":
            steps.append(record.get("steps", record["step"] - previous))
            previous = record["step"]
            record = {"lr": spec.lr} | record
        elif kind == "start":
            started = record
        elif kind == "test":
            tested = record
        elif kind == "changed":
            changed[record["name"]] = record["value"]
        for name in (name for name, source in CURVES.items() if source == kind):
            if record.get(name) is not None:
                told[name].append((record["step"], record.get("at_s", 0.0), record[name]))
    curves = {name: Curve(*np.array(rows, dtype=float).T) for name, rows in told.items() if rows}
    per_epoch = started.get("steps_per_epoch") or started.get("total_steps", 0) / spec.epochs
    return Course(curves, np.array(steps, dtype=float), per_epoch, started.get("classes", 0), tested, tuple(changed))


def running_mean(values: np.ndarray, steps: np.ndarray, window: int) -> np.ndarray:
    """At each point the mean over the last `window` steps. values[i] is itself the mean of steps[i] steps; all shapes (N,)."""
    total, after = np.cumsum(values * steps), np.cumsum(steps)
    before = after - steps                           # steps done before each point's own
    first = np.minimum(np.searchsorted(before, after - window), np.arange(len(values)))    # a point is never without itself
    return (total - (total - values * steps)[first]) / (after - before[first])


def differing(specs: Sequence[TrainSpec]) -> list[str]:
    """The settings in which these runs are not all alike, in the order of the spec."""
    return [f.name for f in fields(TrainSpec) if len({getattr(spec, f.name) for spec in specs}) > 1]


def as_csv(runs: Sequence[tuple[str, str, Course]]) -> str:
    """Tidy: one row for each number of each (id, title, course). A title that a spreadsheet would compute is disarmed."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("run", "title", "step", "at_s", "what", "value"))
    for run, title, told in runs:
        title = f"'{title}" if title[:1] in ("=", "+", "-", "@", "\t", "\r") else title
        for name, curve in told.curves.items():
            points = zip(curve.step, curve.at_s, curve.value, strict=True)
            writer.writerows((run, title, int(step), f"{at_s:.4f}", name, repr(float(value))) for step, at_s, value in points)
        for name in ("loss", "accuracy") if told.tested else ():
            tested = told.tested
            writer.writerow((run, title, tested["step"], f"{tested.get('at_s', 0.0):.4f}", f"test_{name}", repr(float(tested[name]))))
    return file.getvalue()
