"""What a run has told so far, kept in the browser session so that each look reads only what is new."""

from dataclasses import dataclass, field

import streamlit as st

from jobs import client

KEY = "train.history"


@dataclass
class History:
    """Records of one run by type. losses and validation are (steps, values), ready for the chart."""

    run: str
    seq: int = 0
    started: dict = field(default_factory=dict)
    tested: dict = field(default_factory=dict)
    losses: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))
    validation: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))
    epochs: list[dict] = field(default_factory=list)

    def add(self, record: dict) -> None:
        match record["type"]:
            case "start":
                self.started = record
            case "loss":
                self.losses[0].append(record["step"])
                self.losses[1].append(record["loss"])
            case "epoch":
                self.epochs.append(record)
                if record["val_loss"] is not None:
                    self.validation[0].append(record["step"])
                    self.validation[1].append(record["val_loss"])
            case "test":
                self.tested = record


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
