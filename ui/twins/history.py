"""What a pair has told so far, kept in the browser session so that each look reads only what is new."""

from dataclasses import dataclass, field

import streamlit as st

from core.twins import Difference
from jobs import client

KEY = "twins.history"
Points = tuple[list[float], list[float]]             # xs, ys


@dataclass
class History:
    """Records of one pair. `a`, `b` and `distance` are (steps, values), ready for the chart."""

    run: str
    seq: int = 0
    started: dict = field(default_factory=dict)
    tested: dict = field(default_factory=dict)
    first: Difference | None = None
    equal: int = 0                                   # pairs of numbers that were compared and found equal
    a: Points = field(default_factory=lambda: ([], []))
    b: Points = field(default_factory=lambda: ([], []))
    distance: Points = field(default_factory=lambda: ([], []))
    broken: dict[str, dict] = field(default_factory=dict)
    epochs: list[dict] = field(default_factory=list)

    def add(self, record: dict) -> None:
        match record["type"]:
            case "start":
                self.started = record
            case "differs":
                told = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
                        if name not in ("type", "equal", "at_s")}
                told |= {who: float(told[who]) for who in "ab" if told[who] is not None}       # "inf" and "nan" travel as text
                self.first = Difference(**told | {"shapes": tuple(map(tuple, told["shapes"]))})
                self.equal = record["equal"]
            case "loss":
                self._loss(record)
            case "epoch":
                self.epochs.append(record)
            case "broken" | "broken_a" | "broken_b":               # "broken": as an older version told it
                self.broken[record["who"]] = record
            case "test":
                self.tested, self.equal = record, record["equal"]

    def val_accuracy(self, who: str) -> float | None:
        """After that twin's last epoch."""
        return next((e[who]["val_accuracy"] for e in reversed(self.epochs) if e[who]), None)

    def _loss(self, record: dict) -> None:
        self.equal = record["equal"]
        for points, value in ((self.a, record["a"]), (self.b, record["b"]), (self.distance, record["distance"])):
            if value is not None:
                points[0].append(record["step"])
                points[1].append(value)


def of(run: str) -> History:
    """The pair's history up to now."""
    kept = st.session_state.get(KEY)
    if kept is None or kept.run != run:
        kept = History(run)
    for event in client.events(run, kept.seq):
        kept.add(event.record)
        kept.seq = event.seq
    st.session_state[KEY] = kept
    return kept
