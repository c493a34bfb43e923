"""Bring a dataset's published files to this machine, with progress and a check of every byte."""

import errno
import hashlib
import shutil
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from core.data import DATASETS, info, load, vision
from core.errors import SpecError
from core.lock import FileLock

TRIES = 3
PIECE = 1 << 16                                      # bytes read at a time
TIMEOUT_S = 5                                        # a job that says nothing for ten seconds is taken for dead
LOOK_S = 0.2                                         # how often one that waits tells how far it is
PARTIAL = 206                                        # the answer "from the byte that you asked for"


@dataclass(frozen=True)
class Fetched:
    """How far the download has come, over all files of the dataset."""

    done_bytes: int
    total_bytes: int
    doing: str                                       # a file's name; "" while all is unpacked
    replaced: bool = False                           # a stored copy was damaged: it was set aside as *.bad


@dataclass(frozen=True)
class File:
    """A published file: where it is, where torchvision looks for it, and its checksum."""

    url: str
    path: Path
    md5: str

    @property
    def part(self) -> Path:
        """What has arrived of it. It stays when the download is interrupted, and the next one goes on behind its last byte."""
        return self.path.with_name(f"{self.path.name}.part")


def fetch(key: str) -> Iterator[Fetched]:
    """Download and unpack what is missing; set aside what is damaged, and fetch that again.

    One process downloads a dataset at a time; another one that is told the same waits and tells how far the first has come.
    Nothing is written in place before its checksum was right.
    Raises SpecError("no_internet"), ("disk_full"), ("folder_not_writable") or ("damaged_download").
    """
    dataset = info(key)
    if not dataset.download_mb or _whole(key):
        return
    total = round(dataset.download_mb * 1e6)
    lock = FileLock(vision.root() / f"firstlight-{key}.lock")
    with _writing(lock.path.parent):
        while not lock.acquire():
            name = next((file.path.name for file in files(key) if file.part.is_file()), "")
            yield Fetched(min(sum(map(_arrived, files(key))), total), total, name)
            time.sleep(LOOK_S)
    try:
        yield from _fetch(key, total)
    finally:
        lock.release()


def files(key: str) -> list[File]:
    """The files that torchvision would download, with torchvision's own addresses and checksums."""
    source, root = _source(key), vision.root()
    if key == "cifar10":
        return [File(source.url, root / source.filename, source.tgz_md5)]
    return [File(source.mirrors[0] + name, root / source.__name__ / "raw" / name, md5) for name, md5 in source.resources]


def _fetch(key: str, total: int) -> Iterator[Fetched]:
    if _whole(key):                                  # meanwhile, by another process
        return
    replaced = False
    if info(key).present():
        for path in vision.unpacked(key):
            replaced |= _set_aside(path)
    missing = total - sum(map(_arrived, files(key)))
    free = shutil.disk_usage(vision.root()).free
    if free < missing + 2 * total:                   # the archive, and what it unpacks to
        raise SpecError("disk_full", free_mb=free // 1_000_000, needed_mb=(missing + 2 * total) // 1_000_000)
    before = 0
    for file in files(key):
        if file.path.is_file() and _md5(file.path) != file.md5:
            replaced |= _set_aside(file.path)
        for done in _download(file, key):
            yield Fetched(min(before + done, total), total, file.path.name, replaced)
        before += file.path.stat().st_size
    with ThreadPoolExecutor(1) as aside:             # unpacking takes seconds; whoever watches wants a sign of life
        unpacking = aside.submit(_unpack, key)
        while not unpacking.done():
            yield Fetched(total, total, "", replaced)
            time.sleep(LOOK_S)
    unpacking.result()
    yield Fetched(total, total, "", replaced)


def _download(file: File, key: str) -> Iterator[int]:
    """Bytes done so far. A file that lies there already is complete: it is not fetched again."""
    if file.path.is_file():
        yield file.path.stat().st_size
        return
    with _writing(file.path.parent):
        file.part.touch()
    for attempt in range(1, TRIES + 1):
        try:
            yield from _stream(file.url, file.part)
            break
        except (OSError, HTTPException) as failed:                         # URLError and time-outs are OSErrors
            if isinstance(failed, OSError) and failed.errno == errno.ENOSPC:
                raise SpecError("disk_full", free_mb=0, needed_mb=round(3 * info(key).download_mb)) from failed
            if attempt == TRIES:
                raise SpecError("no_internet", value=key, folder=str(vision.root())) from failed
            yield _arrived(file)
            time.sleep(attempt)
    if _md5(file.part) != file.md5:
        file.part.unlink()
        raise SpecError("damaged_download", value=key, file=file.path.name)
    file.part.replace(file.path)


def _stream(url: str, part: Path) -> Iterator[int]:
    """Append what is missing behind the part's last byte, or begin again where the site can only send the whole."""
    done = part.stat().st_size
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        goes_on = answer.status == PARTIAL
        done = done if goes_on else 0
        with part.open("ab" if goes_on else "wb") as out:
            while piece := answer.read(PIECE):
                out.write(piece)
                done += len(piece)
                yield done


def _unpack(key: str) -> None:
    """torchvision unpacks what it finds complete and downloads nothing more. Read once, the pictures are quick to load ever after."""
    _source(key)(vision.root(), download=True)
    _whole(key)


def _whole(key: str) -> bool:
    """Whether all its files are there and can be read."""
    try:
        for train in (True, False):
            load(key, train)
    except SpecError:                                # missing or damaged
        return False
    return True


def _set_aside(path: Path) -> bool:
    """Rename a damaged file to *.bad, so that nobody's only copy is lost. Whether there was one."""
    if not path.is_file():
        return False
    path.replace(path.with_name(f"{path.name}.bad"))
    return True


def _arrived(file: File) -> int:
    """Bytes of it on this machine, complete or not."""
    return next((path.stat().st_size for path in (file.path, file.part) if path.is_file()), 0)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make the folder. Whatever cannot be written there is refused as such."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as refused:
        raise SpecError("folder_not_writable", folder=str(folder)) from refused


def _source(key: str) -> type:
    """torchvision's class for a dataset."""
    return getattr(vision.datasets(), vision.PUBLISHED[key])


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


FETCHABLE = tuple(key for key, dataset in DATASETS.items() if dataset.download_mb)
