"""Pictures of a learner's own, once they were read: all of one size in one file that can be mapped, and beside it what is known of them."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from core.data.imageset import ImageSet
from core.data.mapped import mapped
from core.errors import SpecError
from core.files import pictures_folder, write_atomic
from core.images import channel_stats

KEY = re.compile(r"(folder\.[A-Za-z0-9_-]{1,40}|zip\.[0-9a-f]{16})")
SIDE = 32                                            # pixels, of all that are not square and smaller already
VERSION = 1


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
    told |= {name: tuple(told[name]) for name in ("classes", "mean", "std")} | {"skipped": tuple(map(tuple, told["skipped"]))}
    return About(**told)


def keep(key: str, title: str, train: ImageSet, test: ImageSet, skipped: Sequence[tuple[str, str]] = ()) -> About:
    """Write a set. The description goes last: a set whose writing was cut short does not exist.

    Raises SpecError("pictures_not_kept").
    """
    mean, std = channel_stats(train.images)
    known = About(title, train.classes, train.images.shape[1], train.images.shape[-1], len(train), len(test),
                  tuple(mean.tolist()), tuple(std.clamp_min(1e-3).tolist()), tuple(skipped))
    parts: list[Tensor] = [train.labels.byte(), test.labels.byte(), train.images, test.images]
    raw = json.dumps(asdict(known), ensure_ascii=False).encode()
    try:
        write_atomic(place(key, "bin"), lambda file: [file.write(part.contiguous().numpy()) for part in parts])
        write_atomic(place(key, "json"), lambda file: file.write(raw))
    except OSError as refused:
        raise SpecError("pictures_not_kept", folder=str(pictures_folder()), reason=refused.strerror or str(refused)) from refused
    return known


def load(key: str, train: bool) -> ImageSet:
    """The pictures stay in their file. Raises ValueError when it is not whole."""
    known = about(key)
    if known is None:
        raise ValueError(f"{key} is not kept here")
    each, count = known.channels * known.side**2, known.train + known.test
    raw = mapped(place(key, "bin"), skip=0, length=count * (1 + each))
    part = slice(0, known.train) if train else slice(known.train, count)
    images = raw[count:].view(count, known.channels, known.side, known.side)
    return ImageSet(images[part], raw[:count][part].long(), known.classes)


def split(pictures: ImageSet, share: float = 0.2, seed: int = 0) -> tuple[ImageSet, ImageSet]:
    """A random stratified split: of every class its share of test pictures, at least one, and at least one left to learn from."""
    order = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(seed))
    test = []
    for label in range(len(pictures.classes)):
        of_class = order[pictures.labels[order] == label]
        test.append(of_class[: min(max(1, round(share * len(of_class))), len(of_class) - 1)])
    return pictures.divide(torch.cat(test))


def keys(kind: str) -> tuple[str, ...]:
    """Of all that are kept; kind: "folder" or "zip"."""
    return tuple(sorted(path.stem for path in pictures_folder().glob(f"{kind}.*.json") if is_key(path.stem)))
