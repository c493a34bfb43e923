"""Where tensors can live on this machine."""

import os
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """key is what `tensor.to(key)` takes; name is what the maker calls it."""

    key: str
    name: str


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def torch_version() -> str:
    """Without the build's suffix."""
    return torch.__version__.partition("+")[0]


def devices() -> list[Device]:
    """The CPU first, then what else PyTorch can reach."""
    found = [Device("cpu", f"CPU, {cores()} cores")]
    if torch.cuda.is_available():
        found += [Device(f"cuda:{i}", torch.cuda.get_device_name(i)) for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    return found
