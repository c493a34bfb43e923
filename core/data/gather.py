"""Read pictures of a learner's own, sorted into one folder for each class, from a zip or from a folder of this server."""

import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from core import picture_file
from core.data import kept, vision
from core.data.imageset import Chosen, ImageSet
from core.data.kept import PART, SIDE
from core.errors import SpecError
from core.images import resize
from core.picture_file import Picture

MOST_ENTRIES = 2_000                                 # of a zip
MOST_MB = 200                                        # that a zip may unpack to
MOST_RATIO = 100                                     # of what an entry unpacks to, to its size in the zip
MOST_FILES = 70_000                                  # of a folder
MOST_PIXELS_MB = 400                                 # of all pictures, a byte for each channel of a pixel; keeping them takes 530 MB
MOST_FILE_MB = 20
MOST_CLASSES = 100
MOST_BAD = 0.2                                       # of the files
TINY, NATIVE = 8, 64                                 # pixels: squares of one side from TINY to NATIVE keep it
SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test", "val": "val", "valid": "val", "validation": "val"}
UTF8 = 0x800                                         # the flag of a zip entry whose name is UTF-8 for certain
CHINESE = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]")     # one of the common characters in GBK; in cp437 a frame or a Greek letter, then any
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

    train: Chosen
    test: Chosen
    skipped: tuple[tuple[str, str], ...]
    folders: tuple[str, ...]                         # as in kept.About


@dataclass
class _Found:
    """What has been read so far."""

    channels: int = 1                                # of all pictures, as their side
    side: int = 0
    pixels: bytearray = field(default_factory=bytearray)                   # it grows in place, where a tensor would be copied
    paths: list[PurePosixPath] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def images(self) -> Tensor:
        """(N, channels, side, side) uint8, no copy."""
        return torch.frombuffer(self.pixels, dtype=torch.uint8).view(-1, self.channels, self.side, self.side)


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
    left = [MOST_MB * 1_000_000]                     # bytes that may still be read: an entry may hold more than it says
    files = [Entry(_below(name), lambda entry=entry: _unpacked(archive, entry, left)) for name, entry in _checked(archive)]
    return (yield from gather(files))


