"""A training run: core's loop, its records as plain numbers, its weights, checkpoint and snapshots as files."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from core import checkpoint, weights
from core.data.imageset import ImageSet
from core.dead import dead_channels
from core.errors import SpecError
from core.evaluate import Score, chance_loss, evaluate, learning
from core.fields import clamped, rules
from core.files import write_atomic
from core.images import normalise, scale
from core.presets import works
from core.process import for_one_run
from core.report import Report, every, reports
from core.room import room
from core.snapshot import Album
from core.train import Epoch, Tested, TrainSpec, TrainState, start, train
from jobs.artifacts import CHECKPOINT, WEIGHTS
from jobs.kinds import Job

LIVE = ("lr", "momentum")                            # settings that may change while the run is at work
LOOKED_AT = 500                                      # pictures of a set: for the training accuracy and for dead channels, after each epoch
NOTHING_LEFT = object()


@dataclass
class Notes:
    """What a run remembers beside its state. It goes with the checkpoint, so that the next attempt tells the rest, and nothing twice."""

    album: Album
    begun: bool = False
    waiting: list[dict] = field(default_factory=list)                      # computed, but not told yet
    losses: tuple[float, int] = (0.0, 0)             # of this epoch: the sum over so many steps
    seconds: float = 0.0                             # at work
    proven: dict[str, Tensor] = field(default_factory=dict)                # the latest weights that gave a finite loss


class TrainJob(Job):
    """kind "train": spec = the fields of core.train.TrainSpec."""

    resumable = True

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        wanted, _ = clamped(TrainSpec, spec)
        saved = resume / CHECKPOINT if resume else None
        with room(wanted):
            self.state = checkpoint.load(saved) if saved and saved.is_file() else start(wanted)
        for_one_run(wanted)
        kept = self.state.notes
        self.notes = Notes(**{**kept, "album": Album(**kept["album"])}) if kept else Notes(Album.of(self.state.total_steps))
        self.notes.proven = {name: tensor.to(wanted.device) for name, tensor in self.notes.proven.items()}

    def records(self) -> Iterator[dict | None]:
        """A record for the start, for every few steps, for each epoch and for the test; None while pictures are checked.

        Between any two of them the run can be saved. The clock runs only while somebody waits for the next.
        """
        work = self._work()
        while True:
            began = time.monotonic()
            with room(self.state.spec):
                told = next(work, NOTHING_LEFT)
            self.notes.seconds += time.monotonic() - began
            if told is NOTHING_LEFT:
                return
            yield told

    def progress(self) -> tuple[int, int]:
        return self.state.step, self.state.total_steps

    def command(self, name: str, args: dict) -> list[dict]:
        """set lr=..., momentum=...: from the next step on. What the optimizer remembers stays."""
        unknown = [f"{name} {each}" for each in args if each not in LIVE] if name == "set" else [name]
        if unknown:
            raise SpecError("unknown_command", name=unknown[0])
        group = self.state.optimizer.param_groups[0]
        if not set(args) <= set(group):
            raise SpecError("no_momentum", optimizer=self.state.spec.optimizer)
        wanted = {each: rules(TrainSpec)[each][0].read(raw, group[each]) for each, raw in args.items()}
        told = [{"type": "changed", "step": self.state.step, "name": each, "value": value}
                for each, value in wanted.items() if value != group[each]]
        group.update(wanted)
        return told

    def save(self, folder: Path) -> None:
        state = self.state
        raw = weights.as_safetensors(state.model, weights.about(state.spec, state.splits, step=str(state.step)))
        write_atomic(folder / WEIGHTS, lambda file: file.write(raw))
        state.notes = {**vars(self.notes), "album": vars(self.notes.album)}
        checkpoint.save(state, folder / CHECKPOINT)

    def _work(self) -> Iterator[dict | None]:
        """Compute, then tell. What is computed together waits in the notes, where `save` finds what has not been told."""
        state, notes = self.state, self.notes
        if not notes.begun:
            notes.begun = True
            notes.waiting += [_start(state), *self._snapshot()]
        yield from self._tell()
        latest = _weights(state.model)
        notes.proven = notes.proven or _weights(state.model)
        began, position = time.monotonic(), state.position
        done = -(-position // state.spec.batch_size)
        try:
            for record in reports(train(state), every(state.total_steps), done, lambda: self.single, self.told_step):
                if isinstance(record, Report):
                    notes.proven, latest = latest, _weights(state.model, into=notes.proven)
                    window_s = time.monotonic() - began
                    told = self._loss(record, (state.position - position) / window_s)
                    notes.waiting += [told, *self._snapshot(), *self._time_is_up(window_s)]
                elif isinstance(record, Epoch):
                    notes.waiting += self._epoch(record)
                elif isinstance(record, Tested):
                    notes.waiting += [{"type": "test", "step": record.step, **record.test.numbers()}]
                yield from self._tell() if notes.waiting else (None,)
                began, position = time.monotonic(), state.position
        except SpecError as error:
            if error.code != "non_finite_loss":
                raise
            state.model.load_state_dict(notes.proven)                      # the latest weights gave the infinite loss; these a finite one
            raise SpecError("non_finite_loss", **error.facts, works=works(state.spec)) from None

    def _tell(self) -> Iterator[dict]:
        while self.notes.waiting:
            yield self.notes.waiting.pop(0)

    def _loss(self, record: Report, images_per_s: float) -> dict:
        total, steps = self.notes.losses
        self.notes.losses = total + record.loss * record.steps, steps + record.steps
        momentum = self.state.optimizer.param_groups[0].get("momentum")    # None: Adam has none
        return {"type": "loss", "step": record.step, "steps": record.steps, "loss": record.loss, "lr": record.lr, "momentum": momentum,
                "images_per_s": round(images_per_s, 1)}

    def _snapshot(self) -> list[dict]:
        """The file first, then the record. Without room on the disk a run goes on, and this snapshot is tried again at the next record."""
        step, album = self.state.step, self.notes.album
        if self.folder is None or not album.due(step):
            return []
        with suppress(OSError):
            return [{"type": "snapshot", "step": step, "file": album.add(self.state.model, self.folder, step)}]
        return []

    def _time_is_up(self, window_s: float) -> list[dict]:
        """After a kill the clock goes back to the checkpoint; a run does not end before the steps that it has told."""
        state, seconds = self.state, self.notes.seconds + window_s
        if not 0 < state.spec.stop_s <= seconds or state.step < self.told_step or state.step == state.total_steps:
            return []
        state.reached = "seconds"
        return [{"type": "reached", "step": state.step, "what": "seconds", "value": round(seconds, 2)}]

    def _epoch(self, record: Epoch) -> list[dict]:
        """An epoch as JSON. Without validation pictures, its own training loss tells whether it learns."""
        state, (total, steps) = self.state, self.notes.losses
        self.notes.losses = 0.0, 0
        known, unknown = _some(state.splits.train), _some(state.splits.test)
        score, trained = record.validation, _look(state, known)
        judged = score.loss if score else total / max(steps, 1)
        seen = torch.cat([known.images, unknown.images])                   # (up to 2·LOOKED_AT, C, H, W)
        told = {"type": "epoch", "epoch": record.epoch, "step": record.step, "val_loss": score and score.loss,
                "val_accuracy": score and score.accuracy, "train_loss": trained.loss, "train_accuracy": trained.accuracy,
                "learning": learning(judged, len(state.splits.train.classes)), "judged_loss": judged,
                "dead": dead_channels(state.model, normalise(scale(seen), state.splits.mean, state.splits.std))}
        if not state.reached or record.epoch == state.spec.epochs:
            return [told]
        return [told, {"type": "reached", "step": record.step, "what": state.reached, "value": score.accuracy}]


def _start(state: TrainState) -> dict:
    classes = len(state.splits.train.classes)
    return {"type": "start", "classes": classes, "chance_loss": chance_loss(classes), "total_steps": state.total_steps,
            "steps_per_epoch": state.steps_per_epoch, "batch_size": state.spec.batch_size, "images": len(state.splits.train)}


def _some(pictures: ImageSet) -> ImageSet:
    """At most LOOKED_AT pictures from all over the set, since it may be sorted."""
    return pictures.pick(slice(None, None, -(-len(pictures) // LOOKED_AT)))


def _look(state: TrainState, pictures: ImageSet) -> Score:
    splits, output = state.splits, state.spec.output
    *_, last = evaluate(state.model, pictures.images, pictures.labels, splits.mean, splits.std, output=output)
    return last.score


def _weights(model: nn.Module, into: dict[str, Tensor] | None = None) -> dict[str, Tensor]:
    """A copy of all weights, written over an older copy where there is one."""
    if into is None:
        return {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for name, tensor in model.state_dict().items():
        into[name].copy_(tensor)
    return into
