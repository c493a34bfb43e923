"""The ladder: "What is torch.nn really?" in thirteen rungs. Each is a complete short program in a file of its own, and that file runs."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

import torch
from torch import Tensor, nn

from core.errors import SpecError
from core.ladder.split import DATASETS, Split, data
from core.seeded import seeded_steps

__all__ = ["DATASETS", "RUNGS", "Rung", "Split", "Told", "data", "guesses", "program", "run"]

EVERY = 10                                           # so many batches between two signs of life


@dataclass(frozen=True)
class Rung:
    """file: the program, core/ladder/FILE.py. start: its name for what makes the model. epochs: the text's.

    printed: what the text printed in 2019, unseeded: "before", "after" as (loss, accuracy) or (loss,), "epoch" as losses epoch by epoch.
    """

    file: str
    start: str
    printed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    epochs: int = 2


@dataclass(frozen=True)
class Told:
    """What a rung says while it runs.

    what: "before" and "after", on the batch that the text looks at; "batch", a sign of life; "epoch", the validation loss after
    epoch number `epoch`, as the text averages it; "whole", the whole validation set at the end.
    """

    what: str
    loss: float
    accuracy: float | None = None
    epoch: int | None = None


RUNGS: dict[str, Rung] = {
    "r1": Rung("r01_tensors", "first_weights", {"before": (2.3620, 0.0938), "after": (0.0822, 1.0)}),
    "r2": Rung("r02_functional", "first_weights", {"after": (0.0822, 1.0)}),
    "r3": Rung("r03_module", "Logistic", {"before": (2.2082,), "after": (0.0812,)}),
    "r4": Rung("r04_linear", "Logistic", {"before": (2.2731,), "after": (0.0820,)}),
    "r5": Rung("r05_optim", "get_model", {"before": (2.3785,), "after": (0.0802,)}),
    "r6": Rung("r06_dataset", "get_model", {"after": (0.0817,)}),
    "r7": Rung("r07_loader", "get_model", {"after": (0.0817,)}),
    "r8": Rung("r08_validation", "get_model", {"epoch": (0.3456, 0.2988)}),
    "r9": Rung("r09_fit", "get_model", {"epoch": (0.2961075816631317, 0.28558296990394594)}),
    "r10": Rung("r10_cnn", "get_model", {"epoch": (0.3829730714321136, 0.2258522843360901)}),
    "r11": Rung("r11_sequential", "get_model", {"epoch": (0.32739396529197695, 0.25574398956298827)}),
    "r12": Rung("r12_wrapped", "get_model", {"epoch": (0.32888883714675904, 0.31000419993400574)}),
    "r13": Rung("r13_gpu", "get_model", {"epoch": (0.21190375366210937, 0.18018000435829162)}),
}


def run(key: str, split: Split, seed: int = 0, epochs: int | None = None, kept: list | None = None) -> Iterator[Told]:
    """Run a rung as if `torch.manual_seed(seed)` stood before its program; the global generator is left as it was.

    kept: is given what the program made, see `made`; at the end that has learnt.
    """
    yield from told(seeded_steps(seed, _steps(program(key), key, split, epochs or _rung(key).epochs, [] if kept is None else kept)))


def guesses(key: str, learnt: Sequence, x: Tensor) -> list[int]:
    """The classes that a rung's program takes these rows (N, 784) for, with what it made."""
    prepare = getattr(program(key), "preprocess", lambda x, y: (x, y))
    model = learnt[0]
    with torch.no_grad():
        out = model(prepare(x, x)[0]) if isinstance(model, nn.Module) else x @ model + learnt[1]        # (N, 10)
    return out.argmax(1).tolist()


def told(steps: Iterator[tuple]) -> Iterator[Told]:
    """What the programs yield, as numbers; epochs are counted from 1, and most batches are left out."""
    batches = epoch = 0
    for what, *numbers in steps:
        batches += what == "batch"
        epoch += what == "epoch"
        if what != "batch" or batches % EVERY == 1:
            yield Told(what, *map(_plain, numbers), epoch=epoch if what == "epoch" else None)


def _plain(number: object) -> float:
    return number.item() if hasattr(number, "item") else number


def program(key: str) -> ModuleType:
    """The rung's file, imported when it is to run. Raises SpecError("unknown_key")."""
    return importlib.import_module(f"core.ladder.{_rung(key).file}")


def made(key: str) -> tuple:
    """What the rung's program makes before it learns: weights and bias, a model, or a model and its optimizer."""
    start = getattr(program(key), _rung(key).start)()
    return start if isinstance(start, tuple) else (start,)


def _steps(module: ModuleType, key: str, split: Split, epochs: int, kept: list) -> Iterator[tuple]:
    kept += made(key)
    yield from module.train(*split, *kept, epochs=epochs)


def _rung(key: str) -> Rung:
    if key not in RUNGS:
        raise SpecError("unknown_key", field="rung", value=key, known=", ".join(RUNGS))
    return RUNGS[key]
