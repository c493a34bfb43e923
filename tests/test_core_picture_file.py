"""Picture files from outside: read as they are meant, refused with the facts, and never a crash."""

import io
import os
import random
import struct
import time
import warnings
import zlib
from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch.testing import assert_close

from core import picture_file
from core.errors import SpecError
from core.picture_file import FORMATS, MOST_SCANS, read, scans
from tests.peak import peak_mb

MUTANTS = int(os.environ.get("FIRSTLIGHT_FUZZ", "400"))


def colours(high: int = 48, wide: int = 64) -> Image.Image:
    """A smooth picture: red grows to the right, green downwards."""
    rows, columns = np.mgrid[0:high, 0:wide]
    return Image.fromarray(np.stack([columns * 4, rows * 5, np.full((high, wide), 90)], -1).astype(np.uint8))


def file(image: Image.Image, kind: str, **options) -> bytes:
    sheet = io.BytesIO()
    image.save(sheet, kind, **options)
    return sheet.getvalue()


def png(wide: int, high: int, rest: bytes = b"", colour: int = 0) -> bytes:
    """A PNG that says how large it is and holds nothing. colour: 0 for grey, 3 for numbers of a palette."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rest))


def layered(times: int, image: Image.Image | None = None, **options) -> bytes:
    """A progressive JPEG, whose last layer comes so many times more."""
    raw = file(image or Image.new("RGB", (64, 64), "gray"), "JPEG", progressive=True, **options)
    return raw[:-2] + raw[raw.rfind(b"\xff\xda"):-2] * times + raw[-2:]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


# what is read

@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_its_pixels(kind):
    image = colours()
    options = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}}.get(kind, {})
    found = read(file(image, kind, **options))
    assert (found.high, found.wide) == (48, 64)
    assert found.pixels.dtype == torch.uint8
    wanted = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    off = {"JPEG": 12, "GIF": 20}.get(kind, 0)       # one is lossy, one has a palette
    assert_close(found.pixels.float(), wanted.float(), atol=off, rtol=0)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_grey_picture_has_one_channel(mode):
    image = colours().convert(mode)
    assert read(file(image, "PNG")).pixels.equal(torch.from_numpy(np.array(image.convert("L"))).unsqueeze(0))


def test_sixteen_bits_become_eight():
    levels = np.array([[0, 255, 256, 32768, 65535]], np.uint16)
    assert read(file(Image.fromarray(levels), "PNG")).pixels.tolist() == [[[0, 0, 1, 128, 255]]]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_lies_on_white(kind):
    ink = Image.new("RGBA", (6, 2), (0, 0, 0, 0))
    ink.paste((10, 20, 30, 255), (0, 0, 2, 2))
    ink.paste((0, 0, 0, 128), (2, 0, 4, 2))
    found = read(file(ink, kind, **({"lossless": True} if kind == "WEBP" else {}))).pixels
    assert found[:, 0, ::2].T.tolist() == [[10, 20, 30], [127, 127, 127], [255, 255, 255]]


def test_a_colour_that_stands_for_nothing_lies_on_white():
    grey = Image.fromarray(np.array([[0, 7, 200]], np.uint8))
    assert read(file(grey, "PNG", transparency=7)).pixels[0].tolist() == [[0, 255, 200]]


def test_the_camera_is_held_upright():
    """Orientation 6: the file's first row is the picture's right edge."""
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read(file(colours(), "PNG", exif=exif))
    assert (found.high, found.wide, *found.pixels.shape) == (64, 48, 3, 64, 48)
    assert found.pixels[1, 0].tolist() == [row * 5 for row in reversed(range(48))]


@pytest.mark.parametrize(("orientation", "size"), [(1, (999, 1000)), (4, (999, 1000)), (5, (1000, 999)), (8, (1000, 999))])
def test_a_turned_pictures_size_is_told_as_it_is_looked_at_though_its_small_copy_is_square(orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = read(file(Image.new("RGB", (1000, 999)), "JPEG", exif=exif), side=256)
    assert (found.high, found.wide, *found.pixels.shape[1:]) == (*size, 256, 256)


def test_only_the_first_frame_is_read():
    image = Image.new("RGB", (8, 8), "red")
    raw = file(image, "GIF", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    assert read(raw).pixels.equal(torch.tensor([255, 0, 0], dtype=torch.uint8).view(3, 1, 1).expand(3, 8, 8))


def test_a_phones_jpeg_of_several_pictures_gives_the_first():
    raw = file(Image.new("RGB", (64, 64), "gray"), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 64), "blue")])
    assert Image.open(io.BytesIO(raw)).format == "MPO"
    assert read(raw).pixels.unique().tolist() == [128]


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "CMYK"])
def test_a_large_picture_is_reduced_by_averaging(mode):
    """As a mean, not by leaving pixels out: a fine chequerboard becomes grey."""
    board = np.indices((400, 600)).sum(0) % 2 * 255
    image = Image.fromarray(board.astype(np.uint8)).convert("RGB").convert(mode)
    found = read(file(image, "JPEG" if mode == "CMYK" else "PNG"), side=60)
    assert (found.high, found.wide, *found.pixels.shape[1:]) == (400, 600, 40, 60)
    assert_close(found.pixels.float(), torch.full(found.pixels.shape, 127.0), atol=4, rtol=0)


def test_a_small_picture_is_not_enlarged():
    assert read(file(colours(8, 8), "PNG"), side=256).pixels.shape == (3, 8, 8)


# what is refused

@pytest.mark.parametrize("raw", [
    b"", b"\0", b"GIF89a", b"hello, I am a text", b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", b"%PDF-1.7\n", b"II*\0\x08\0\0\0\0\0\0\0", b"PK\x03\x04" + bytes(60),
])
def test_what_is_no_picture_is_refused_with_the_kinds_that_are_known(raw):
    with pytest.raises(SpecError, match="not_a_picture known=PNG, JPEG, WEBP, BMP, GIF"):
        read(raw)


def test_20000_by_20000_is_refused_before_anything_is_decoded():
    with pytest.raises(SpecError, match="picture_too_large megapixels=400 limit=16"):
        read(png(20_000, 20_000))


@pytest.mark.parametrize("warned", ["ignore", "error"])
def test_a_size_that_pillow_only_warns_of_is_refused_too(warned, monkeypatch):
    """13,000 x 13,000 would take 1.3 GB."""
    monkeypatch.setattr(picture_file, "averageable", lambda image: pytest.fail("decoded"))
    with warnings.catch_warnings():
        warnings.simplefilter(warned)
        with pytest.raises(SpecError, match="picture_too_large megapixels=169 limit=16"):
            read(png(13_000, 13_000))


@pytest.mark.parametrize(("wide", "high", "said"), [
    (4000, 4000, "picture_damaged"), (4001, 4000, "picture_too_large megapixels=17"),      # 16.004 million: more than 16
    (8192, 9, "picture_damaged"), (9, 8193, "picture_too_long value=8193 limit=8192"),
])
def test_the_limits_themselves_are_allowed(wide, high, said):
    with pytest.raises(SpecError, match=said):
        read(png(wide, high))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_half_a_file_is_no_picture(kind, share):
    raw = file(Image.effect_noise((64, 64), 90), kind)
    with pytest.raises(SpecError, match="picture_damaged|not_a_picture"):
        read(raw[:int(len(raw) * share)])


def test_a_palette_that_is_missing_is_no_crash():
    """Pillow asserts that there is one when it is asked about transparency."""
    raw = png(2, 2, bytes(6), colour=3) + chunk(b"IEND", b"")
    assert len(raw) == 68
    with pytest.raises(SpecError, match="picture_damaged value=PNG"):
        read(raw)


def test_a_phones_jpeg_that_is_cut_off_is_called_jpeg():
    noise = Image.effect_noise((64, 64), 90)
    raw = file(noise, "MPO", save_all=True, append_images=[noise])
    half = raw[:len(raw) * 2 // 5]
    assert Image.open(io.BytesIO(half)).format == "MPO"
    with pytest.raises(SpecError, match="picture_damaged value=JPEG"):
        read(half)


def test_a_jpeg_of_too_many_layers_is_refused():
    """Each is decoded over the whole picture, although it has a few bytes only. Ten are usual."""
    assert read(layered(MOST_SCANS - 10)).pixels.shape == (3, 64, 64)
    with pytest.raises(SpecError, match="picture_in_layers value=13 limit=12"):
        read(layered(MOST_SCANS - 9))


def test_only_the_layers_of_the_first_picture_count():
    """Not those of a phone's second picture, nor of the preview in Exif, nor bytes that happen to look like one."""
    exif = b"Exif\0\0" + layered(20)
    raw = layered(0, exif=exif, comment=b"\xff\xda" * 20)
    assert scans(raw) == scans(raw + layered(20)) == scans(raw + b"\0\2" + layered(20)) == 10
    assert read(raw + layered(20)).pixels.shape == (3, 64, 64)
    assert scans(layered(0, Image.effect_noise((200, 200), 90), restart_marker_rows=1)) == 6           # grey has six