def from_folder(name: str) -> Progress:
    """As `from_zip`, of FIRSTLIGHT_DATA/folders/NAME. Files outside of it, behind a link, are left out.

    Raises SpecError("no_such_folder"), ("folder_too_large"), and as `gather`.
    """
    place = (folders() / name).resolve()
    if name not in folder_names():
        raise SpecError("no_such_folder", value=name, known=", ".join(folder_names()))
    paths = list(islice((Path(at) / file for at, _, files in os.walk(place) for file in files), MOST_FILES + 1))
    if len(paths) > MOST_FILES:
        raise SpecError("folder_too_large", limit=MOST_FILES)
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

    Pictures below a folder val are for testing where there is no test, and are left out where there is one.
    Raises SpecError: "too_few_classes", "too_many_classes", "class_too_small", "class_only_in_one_split", "too_many_bad",
    "too_many_pixels".
    """
    wanted = sorted((file for file in files if _is_picture_place(file.path)), key=lambda file: file.path)
    uses = {_use(file.path): _above(file.path) for file in wanted}         # "test": "Test", as the folder is written
    spare = [file.path for file in wanted if "test" in uses and _use(file.path) == "val"]
    wanted = [file for file in wanted if "test" not in uses or _use(file.path) != "val"]
    found = _Found()
    for i, file in enumerate(wanted, start=1):
        if picture := _read(found, file):
            for _ in _adapt(found, picture):
                yield i - 1, len(wanted)
            found.pixels += _squared(picture.pixels, found.side).expand(found.channels, -1, -1).numpy().tobytes()
            found.paths.append(file.path)
        yield i, len(wanted)
    _check_files(found, len(wanted))
    found.skipped += [(_shown(path), "val_beside_test") for path in spare]
    return _split(found, uses)


def _read(found: _Found, file: Entry) -> Picture | None:
    """A picture, or None when the file is left out."""
    if file.path.suffix.lower() in ARCHIVES or len(file.path.parts) < 2:
        found.skipped.append((_shown(file.path), "nested_archive" if file.path.suffix.lower() in ARCHIVES else "no_class_folder"))
        return None
    try:
        return picture_file.read(file.read(), 4 * SIDE)
    except SpecError as refused:
        found.skipped.append((_shown(file.path), refused.code))
    except DAMAGED:
        found.skipped.append((_shown(file.path), "picture_damaged"))
    return None


def _adapt(found: _Found, picture: Picture) -> Iterator[None]:
    """Decide side and channels anew with one picture more, and convert those before it when that changes them.

    Raises SpecError("too_many_pixels").
    """
    side = picture.high if picture.high == picture.wide and TINY <= picture.high <= NATIVE else SIDE
    side = side if found.side in (0, side) else SIDE # two that differ: the usual side, for good
    channels = max(found.channels, len(picture.pixels))
    size = (len(found.paths) + 1) * channels * side**2
    if size > MOST_PIXELS_MB * 1_000_000:
        raise SpecError("too_many_pixels", value=len(found.paths) + 1, megabytes=size // 1_000_000, side=side, limit=MOST_PIXELS_MB)
    if found.paths and (channels, side) != (found.channels, found.side):
        pixels = bytearray()
        for part in found.images().split(PART):      # (n, C, H, H) -> (n, channels, side, side)
            pixels += (part if side == found.side else resize(part, found.side, side)).expand(-1, channels, -1, -1).numpy().tobytes()
            yield
        found.pixels = pixels
    found.channels, found.side = channels, side


def _squared(pixels: Tensor, side: int) -> Tensor:
    """The square in the middle, side x side. Shapes: (C, H, W) -> (C, side, side)."""
    _, high, wide = pixels.shape
    shorter = min(high, wide)
    top, left = (high - shorter) // 2, (wide - shorter) // 2
    square = pixels[:, top:top + shorter, left:left + shorter]
    return square if shorter == side else resize(square[None], shorter, side)[0]


def _check_files(found: _Found, files: int) -> None:
    classes = sorted(set(map(_class, found.paths)))
    if len(found.skipped) > MOST_BAD * files:
        raise SpecError("too_many_bad", value=len(found.skipped), files=files, first=found.skipped[0][0], reason=found.skipped[0][1])
    if len(classes) < 2:
        raise SpecError("too_few_classes", value=len(classes), known=", ".join(classes) or "-")
    if len(classes) > MOST_CLASSES:
        raise SpecError("too_many_classes", value=len(classes), limit=MOST_CLASSES)


def _split(found: _Found, uses: dict[str, str]) -> Gathered:
    """By the folders train and test where there are both, else at random. Every class must be in both parts."""
    names = [_class(path) for path in found.paths]
    classes = sorted(set(names))
    label = {name: i for i, name in enumerate(classes)}
    every = ImageSet(found.images(), torch.tensor([label[name] for name in names]), tuple(classes))
    asked = "test" if "test" in uses else "val"
    is_test = torch.tensor([_use(path) == asked for path in found.paths])
    by_folders = asked in uses and not is_test.all()
    if by_folders:
        _check_split(every, is_test, uses["train"] or "train", uses[asked])
    else:
        _check_counts(every)
    folders = _class_folders(found.paths, is_test if by_folders else torch.zeros_like(is_test))
    is_test = is_test if by_folders else kept.split(every.labels)
    train, test = (every.choose(mask.nonzero().squeeze(1)) for mask in (~is_test, is_test))
    return Gathered(train, test, tuple(found.skipped), folders)


def _check_counts(every: ImageSet) -> None:
    for name, count in zip(every.classes, every.class_counts().tolist(), strict=True):
        if count < 2:                                # one to learn from, one to be tested on
            raise SpecError("class_too_small", name=name, value=count)


def _check_split(every: ImageSet, is_test: Tensor, train: str, test: str) -> None:
    """A split that somebody made is used as it is, or not at all."""
    for i, name in enumerate(every.classes):
        tests, total = int(is_test[every.labels == i].sum()), int((every.labels == i).sum())
        if tests in (0, total):
            there, folder = (train, test) if tests == 0 else (test, train)
            raise SpecError("class_only_in_one_split", name=name, value=total, there=there, folder=folder)


def _class_folders(paths: list[PurePosixPath], is_test: Tensor) -> tuple[str, ...]:
    """What holds the class folders: one folder, or train's and test's; () when they lie in more places, or one inside the other."""
    above = [{path.parts[:-2] for path, test in zip(paths, is_test.tolist(), strict=True) if test is wanted} for wanted in (False, True)]
    if any(len(places) > 1 for places in above):
        return ()
    train, *test = (next(iter(places)) for places in above if places)
    return () if test and test[0][:len(train)] == train else tuple("/".join(parts) for parts in (train, *test))


def _above(path: PurePosixPath) -> str:
    """The folder above the class's that says what its pictures are for; "" without one."""
    return next((part for part in reversed(path.parts[:-2]) if part.lower() in SPLITS), "")


