"""A training run: core's loop, its records as plain numbers, its weights and checkpoint as files."""

from collections.abc import Iterator
from pathlib import Path

from core import checkpoint, weights
from core.errors import SpecError
from core.evaluate import chance_loss, learning
from core.fields import clamped
from core.files import write_atomic
from core.process import for_one_run
from core.report import Report, every, reports
from core.train import Epoch, Tensor, Tested, TrainSpec, nn, start, train
from jobs.artifacts import CHECKPOINT, WEIGHTS


class TrainJob:
    """kind "train": spec = the fields of core.train.TrainSpec."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        wanted, _ = clamped(TrainSpec, spec)
        saved = resume / CHECKPOINT if resume else None
        self.state = checkpoint.load(saved) if saved and saved.is_file() else start(wanted)
        for_one_run(wanted)

    def records(self) -> Iterator[dict | None]:
        """A record for the start, for every few steps, for each epoch and for the test; None while pictures are checked."""
        state = self.state
        classes = len(state.splits.train.classes)
        yield {"type": "start", "classes": classes, "chance_loss": chance_loss(classes), "total_steps": state.total_steps}
        proven, latest = _weights(state.model), _weights(state.model)
        losses: list[tuple[float, int]] = []         # of this epoch: mean of so many steps
        try:
            for record in reports(train(state), every(state.total_steps)):
                if isinstance(record, Report):
                    losses.append((record.loss, record.steps))
                    proven, latest = latest, _weights(state.model, into=proven)
                    yield {"type": "loss", "step": record.step, "loss": record.loss}
                elif isinstance(record, Epoch):
                    yield _epoch(record, losses, classes)
                    losses = []
                elif isinstance(record, Tested):
                    test = record.test
                    yield {"type": "test", "step": record.step, "loss": test.loss, "accuracy": test.accuracy, "correct": test.correct,
                           "images": test.images}
                else:
                    yield None
        except SpecError:                            # the latest weights gave the infinite loss; those before gave a finite one
            state.model.load_state_dict(proven)
            raise

    def progress(self) -> tuple[int, int]:
        return self.state.step, self.state.total_steps

    def command(self, name: str, args: dict) -> None:
        raise SpecError("unknown_command", name=name)

    def save(self, folder: Path) -> None:
        state = self.state
        raw = weights.as_safetensors(state.model, weights.about(state.spec, state.splits, step=str(state.step)))
        write_atomic(folder / WEIGHTS, lambda file: file.write(raw))
        checkpoint.save(self.state, folder / CHECKPOINT)


def _weights(model: nn.Module, into: dict[str, Tensor] | None = None) -> dict[str, Tensor]:
    """A copy of all weights, written over an older copy where there is one."""
    if into is None:
        return {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for name, tensor in model.state_dict().items():
        into[name].copy_(tensor)
    return into


def _epoch(record: Epoch, losses: list[tuple[float, int]], classes: int) -> dict:
    """An epoch as JSON. Without validation pictures, its own training loss tells whether it learns."""
    score = record.validation
    trained = sum(loss * steps for loss, steps in losses) / max(sum(steps for _, steps in losses), 1)
    judged = score.loss if score else trained
    return {"type": "epoch", "epoch": record.epoch, "step": record.step, "learning": learning(judged, classes), "judged_loss": judged,
            "val_loss": score and score.loss, "val_accuracy": score and score.accuracy}