def test_what_ends_a_picture_inside_a_comment_hides_no_layers():
    raw, end = layered(0), b"\xff\xfe\0\4\xff\xd9"
    scan = raw[raw.rfind(b"\xff\xda"):-2]
    assert scans(raw[:-2] + (end + scan) * 20 + raw[-2:]) == 30


@pytest.mark.parametrize("at", [2, 3, 4, 21, 160])
def test_counting_the_layers_of_half_a_header_comes_to_an_end(at):
    assert scans(layered(0)[:at]) == 0
    assert scans(layered(0)[:at] + bytes(4)) == 0


# anything else

def seeds() -> list[bytes]:
    """Small files of every format, and of the kinds that it has."""
    image, grey = colours(24, 32), Image.effect_noise((30, 20), 60)
    exif, words = Image.Exif(), PngInfo()
    exif[0x0112] = 6
    words.add_text("a", "b" * 50, zip=True)
    frames = {"save_all": True, "append_images": [image.rotate(90), image]}
    return [
        file(image, "PNG", exif=exif, pnginfo=words), file(image.convert("RGBA"), "PNG"), file(image.convert("P"), "PNG", transparency=3),
        file(grey.convert("1"), "PNG"), file(Image.fromarray(np.arange(900, dtype=np.uint16).reshape(30, 30)), "PNG"),
        file(image, "PNG", **frames), file(image, "JPEG", exif=exif), file(image, "JPEG", progressive=True), file(grey, "JPEG"),
        file(image.convert("CMYK"), "JPEG"), file(image, "WEBP", exif=exif), file(image, "WEBP", lossless=True),
        file(image, "WEBP", **frames), file(image.convert("RGBA"), "WEBP"), file(image, "BMP"), file(image.convert("P"), "BMP"),
        file(grey.convert("1"), "BMP"), file(image.convert("RGBA"), "BMP"), file(image, "GIF"),
        file(image.convert("P"), "GIF", **frames), file(grey, "GIF"),
    ]


