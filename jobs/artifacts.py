"""The files that a run leaves behind: their names, and how to find one without ever leaving the run's folder."""

from pathlib import Path

from jobs.home import run_folder

WEIGHTS = "weights.safetensors"
CHECKPOINT = "checkpoint.pt"
TWIN_WEIGHTS = {"a": "weights_a.safetensors", "b": "weights_b.safetensors"}
PREDICTIONS = "predictions.safetensors"              # of an evaluation: core.mistakes
SORTER = "sorter.safetensors"                        # of a tiny Transformer: core.layers.sorter


def artifact(run: str, name: str) -> Path | None:
    """A file that the run (or `put`) has left, None when there is none. Never a file outside the run's folder."""
    if not (run.isalnum() and run.isascii() and is_plain(name)):
        return None
    path = run_folder(run) / name
    return path if path.is_file() else None


def is_plain(name: str) -> bool:
    """Whether name can only mean a file inside the folder it is joined to, on every system."""
    return 0 < len(name) <= 100 and name.isprintable() and not name.startswith(".") and not set(name) & set('/\\:*?"<>|')
