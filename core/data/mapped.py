"""Pictures that stay in their files: the system reads a page of a file when it is touched, once for all processes."""

import hashlib
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from core.files import own_folder, write_atomic

BYTES = bytes([0, 0, 8])                             # how an idx file of bytes begins; then the number of axes


def idx(path: Path, *sides: int) -> Tensor:
    """A file of MNIST's format: the kind, the number of axes, each axis as four bytes, the values. (N, *sides) uint8.

    Raises ValueError when it is not exactly that.
    """
    with path.open("rb") as file:
        kind, sizes = file.read(4), file.read(4 * (1 + len(sides)))
    shape = tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, len(sizes), 4))
    if kind != BYTES + bytes([len(shape)]) or shape[1:] != sides:
        raise ValueError(f"{path.name} holds something else than (N, {sides})")
    return mapped(path, skip=len(kind + sizes), length=math.prod(shape)).view(shape)


def kept(sources: list[Path], name: str, make: Callable[[], tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """What make() reads from `sources`, pictures (N, C, H, W) and labels (N,), both uint8, from a copy that can be mapped.

    The copy lies beside the sources, or where Firstlight keeps its own files, and is made when it is missing or the sources have
    changed. Where nothing can be written, the pictures are held in memory.
    """
    stamp = hashlib.sha256(repr([(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources]).encode()).digest()
    folder = sources[0].parent
    places = [folder / name, own_folder() / "cache" / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}-{name}"]
    for place in places:
        try:
            return _read(place, stamp)
        except (OSError, ValueError, RuntimeError):  # none, or not of these sources, or not whole
            continue
    images, labels = make()
    head = stamp + b"".join(size.to_bytes(4, "big") for size in images.shape)
    for place in places:
        try:
            write_atomic(place, lambda file: [file.write(part) for part in (head, labels.numpy(), images.numpy())])
            return _read(place, stamp)
        except (OSError, ValueError, RuntimeError):  # no right, no room
            continue
    return images, labels


def _read(place: Path, stamp: bytes) -> tuple[Tensor, Tensor]:
    with place.open("rb") as file:
        head = file.read(len(stamp) + 16)
    shape = tuple(int.from_bytes(head[i : i + 4], "big") for i in range(len(stamp), len(head), 4))
    if head[: len(stamp)] != stamp or len(shape) != 4:
        raise ValueError(f"{place.name} is no copy of these files")
    rest = mapped(place, skip=len(head), length=shape[0] + math.prod(shape))
    return rest[shape[0] :].view(shape), rest[: shape[0]]


def mapped(path: Path, skip: int, length: int) -> Tensor:
    """The `length` bytes after the first `skip`. Raises ValueError when the file is longer or shorter than that."""
    if path.stat().st_size != skip + length:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes and not {skip + length}")
    return torch.from_file(str(path), size=skip + length, dtype=torch.uint8)[skip:]        # private: writing would not reach the file
