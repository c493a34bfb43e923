"""When memory runs out: the run that asked for too much fails with a sentence, and nothing else does."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from core.errors import SpecError
from core.train import TrainSpec

FULL = ("can't allocate memory", "out of memory")    # how PyTorch says it on the CPU, and on a GPU that others have filled


@contextmanager
def room(spec: TrainSpec) -> Iterator[None]:
    """Raises SpecError("no_room") on a GPU or ("no_room_cpu"), with the largest power of two up to an eighth of the batch size."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and not any(words in str(error) for words in FULL):
            raise
        facts = {"device": spec.device, "batch_size": spec.batch_size, "network": spec.network, "fits": smaller(spec.batch_size)}
        raise (SpecError("no_room_cpu", **facts) if spec.device == "cpu" else SpecError("no_room", **facts)) from error


def smaller(batch_size: int) -> int:
    """4096 -> 512; never below 1."""
    return 1 << max((batch_size // 8).bit_length() - 1, 0)
