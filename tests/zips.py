"""Zips of small pictures, as a learner would pack them."""

import io
import zipfile

from PIL import Image


def png(colour: tuple[int, ...], size: tuple[int, int] = (32, 32), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("L" if len(colour) == 1 else "RGB", size, colour if len(colour) > 1 else colour[0]).save(file, kind)
    return file.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return file.getvalue()


def pets(count: int = 5) -> dict[str, bytes]:
    """Cats are red, dogs are blue."""
    return {f"{name}/{i}.png": png((i * 20, 0, 255 if name == "dog" else 0)) for name in ("cat", "dog") for i in range(count)}


def unflagged(files: dict[str, bytes], encoding: str) -> bytes:
    """A zip whose names are in this encoding and that does not say so, as Windows writes one in China ("gbk") or an old Mac ("utf-8")."""
    stand_ins = {name: f"Q{i}".ljust(len(name.encode(encoding)), "Q") for i, name in enumerate(files)}
    raw = zipped({stand_ins[name]: inside for name, inside in files.items()})
    for name, stand_in in stand_ins.items():
        raw = raw.replace(stand_in.encode(), name.encode(encoding))        # in the entry's header and in the directory
    return raw
