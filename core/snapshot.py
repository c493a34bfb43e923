"""A network's weights and gradients at some steps of a run, so that its learning can be looked at again."""

from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as safetensors_bytes
from torch import Tensor, nn

from core.files import write_atomic

MOST = 24                                            # of one run; when there are more, every second one goes
WANTED = 20                                          # of a whole run
GRAD = "grad."


@dataclass(frozen=True)
class Snapshot:
    """weights: the state_dict. grads: of each convolution's and linear layer's weight, as the step used it; empty before the first."""

    weights: dict[str, Tensor]
    grads: dict[str, Tensor]


def take(model: nn.Module) -> Snapshot:
    """The network as it stands. Nothing is copied, so write it before the next step."""
    weights = {name: module.weight for name, module in model.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)}
    grads = {f"{name}.weight": weight.grad for name, weight in weights.items() if weight.grad is not None}
    return Snapshot(model.state_dict(), grads)


def save(snapshot: Snapshot, folder: Path, step: int) -> str:
    """Write it as a file of this step; its name."""
    named = {**snapshot.weights, **{GRAD + name: grad for name, grad in snapshot.grads.items()}}
    raw = safetensors_bytes({name: tensor.detach().cpu().contiguous() for name, tensor in named.items()})
    write_atomic(folder / file_name(step), lambda file: file.write(raw), sync=False)
    return file_name(step)


def read(path: Path) -> Snapshot:
    """An empty one for a file that cannot be read: snapshots do not wait for the disk, so a power cut may leave torn ones."""
    try:
        kept = load_file(path)
    except (SafetensorError, OSError):
        return Snapshot({}, {})
    grads = {name.removeprefix(GRAD): tensor for name, tensor in kept.items() if name.startswith(GRAD)}
    return Snapshot({name: tensor for name, tensor in kept.items() if not name.startswith(GRAD)}, grads)


def saved_steps(folder: Path) -> list[int]:
    """The steps whose snapshots lie in a run's folder, in order."""
    return sorted(int(path.stem.partition("-")[2]) for path in folder.glob("snapshot-*.safetensors"))


def file_name(step: int) -> str:
    return f"snapshot-{step:06d}.safetensors"


@dataclass
class Album:
    """Which snapshots a run keeps: at step 0 and then one for each `every` steps. It goes with the checkpoint, as plain numbers."""

    every: int
    steps: list[int]

    @classmethod
    def of(cls, total_steps: int) -> "Album":
        return cls(max(1, total_steps // WANTED), [])

    def due(self, step: int) -> bool:
        return not self.steps or step >= self.steps[-1] // self.every * self.every + self.every

    def add(self, model: nn.Module, folder: Path, step: int) -> str:
        """Take and write one, after making room for it; its file's name."""
        if len(self.steps) == MOST:
            for old in self.steps[1::2]:
                (folder / file_name(old)).unlink(missing_ok=True)
            self.steps, self.every = self.steps[::2], self.every * 2
        name = save(take(model), folder, step)
        self.steps.append(step)
        return name
