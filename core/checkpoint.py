"""A run on disk: everything that its state holds but the pictures, which the spec finds again."""

import dataclasses
from pathlib import Path

import torch

from core.files import write_atomic
from core.train import Splits, TrainSpec, TrainState, start


def save(state: TrainState, path: Path) -> None:
    """Write a checkpoint that `load` continues bit for bit. The old one stays until the new one is complete."""
    kept = {
        "spec": dataclasses.asdict(state.spec),
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "generator": state.generator.get_state(),
        "order": state.order,
        "counters": {"epoch": state.epoch, "position": state.position, "step": state.step, "reached": state.reached},
        "notes": state.notes,
    }
    write_atomic(path, lambda file: torch.save(kept, file))


def load(path: Path, splits: Splits | None = None) -> TrainState:
    """The state as it was saved."""
    kept = torch.load(path, weights_only=True, map_location="cpu")
    state = start(TrainSpec(**kept["spec"]), splits)
    state.model.load_state_dict(kept["model"])
    state.optimizer.load_state_dict(kept["optimizer"])
    state.generator.set_state(kept["generator"])
    state.order, state.notes = kept["order"], kept.get("notes", {})        # files of an older version have none
    for name, value in kept["counters"].items():
        setattr(state, name, value)
    return state