def mutant(chance: random.Random, files: list[bytes], n: int) -> bytes:
    """One of the files, cut off, with bits turned, with a piece missing, with another one's end, or with a number made absurd."""
    raw = bytearray(files[n % len(files)])
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(min(len(raw), chance.choice((80, 10**9))) or 1)
        match chance.randrange(5):
            case 0:
                del raw[at:]
            case 1:
                for _ in range(chance.choice((1, 2, 8)) if raw else 0):
                    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            case 2:
                del raw[at:at + chance.randrange(40)]
            case 3:
                other = chance.choice(files)
                raw[at:] = other[chance.randrange(len(other)):]
            case 4:
                raw[at:at + 4] = chance.choice((bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", struct.pack("<I", chance.randrange(2**20))))
    return checked(bytes(raw)) if chance.random() < 0.5 else bytes(raw)


def checked(raw: bytes) -> bytes:
    """A PNG's check sums made right again, so that what was changed is looked at."""
    if not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return raw
    parts, at = [raw[:8]], 8
    while at + 12 <= len(raw) and at + 12 + (size := int.from_bytes(raw[at:at + 4], "big")) <= len(raw):
        parts.append(chunk(raw[at + 4:at + 8], raw[at + 8:at + 8 + size]))
        at += 12 + size
    return b"".join(parts) + raw[at:]


@pytest.mark.filterwarnings("ignore")                # Pillow grumbles about what it is given
def test_a_broken_file_is_read_or_refused_and_never_takes_long():
    chance, files, said, slowest, before = random.Random(20), seeds(), Counter(), 0.0, peak_mb()
    for n in range(MUTANTS):
        raw, began = mutant(chance, files, n), time.monotonic()
        try:
            found = read(raw, side=256)
        except SpecError as error:
            said[error.code] += 1
        else:
            said["read"] += 1
            assert found.pixels.shape[0] in (1, 3)
            assert max(found.pixels.shape[1:]) <= 256
        slowest = max(slowest, time.monotonic() - began)
        assert slowest <= 2.0
    print(dict(said), f"slowest {slowest:.3f} s, {peak_mb() - before:.0f} MB more memory at most")
    assert said.keys() >= {"read", "not_a_picture", "picture_damaged", "picture_too_large"}
    assert peak_mb() - before < 200
