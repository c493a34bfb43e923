"""A training run: core's loop, its records as plain numbers, its weights and checkpoint as files."""

from collections.abc import Iterator
from pathlib import Path

from core import checkpoint, weights
from core.errors import SpecError
from core.evaluate import Checked, chance_loss
from core.fields import clamped
from core.files import write_atomic
from core.process import for_one_run
from core.report import Report, every, reports
from core.train import Epoch, Tested, TrainSpec, learning, start, train
from jobs.artifacts import CHECKPOINT, WEIGHTS


class TrainJob:
    """kind "train": spec = the fields of core.train.TrainSpec."""

    def __init__(self, spec: dict, resume: Path | None = None) -> None:
        wanted, _ = clamped(TrainSpec, spec)
        saved = resume / CHECKPOINT if resume else None
        self.state = checkpoint.load(saved) if saved and saved.is_file() else start(wanted)
        for_one_run(wanted)

    def records(self) -> Iterator[dict | None]:
        splits = self.state.splits
        classes = len(splits.train.classes)
        yield {"type": "start", "train": len(splits.train), "validation": len(splits.validation), "test": len(splits.test),
               "steps_per_epoch": self.state.steps_per_epoch, "total_steps": self.state.total_steps, "classes": classes,
               "chance_loss": chance_loss(classes), "fitting": [list(step) for step in splits.fitting],
               "mean": list(splits.mean), "std": list(splits.std), "parameters": sum(p.numel() for p in self.state.model.parameters())}
        last_finite = {name: t.clone() for name, t in self.state.model.state_dict().items()}
        try:
            for record in reports(train(self.state), every(self.state.total_steps)):
                yield None if isinstance(record, Checked) else _plain(record, classes)
                if isinstance(record, Report):
                    for name, tensor in self.state.model.state_dict().items():
                        last_finite[name].copy_(tensor)
        except SpecError:
            self.state.model.load_state_dict(last_finite)
            raise

    def progress(self) -> tuple[int, int]:
        return self.state.step, self.state.total_steps

    def command(self, name: str, args: dict) -> None:
        raise SpecError("unknown_command", name=name)

    def save(self, folder: Path) -> None:
        state = self.state
        raw = weights.as_safetensors(state.model, **weights.about(state.spec, state.splits, step=str(state.step)))
        write_atomic(folder / WEIGHTS, lambda file: file.write(raw))
        checkpoint.save(self.state, folder / CHECKPOINT)


def _plain(record: Report | Epoch | Tested, classes: int) -> dict:
    """A record as JSON: numbers and short strings."""
    if isinstance(record, Report):
        return {"type": "loss", "step": record.step, "steps": record.steps, "loss": record.loss, "lr": record.lr}
    if isinstance(record, Epoch):
        score = record.validation
        return {"type": "epoch", "epoch": record.epoch, "step": record.step, "learning": learning(record, classes),
                "val_loss": score and score.loss, "val_accuracy": score and score.accuracy}
    return {"type": "test", "step": record.step, "loss": record.test.loss, "accuracy": record.test.accuracy,
            "correct": record.test.correct, "images": record.test.images}
