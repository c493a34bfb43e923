"""Bring a dataset's published files to this machine, with progress and a check of every byte."""

import errno
import hashlib
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from pathlib import Path

from core.aside import LOOK_S, aside
from core.data import DATASETS, info, load, vision
from core.errors import SpecError
from core.lock import FileLock

TRIES = 3
PIECE = 1 << 16                                      # bytes read at a time, at most
TIMEOUT_S = 5
PARTIAL, NOTHING_BEHIND = 206, 416                   # answers to "from this byte on"


@dataclass(frozen=True)
class Fetched:
    """How far the download has come, over all files of the dataset."""

    done_bytes: int
    total_bytes: int
    doing: str                                       # a file's name; "" while all is unpacked
    replaced: bool = False                           # a stored file was damaged: it was set aside as *.bad


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

    def arrived(self) -> int:
        """Bytes of it on this machine, complete or not."""
        for path in (self.path, self.part):
            try:
                return path.stat().st_size
            except OSError:                          # none; or it has just been renamed
                continue
        return 0


def fetch(key: str) -> Iterator[Fetched]:
    """Download and unpack what is missing; set aside what is damaged once it can be replaced.

    One process downloads a dataset at a time; another one that is told the same waits and tells how far the first has come.
    Nothing is written in place before its checksum was right, and no file that somebody may have mapped is written again: it is
    replaced as a whole. Gives a sign of life every LOOK_S, whatever the line does.
    Raises SpecError("no_internet"), ("disk_full"), ("folder_not_writable") or ("damaged_download").
    """
    dataset = info(key)
    if not dataset.download_mb or _whole(key):
        return
    total = round(dataset.download_mb * 1e6)
    lock = FileLock(vision.root() / f"firstlight-{key}.lock")
    while not _acquired(lock):
        name = next((file.path.name for file in files(key) if file.part.is_file()), "")
        yield Fetched(min(sum(file.arrived() for file in files(key)), total), total, name)
        time.sleep(LOOK_S)
    try:
        if not _whole(key):                          # nobody has brought it meanwhile
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
    missing = total - sum(file.arrived() for file in files(key))
    free = shutil.disk_usage(vision.root()).free
    if free < missing + 2 * total:                   # the archive, and what it unpacks to
        raise SpecError("disk_full", free_mb=free // 1_000_000, needed_mb=(missing + 2 * total) // 1_000_000)
    before, replaced = 0, False
    for file in files(key):
        if file.path.is_file() and _md5(file.path) != file.md5:
            replaced |= _set_aside(file.path)
        for done in aside(_download(file, key)):
            yield Fetched(min(before + (done or 0), total), total, file.path.name, replaced)
        before += file.path.stat().st_size
    for renewed in aside(_unpack(key)):              # takes seconds
        replaced |= bool(renewed)
        yield Fetched(total, total, "", replaced)


def _download(file: File, key: str) -> Iterator[int]:
    """Bytes done so far. A file that lies there already is complete: it is not fetched again."""
    if file.path.is_file():
        yield file.path.stat().st_size
        return
    with _writing(file.path.parent, key):
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.part.touch()
    went_on = file.arrived() > 0
    yield from _tries(file, key)
    if went_on and _md5(file.part) != file.md5:      # what lay there was of another edition
        file.part.write_bytes(b"")
        yield from _tries(file, key)
    if _md5(file.part) != file.md5:
        file.part.unlink()
        raise SpecError("damaged_download", value=key, file=file.path.name)
    file.part.replace(file.path)


def _tries(file: File, key: str) -> Iterator[int]:
    for attempt in range(1, TRIES + 1):
        try:
            yield from _stream(file.url, file.part)
            return
        except (OSError, HTTPException) as failed:   # URLError and time-outs are OSErrors
            if isinstance(failed, OSError) and failed.errno == errno.ENOSPC:
                raise _disk_full(key) from failed
            if attempt == TRIES:
                raise SpecError("no_internet", value=key, folder=str(vision.root())) from failed
            yield file.arrived()
            time.sleep(attempt)


def _stream(url: str, part: Path) -> Iterator[int]:
    """Append what is missing behind the part's last byte, or begin again where the site can only send the whole.

    Raises IncompleteRead when the line ends before the file does.
    """
    done = part.stat().st_size
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as refused:
        refused.close()
        if done and refused.code == NOTHING_BEHIND:  # it is complete; its checksum will tell
            return
        raise
    with answer:
        goes_on = answer.status == PARTIAL
        done = done if goes_on else 0
        told = answer.headers.get("Content-Length")
        end = done + int(told) if told and told.isdigit() else None
        with part.open("ab" if goes_on else "wb") as out:
            while piece := answer.read1(PIECE):      # what has come, without waiting for more
                out.write(piece)
                done += len(piece)
                yield done
    if end is not None and done < end:
        raise IncompleteRead(b"", end - done)


def _unpack(key: str) -> Iterator[bool]:
    """Unpack the archives beside the dataset, then put in place each file that is missing there or another. Tells at the end whether one
    was. Read once, the pictures are quick to load ever after.

    Raises SpecError as `fetch` does.
    """
    from torchvision.datasets.utils import extract_archive

    renewed = False
    with _writing(vision.root(), key), tempfile.TemporaryDirectory(dir=vision.root(), prefix="firstlight-") as folder:
        for file in files(key):
            extract_archive(str(file.path), folder)
        fresh = {path.name: path for path in Path(folder).rglob("*")}
        for path in vision.unpacked(key):
            if path.is_file() and _md5(path) == _md5(fresh[path.name]):
                continue
            renewed |= _set_aside(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh[path.name].replace(path)
    if not _whole(key):
        raise SpecError("damaged_download", value=key, file=files(key)[0].path.name)
    yield renewed


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


def _acquired(lock: FileLock) -> bool:
    with _writing(lock.path.parent):
        lock.path.parent.mkdir(parents=True, exist_ok=True)
        return lock.acquire()


@contextmanager
def _writing(folder: Path, key: str = "") -> Iterator[None]:
    """Whatever cannot be written below the folder is refused as such."""
    try:
        yield
    except OSError as refused:
        if refused.errno == errno.ENOSPC and key:
            raise _disk_full(key) from refused
        raise SpecError("folder_not_writable", folder=str(folder)) from refused


def _disk_full(key: str) -> SpecError:
    free = shutil.disk_usage(vision.root()).free
    return SpecError("disk_full", free_mb=free // 1_000_000, needed_mb=round(3 * info(key).download_mb))


def _source(key: str) -> type:
    """torchvision's class for a dataset."""
    return getattr(vision.datasets(), vision.PUBLISHED[key])


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


FETCHABLE = tuple(key for key, dataset in DATASETS.items() if dataset.download_mb)