def _use(path: PurePosixPath) -> str:
    """train, test or val."""
    return SPLITS.get(_above(path).lower(), "train")


def _class(path: PurePosixPath) -> str:
    """A folder's name as a class's name: printable, no longer than it can be shown."""
    return "".join(c for c in path.parts[-2] if c.isprintable()).strip()[:NAME] or "?"


def _is_picture_place(path: PurePosixPath) -> bool:
    """Neither hidden, nor a Mac's second copy, nor a desktop's own file."""
    return not any(part.startswith(".") or part in ("__MACOSX", "Thumbs.db", "desktop.ini") for part in path.parts)


def _below(name: str) -> PurePosixPath:
    """A zip entry's path without what would lead upwards; nothing is written under it anyway."""
    return PurePosixPath(*(part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..")))


def _shown(path: PurePosixPath) -> str:
    """The end of a path; a name that is no text on this server is shown as far as it is."""
    return str(path)[-80:].encode("utf-8", "replace").decode()


def _named(archive: zipfile.ZipFile) -> list[tuple[str, bytes, zipfile.ZipInfo]]:
    """Each entry with its name, and with that name's bytes as they stand in the zip.

    Without the flag a name's encoding is nowhere said, and zipfile has taken each byte for a letter of cp437.
    """
    every = archive.infolist()
    raw = [entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8 else "cp437") for entry in every]
    guess = _encoding([name for name, entry in zip(raw, every, strict=True) if not entry.flag_bits & UTF8])
    decoded = [name.decode("utf-8" if entry.flag_bits & UTF8 else guess) for name, entry in zip(raw, every, strict=True)]
    return [(name.partition("\0")[0], *of) for name, *of in zip(decoded, raw, every, strict=True)]


def _encoding(names: list[bytes]) -> str:
    """UTF-8 when all names can be that, else what Windows writes in China, else the standard's. One name alone says too little:

    the bytes of 猫 in GBK are those of è in UTF-8, and those of ün in cp437 are a rare character in GBK.
    """
    together = b"\n".join(names)
    for encoding in ("utf-8", "gbk") if CHINESE.search(together) else ("utf-8",):
        try:
            together.decode(encoding)
            return encoding
        except UnicodeDecodeError:
            continue
    return "cp437"


def _checked(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """The files of a zip by name, after what its directory declares was found to be within the limits."""
    every = _named(archive)
    files = [(name, entry) for name, _, entry in every if not name.endswith("/")]
    if len(every) > MOST_ENTRIES:
        raise SpecError("zip_too_many", value=len(every), limit=MOST_ENTRIES)
    total = sum(entry.file_size for _, entry in files)
    if total > MOST_MB * 1_000_000:
        raise SpecError("zip_too_large", megabytes=total // 1_000_000, limit=MOST_MB)
    for name, entry in files:
        if entry.flag_bits & 1:
            raise SpecError("zip_encrypted", file=name)
        if entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise SpecError("zip_ratio", file=name, value=entry.file_size // max(entry.compress_size, 1), limit=MOST_RATIO)
    end = 0
    for name, raw, entry in sorted(every, key=lambda named: named[2].header_offset):
        if entry.header_offset < end:                # two entries share bytes: a small file would unpack to a huge one
            raise SpecError("zip_overlaps", file=name)
        end = entry.header_offset + 30 + len(raw) + entry.compress_size    # 30 bytes of header
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
