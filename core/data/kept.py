"""Pictures of a learner's own, once they were read: all of one size in one file that can be mapped, and beside it what is known of them."""

import json
import os
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.data.imageset import Chosen, ImageSet
from core.errors import SpecError
from core.files import pictures_folder, write_atomic
from core.images import byte_counts, counted_stats

KEY = re.compile(r"(folder\.[A-Za-z0-9_-]{1,40}|zip\.[0-9a-f]{16})")
SIDE = 32                                            # pixels, of all that are not small squares of one size already
PART = 1000                                          # pictures that are copied, converted or written at a time
VERSION = 2


@dataclass(frozen=True)
class About:
    """What is known of a kept set without reading its pictures. The training pictures lie before the test pictures."""

    title: str                                       # the folder's or the file's name
    classes: tuple[str, ...]
    channels: int
    side: int
    train: int
    test: int
    mean: tuple[float, ...]                          # of the training pixels in [0, 1]
    std: tuple[float, ...]
    skipped: tuple[tuple[str, str], ...]             # files that were left out, each with its error's code
    folders: tuple[str, ...]                         # what holds the class folders: one, or train's and test's; () when it is elsewhere
    version: int = VERSION


def is_key(key: object) -> bool:
    return isinstance(key, str) and KEY.fullmatch(key) is not None


def place(key: str, kind: str) -> Path:
    return pictures_folder() / f"{key}.{kind}"


def about(key: str) -> About | None:
    """None while there is no such set."""
    try:
        stamp = place(key, "json").stat().st_mtime_ns
        return _about(str(place(key, "json")), stamp)
    except (OSError, ValueError, TypeError):         # none, or not whole, or of another version
        return None


@lru_cache(maxsize=64)
def _about(path: str, stamp: int) -> About:
    told = json.loads(Path(path).read_text("utf-8"))
    if told.get("version") != VERSION:
        raise ValueError("another version")
    told |= {name: tuple(told[name]) for name in ("classes", "mean", "std", "folders")} | {"skipped": tuple(map(tuple, told["skipped"]))}
    return About(**told)


def keep(key: str, title: str, train: ImageSet | Chosen, test: ImageSet | Chosen, skipped: Sequence[tuple[str, str]] = (),
         folders: Sequence[str] = ()) -> Generator[None, None, About]:
    """Write a set, with a sign of life for each thousand pictures. The description goes last: without it there is no set.

    Raises SpecError("pictures_not_kept").
    """
    channels, side = train[0][0].shape[:2]
    counts = torch.zeros(channels, 256, dtype=torch.long)
    for images in _parts(train):
        counts += byte_counts(images)
        yield
    mean, std = counted_stats(counts)
    known = About(title, train.classes, channels, side, len(train), len(test), tuple(mean.tolist()),
                  tuple(std.clamp_min(1e-3).tolist()), tuple(skipped), tuple(folders))
    raw = json.dumps(asdict(known)).encode()
    try:
        yield from _write(place(key, "bin"), [train.labels.byte(), test.labels.byte()], _parts(train), _parts(test))
        write_atomic(place(key, "json"), lambda file: file.write(raw))
    except OSError as refused:
        raise SpecError("pictures_not_kept", folder=str(pictures_folder()), reason=refused.strerror or str(refused)) from refused
    return known


def _parts(pictures: ImageSet | Chosen) -> Iterator[Tensor]:
    """Copies of all images, (PART, C, H, W) at a time: never all of them at once."""
    return (pictures.pick(indices).images for indices in torch.arange(len(pictures)).split(PART))


def _write(path: Path, *parts: Iterable[Tensor]) -> Iterator[None]:
    """As core.files.write_atomic, with a sign of life after each part: a slow disk is waited for in small pieces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in (part for several in parts for part in several):
                file.write(part.numpy())
                file.flush()
                os.fsync(handle)
                yield
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(key: str, train: bool) -> ImageSet:
    """The pictures stay in their file, and only this part of it is mapped. Raises ValueError when it is not whole."""
    known = about(key)
    if known is None:
        raise ValueError(f"{key} is not kept here")
    file, each, every = place(key, "bin"), known.channels * known.side**2, known.train + known.test
    if file.stat().st_size != every * (1 + each):
        raise ValueError(f"{file.name} has {file.stat().st_size} bytes and not {every * (1 + each)}")
    first, count = (0, known.train) if train else (known.train, known.test)
    labels = np.fromfile(file, np.uint8, count, offset=first)
    shape = (count, known.channels, known.side, known.side)
    images = np.memmap(file, np.uint8, mode="c", offset=every + first * each, shape=shape)           # writing would not reach the file
    return ImageSet(torch.from_numpy(images), torch.from_numpy(labels).long(), known.classes)


def split(labels: Tensor, share: float = 0.2, seed: int = 0) -> Tensor:
    """A random stratified split: of every class its share of test pictures, at least one, and at least one left to learn from.

    Shapes: (N,) int64 -> (N,) bool, True for a test picture.
    """
    order, is_test = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed)), torch.zeros(len(labels), dtype=torch.bool)
    for label in range(int(labels.max()) + 1):
        of_class = order[labels[order] == label]
        is_test[of_class[: min(max(1, round(share * len(of_class))), len(of_class) - 1)]] = True
    return is_test


def keys(kind: str) -> tuple[str, ...]:
    """Of all that are kept; kind: "folder" or "zip"."""
    return tuple(sorted(path.stem for path in pictures_folder().glob(f"{kind}.*.json") if is_key(path.stem)))
