"""From a file that anybody may have sent to a picture: checked before it is decoded, and nothing but its pixels kept.

16 megapixels take 0.03 s (JPEG) to 0.6 s (PNG, WebP) of one core. Pillow decodes without Python's lock, so other threads go on meanwhile:
measured, they waited at most 0.2 s, usually 0.01 s.
"""

import io
import re
import struct
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps
from torch import Tensor

from core.errors import SpecError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
JPEG = {"MPO": "JPEG"}                               # phones put several pictures into one JPEG; Pillow then calls it MPO
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")                # where a part of a JPEG begins; the others stand among its pixels
START, END, SCAN = b"\xd8", b"\xd9", b"\xda"
SIDEWAYS = range(5, 9)                               # Exif's orientations that exchange height and width
MOST_MEGAPIXELS = 16
MOST_SIDE = 8192                                     # pixels
MOST_SCANS = 12                                      # a JPEG may come in layers, usually 10; each costs up to 0.02 s
UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, OverflowError, AssertionError, struct.error, zlib.error,
              Image.DecompressionBombError)          # no MemoryError: that is not the file's fault


@dataclass(frozen=True)
class Picture:
    """pixels (C, H, W) uint8, C = 1 for grey and 3 for colours. high, wide: the file's own size in pixels, as the picture is looked at."""

    pixels: Tensor
    high: int
    wide: int


def read(raw: bytes, side: int | None = None) -> Picture:
    """The first frame, turned as its camera was held, on white where it is transparent. side: reduce the longer side to at most this.

    Raises SpecError: "not_a_picture", "picture_too_large", "picture_too_long", "picture_in_layers", "picture_damaged".
    """
    image = opened(raw)
    (wide, high), kind = image.size, JPEG.get(image.format, image.format)
    if wide * high > MOST_MEGAPIXELS * 1_000_000:
        raise too_large(wide * high)
    if max(wide, high) > MOST_SIDE:
        raise SpecError("picture_too_long", value=max(wide, high), limit=MOST_SIDE)
    if kind == "JPEG" and (found := scans(raw)) > MOST_SCANS:
        raise SpecError("picture_in_layers", value=found, limit=MOST_SCANS)
    try:
        small = averageable(image)
        if side:
            small.thumbnail((side, side))            # a JPEG is decoded at a lower size at once
        if small.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS:
            wide, high = high, wide
        pixels = np.array(on_white(ImageOps.exif_transpose(small)))
    except UNREADABLE as error:
        raise SpecError("picture_damaged", value=kind) from error
    return Picture(torch.from_numpy(pixels).reshape(*pixels.shape[:2], -1).permute(2, 0, 1).contiguous(), high, wide)


def opened(raw: bytes) -> Image.Image:
    """The picture's header; its pixels are not decoded yet."""
    try:
        return Image.open(io.BytesIO(raw), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        pixels = int(re.search(r"\d+", str(error))[0])                     # "Image size (400000000 pixels) exceeds limit ..."
        raise too_large(pixels) from error
    except UNREADABLE as error:
        raise SpecError("not_a_picture", known=", ".join(FORMATS)) from error


def too_large(pixels: int) -> SpecError:
    return SpecError("picture_too_large", megapixels=-(-pixels // 1_000_000), limit=MOST_MEGAPIXELS)


def scans(raw: bytes) -> int:
    """How many layers the first picture of a JPEG has; those of a preview inside its Exif are not among them."""
    found = at = 0
    while (marker := MARKER.search(raw, at)) and marker[1] != END:
        found += marker[1] == SCAN
        at = marker.end()
        if marker[1] != START:                       # every other part says how long it is
            at += int.from_bytes(raw[at:at + 2], "big")
    return found


def averageable(image: Image.Image) -> Image.Image:
    """The same picture with pixels that have a mean: no numbers of a palette, no colour that stands for nothing, no 16 bits."""
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):                   # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L")
    wanted = {"P": "RGB", "1": "L"}.get(image.mode)
    return image.convert(wanted) if wanted else image


def on_white(image: Image.Image) -> Image.Image:
    """Grey or RGB; what is transparent lies on white paper."""
    if image.mode != "RGBA":
        return image if image.mode == "L" else image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image)
    return paper
