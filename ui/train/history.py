"""What a run has told so far, kept in the browser session so that each look reads only what is new."""

from dataclasses import dataclass, field

import streamlit as st

from jobs import client

KEY = "train.history"
Points = tuple[list[float], list[float]]             # xs, ys


def _points() -> Points:
    return [], []


@dataclass
class History:
    """Records of one run by type. The pairs of lists are (steps, values), ready for the chart."""

    run: str
    seq: int = 0
    started: dict = field(default_factory=dict)
    tested: dict = field(default_factory=dict)
    reached: dict = field(default_factory=dict)
    losses: Points = field(default_factory=_points)
    counts: list[int] = field(default_factory=list)  # steps that each loss is the mean of
    lr: Points = field(default_factory=_points)
    images_per_s: Points = field(default_factory=_points)
    validation: Points = field(default_factory=_points)
    train_accuracy: Points = field(default_factory=_points)
    val_accuracy: Points = field(default_factory=_points)
    epochs: list[dict] = field(default_factory=list)
    snapshots: list[dict] = field(default_factory=list)
    changes: list[dict] = field(default_factory=list)
    refused: list[dict] = field(default_factory=list)
    resumed: dict = field(default_factory=dict)      # the last time that the system went on with it
    in_force: dict[str, float] = field(default_factory=dict)     # lr and momentum, once they are told

    def add(self, record: dict) -> None:
        """Fields that an older version of the program did not tell are left out."""
        match record["type"]:
            case "start":
                self.started = record
            case "loss":
                self._loss(record)
            case "epoch":
                self.epochs.append(record)
                for points, name in ((self.validation, "val_loss"), (self.val_accuracy, "val_accuracy"),
                                     (self.train_accuracy, "train_accuracy")):
                    _add(points, record["step"], record.get(name))
            case "snapshot":
                self.snapshots = [kept for kept in self.snapshots if kept["step"] != record["step"]] + [record]
            case "changed":
                self.changes.append(record)
                self.in_force[record["name"]] = record["value"]
            case "refused":
                self.refused.append(record)
            case "resumed":
                self.resumed = record
            case "reached":
                self.reached = record
            case "test":
                self.tested = record

    @property
    def alarm(self) -> dict[str, list[int]]:
        """Layer -> channels that were zero for every picture looked at, after the last epoch."""
        dead = self.epochs[-1].get("dead") if self.epochs else None
        return {layer: channels for layer, channels in (dead or {}).items() if channels}

    @property
    def best(self) -> float | None:
        """The best validation accuracy; without validation pictures, that of the test."""
        return max(self.val_accuracy[1], default=self.tested.get("accuracy"))

    def _loss(self, record: dict) -> None:
        _add(self.losses, record["step"], record["loss"])
        self.counts.append(record.get("steps", 1))
        _add(self.lr, record["step"], record.get("lr"))
        pace = record.get("images_per_s")
        _add(self.images_per_s, record["step"], pace and round(pace))
        self.in_force |= {name: record[name] for name in ("lr", "momentum") if record.get(name) is not None}


def of(run: str) -> History:
    """The run's history up to now."""
    kept = st.session_state.get(KEY)
    if kept is None or kept.run != run:
        kept = History(run)
    for event in client.events(run, kept.seq):
        kept.add(event.record)
        kept.seq = event.seq
    st.session_state[KEY] = kept
    return kept


def _add(points: Points, step: int, value: float | None) -> None:
    if value is not None:
        points[0].append(step)
        points[1].append(value)
