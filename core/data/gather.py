"""Read pictures of a learner's own, sorted into one folder for each class, from a zip or from a folder of this server."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from core import picture_file
from core.data import kept, vision
from core.data.imageset import ImageSet
from core.data.kept import SIDE
from core.errors import SpecError
from core.images import grey_to_rgb, resize

MOST_ENTRIES = 2_000                                 # of a zip
MOST_MB = 200                                        # that a zip may unpack to
MOST_RATIO = 100                                     # of what an entry unpacks to, to its size in the zip
MOST_FILES = 200_000                                 # of a folder
MOST_FILE_MB = 20
MOST_CLASSES = 100
MOST_BAD = 0.2                                       # of the files
NATIVE = 64                                          # pixels: square pictures up to this side keep their size
NAME = 40                                            # letters of a class's name
DIRECTORY = b"PK\x01\x02"                            # how an entry of a zip's directory begins
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".jar")
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, LookupError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Entry:
    """One file: its path within the zip or folder, and how its bytes are read."""

    path: PurePosixPath
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Gathered:
    """Everything that could be read, split, and the files that were left out, each with the code of its error."""

    train: ImageSet
    test: ImageSet
    skipped: tuple[tuple[str, str], ...]


@dataclass
class _Found:
    """What has been read so far."""

    side: int = 0                                    # of all pictures: that of the first one
    images: list[Tensor] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    is_test: list[bool] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


Progress = Generator[tuple[int, int], None, Gathered]


def from_zip(raw: bytes) -> Progress:
    """(files done, files in all) after each file; returns what was gathered. Nothing is unpacked to the disk.

    Raises SpecError: "zip_damaged", "zip_too_many", "zip_too_large", "zip_ratio", "zip_overlaps", "zip_encrypted", and as `gather`.
    """
    listed = raw.count(DIRECTORY)                    # before zipfile makes an object of each
    if listed > 5 * MOST_ENTRIES:
        raise SpecError("zip_too_many", value=listed, limit=MOST_ENTRIES)
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except DAMAGED as error:
        raise SpecError("zip_damaged") from error
    entries = _checked(archive)
    left = [MOST_MB * 1_000_000]                     # bytes that may still be read: an entry may hold more than it says
    files = [Entry(_below(entry.filename), lambda entry=entry: _unpacked(archive, entry, left)) for entry in entries]
    return (yield from gather(files))


def from_folder(name: str) -> Progress:
    """As `from_zip`, of FIRSTLIGHT_DATA/folders/NAME. Files outside of it, behind a link, are left out.

    Raises SpecError("no_such_folder"), ("folder_too_large"), and as `gather`.
    """
    place = (folders() / name).resolve()
    if name not in folder_names():
        raise SpecError("no_such_folder", value=name, known=", ".join(folder_names()))
    paths = sorted(Path(at) / file for at, _, files in os.walk(place) for file in files)
    if len(paths) > MOST_FILES:
        raise SpecError("folder_too_large", value=len(paths), limit=MOST_FILES)
    files = [Entry(PurePosixPath(path.relative_to(place)), lambda path=path: _file(path, place)) for path in paths]
    return (yield from gather(files))


def folders() -> Path:
    """Below it every folder is a dataset that may be read, and nothing else on this server."""
    return vision.root().parent / "folders"


def folder_names() -> tuple[str, ...]:
    """The folders that are there and whose names can stand in a link. No links to elsewhere."""
    try:
        inside = [at for at in folders().iterdir() if at.is_dir() and at.resolve().parent == folders().resolve()]
        return tuple(sorted(at.name for at in inside if kept.is_key(f"folder.{at.name}")))
    except OSError:
        return ()


def gather(files: Iterable[Entry]) -> Progress:
    """Read files class by class. A file's class is the folder that it lies in; folders train and test above it split them.

    Raises SpecError: "too_few_classes", "too_many_classes", "class_too_small", "too_many_bad".
    """
    wanted = [file for file in files if _is_picture_place(file.path)]
    found = _Found()
    for i, file in enumerate(wanted, start=1):
        _add(found, file)
        yield i, len(wanted)
    _check(found, len(wanted))
    return _split(found)


def _add(found: _Found, file: Entry) -> None:
    """One picture more, or one file that is left out."""
    if file.path.suffix.lower() in ARCHIVES or len(file.path.parts) < 2:
        found.skipped.append((str(file.path)[-80:], "nested_archive" if file.path.suffix.lower() in ARCHIVES else "no_class_folder"))
        return
    try:
        pixels = picture_file.read(file.read(), 4 * (found.side or NATIVE)).pixels
    except SpecError as refused:
        found.skipped.append((str(file.path)[-80:], refused.code))
        return
    except DAMAGED:
        found.skipped.append((str(file.path)[-80:], "picture_damaged"))
        return
    if not found.side:
        _, high, wide = pixels.shape
        found.side = high if high == wide <= NATIVE else SIDE
    found.images.append(_squared(pixels, found.side))
    found.classes.append(_clean(file.path.parts[-2]))
    found.is_test.append(any(part.lower() in ("test", "val", "valid", "validation") for part in file.path.parts[:-2]))


def _squared(pixels: Tensor, side: int) -> Tensor:
    """The square in the middle, side x side. Shapes: (C, H, W) -> (C, side, side)."""
    _, high, wide = pixels.shape
    shorter = min(high, wide)
    top, left = (high - shorter) // 2, (wide - shorter) // 2
    square = pixels[:, top:top + shorter, left:left + shorter]
    return square if shorter == side else resize(square[None], shorter, side)[0]


def _check(found: _Found, files: int) -> None:
    classes = sorted(set(found.classes))
    if len(found.skipped) > MOST_BAD * files:
        raise SpecError("too_many_bad", value=len(found.skipped), files=files, first=found.skipped[0][0], reason=found.skipped[0][1])
    if len(classes) < 2:
        raise SpecError("too_few_classes", value=len(classes), known=", ".join(classes) or "-")
    if len(classes) > MOST_CLASSES:
        raise SpecError("too_many_classes", value=len(classes), limit=MOST_CLASSES)
    for name in classes:
        if found.classes.count(name) < 2:            # one to learn from, one to be tested on
            raise SpecError("class_too_small", name=name, value=found.classes.count(name))


def _split(found: _Found) -> Gathered:
    """By the folders train and test where both hold every class; else at random."""
    names = sorted(set(found.classes))
    colour = any(len(image) == 3 for image in found.images)
    images = torch.stack([grey_to_rgb(image[None], 1, 3)[0] if colour and len(image) == 1 else image for image in found.images])
    every = ImageSet(images, torch.tensor([names.index(name) for name in found.classes]), tuple(names))
    is_test = torch.tensor(found.is_test)
    train, test = (every.pick(mask.nonzero().squeeze(1)) for mask in (~is_test, is_test))
    if not (train.class_counts().all() and test.class_counts().all()):
        train, test = kept.split(every)
    return Gathered(train, test, tuple(found.skipped))


def _is_picture_place(path: PurePosixPath) -> bool:
    """Neither hidden, nor a Mac's second copy, nor a desktop's own file."""
    return not any(part.startswith(".") or part in ("__MACOSX", "Thumbs.db", "desktop.ini") for part in path.parts)


def _below(name: str) -> PurePosixPath:
    """A zip entry's path without what would lead upwards; nothing is written under it anyway."""
    return PurePosixPath(*(part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..")))


def _clean(name: str) -> str:
    """A folder's name as a class's name: printable, no longer than it can be shown."""
    return "".join(c for c in name if c.isprintable()).strip()[:NAME] or "?"


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip, after what its directory declares was found to be within the limits."""
    every = archive.infolist()
    files = [entry for entry in every if not entry.is_dir()]
    if len(every) > MOST_ENTRIES:
        raise SpecError("zip_too_many", value=len(every), limit=MOST_ENTRIES)
    total = sum(entry.file_size for entry in files)
    if total > MOST_MB * 1_000_000:
        raise SpecError("zip_too_large", megabytes=total // 1_000_000, limit=MOST_MB)
    for entry in files:
        if entry.flag_bits & 1:
            raise SpecError("zip_encrypted", file=entry.filename)
        if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise SpecError("zip_ratio", file=entry.filename, value=entry.file_size // max(entry.compress_size, 1), limit=MOST_RATIO)
    end = 0
    for entry in sorted(every, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:                # two entries share bytes: a small file would unpack to a huge one
            raise SpecError("zip_overlaps", file=entry.filename)
        end = entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size               # 30 bytes of header
    return files


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: list[int]) -> bytes:
    """An entry's bytes, never more than it declares, and never more than is left of the whole zip's share."""
    with archive.open(entry) as file:
        raw = file.read(min(entry.file_size, MOST_FILE_MB * 1_000_000) + 1)
    left[0] -= len(raw)
    if left[0] < 0:
        raise SpecError("zip_too_large", megabytes=MOST_MB, limit=MOST_MB)
    if len(raw) > entry.file_size or len(raw) > MOST_FILE_MB * 1_000_000:
        raise SpecError("picture_damaged", value=entry.filename)
    return raw


def _file(path: Path, place: Path) -> bytes:
    if not path.resolve().is_relative_to(place):
        raise SpecError("outside_folder", value=path.name)
    if path.stat().st_size > MOST_FILE_MB * 1_000_000:
        raise SpecError("file_too_large", value=path.name, limit=MOST_FILE_MB)
    return path.read_bytes()
