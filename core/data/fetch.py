"""Bring a dataset's published files to this machine, with progress and a check of every byte."""

import errno
import hashlib
import os
import shutil
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from core.data import DATASETS, info, load, vision
from core.errors import SpecError

TRIES = 3
PIECE = 1 << 16                                      # bytes read at a time
TIMEOUT_S = 5                                        # a job that says nothing for ten seconds is taken for dead


@dataclass(frozen=True)
class Fetched:
    """How far the download has come, over all files of the dataset."""

    done_bytes: int
    total_bytes: int
    file: str                                        # "" while everything is unpacked


@dataclass(frozen=True)
class File:
    """A published file: where it is, where torchvision looks for it, and its checksum."""

    url: str
    path: Path
    md5: str


def fetch(key: str) -> Iterator[Fetched]:
    """Download and unpack what is missing. Nothing is written in place before its checksum was right.

    Raises SpecError("no_internet"), ("disk_full"), ("folder_not_writable") or ("damaged_download").
    """
    dataset = info(key)
    if dataset.present():
        return
    total = round(dataset.download_mb * 1e6)
    free = shutil.disk_usage(_existing(vision.root())).free
    if free < 3 * total:                             # the archive and what it unpacks to
        raise SpecError("disk_full", free_mb=free // 1_000_000, needed_mb=3 * total // 1_000_000)
    before = 0
    for file in files(key):
        for done in _download(file, key):
            yield Fetched(min(before + done, total), total, file.path.name)
        before += file.path.stat().st_size
    with ThreadPoolExecutor(1) as aside:             # unpacking takes seconds; whoever watches wants a sign of life
        unpacking = aside.submit(_unpack, key)
        while not unpacking.done():
            yield Fetched(total, total, "")
            time.sleep(0.2)
    unpacking.result()
    yield Fetched(total, total, "")


def files(key: str) -> list[File]:
    """The files that torchvision would download, with torchvision's own addresses and checksums."""
    source, root = _source(key), vision.root()
    if key == "cifar10":
        return [File(source.url, root / source.filename, source.tgz_md5)]
    return [File(source.mirrors[0] + name, root / source.__name__ / "raw" / name, md5) for name, md5 in source.resources]


def _download(file: File, key: str) -> Iterator[int]:
    """Bytes done so far. A file that is complete already is not fetched again."""
    if file.path.is_file() and _md5(file.path) == file.md5:
        yield file.path.stat().st_size
        return
    part = file.path.with_name(f"{file.path.name}.{os.getpid()}.part")     # two processes do not write into one file
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
    except OSError as refused:
        raise SpecError("folder_not_writable", folder=str(file.path.parent)) from refused
    try:
        for attempt in range(1, TRIES + 1):
            try:
                yield from _stream(file.url, part)
                break
            except (OSError, HTTPException) as failed:                     # URLError and time-outs are OSErrors
                if isinstance(failed, OSError) and failed.errno == errno.ENOSPC:
                    raise SpecError("disk_full", free_mb=0, needed_mb=round(3 * info(key).download_mb)) from failed
                if attempt == TRIES:
                    raise SpecError("no_internet", value=key, folder=str(vision.root())) from failed
                yield 0
                time.sleep(attempt)
        if _md5(part) != file.md5:
            raise SpecError("damaged_download", value=key, file=file.path.name)
        part.replace(file.path)
    finally:
        part.unlink(missing_ok=True)


def _stream(url: str, part: Path) -> Iterator[int]:
    done = 0
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, part.open("wb") as out:
        while piece := answer.read(PIECE):
            out.write(piece)
            done += len(piece)
            yield done


def _unpack(key: str) -> None:
    """torchvision unpacks what it finds complete and downloads nothing more. Read once, the pictures are quick to load ever after."""
    _source(key)(vision.root(), download=True)
    for train in (True, False):
        load(key, train)


def _source(key: str) -> type:
    """torchvision's class for a dataset."""
    return getattr(vision.datasets(), vision.PUBLISHED[key])


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


FETCHABLE = tuple(key for key, dataset in DATASETS.items() if dataset.download_mb)
