"""Pictures of a learner's own: read class by class, split honestly, and nothing hostile gets further than its refusal."""

import io
import os
import random
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core import data
from core.data import gather, kept
from core.data.gather import MOST_ENTRIES, Entry, from_folder, from_zip
from core.data.imageset import Chosen, ImageSet
from core.errors import SpecError
from core.images import channel_stats
from tests.peak import peak_mb
from tests.zips import pets, png, unflagged, zipped

FUZZ = int(os.environ.get("FIRSTLIGHT_FUZZ_ZIPS", "150"))


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path / "data"))


def read(raw: bytes):
    reading, steps = from_zip(raw), []
    while True:
        try:
            steps.append(next(reading))
        except StopIteration as end:
            return end.value, steps


def counts(found: gather.Gathered) -> tuple[list[int], list[int]]:
    """Of each class, for training and for testing."""
    train, test = (part.labels.bincount(minlength=len(part.classes)).tolist() for part in (found.train, found.test))
    return train, test


def keep(key: str, title: str, train: ImageSet | Chosen, test: ImageSet | Chosen, *more) -> kept.About:
    return last(kept.keep(key, title, train, test, *more))


def refusal(raw: bytes) -> SpecError:
    with pytest.raises(SpecError) as refused:
        read(raw)
    return refused.value


def test_a_zip_of_class_folders_becomes_a_training_and_a_test_set():
    found, steps = read(zipped(pets()))
    assert found.train.classes == found.test.classes == ("cat", "dog")
    assert counts(found) == ([4, 4], [1, 1])
    assert found.train.images.shape == (8, 3, 32, 32)
    assert (found.train.images[:, 2, 0, 0] == 255).tolist() == (found.train.labels == 1).tolist()     # labels stay with their pictures
    assert steps == [(i, 10) for i in range(1, 11)]
    assert found.skipped == ()


def test_the_split_depends_on_nothing_but_the_files():
    (one, _), (two, _) = read(zipped(pets())), read(zipped(pets()))
    assert one.train.images.equal(two.train.images)


def test_folders_train_and_test_above_the_classes_split_them():
    files = {f"pets/{part}/{path}": raw for part, count in (("train", 3), ("test", 2)) for path, raw in pets(count).items()}
    found, _ = read(zipped(files))
    assert counts(found) == ([3, 3], [2, 2])


SPLIT = {f"pets/{part}/{path}": raw for part, count in (("train", 3), ("test", 2)) for path, raw in pets(count).items()}


@pytest.mark.parametrize(("missing", "there", "folder", "value"), [("test", "train", "test", 3), ("train", "test", "train", 2)])
def test_a_split_that_lacks_a_class_is_refused_and_not_replaced(missing, there, folder, value):
    refused = refusal(zipped({path: raw for path, raw in SPLIT.items() if f"{missing}/dog" not in path}))
    assert (refused.code, refused.facts) == ("class_only_in_one_split", {"name": "dog", "value": value, "there": there, "folder": folder})


def test_a_test_folder_without_a_readable_picture_is_refused_too():
    files = {path: raw for path, raw in SPLIT.items() if "test/" not in path} | {"pets/test/cat/1.png": b"no picture"}
    assert refusal(zipped(files)).code == "class_only_in_one_split"


def test_val_is_for_testing_where_there_is_no_test_and_left_out_where_there_is_one():
    renamed = {path.replace("test/", "Val/"): raw for path, raw in SPLIT.items()}
    found, _ = read(zipped(renamed))
    assert (counts(found), found.folders, found.skipped) == (([3, 3], [2, 2]), ("pets/train", "pets/Val"), ())
    refused = refusal(zipped({path: raw for path, raw in renamed.items() if "Val/dog" not in path}))
    assert (refused.code, refused.facts["folder"]) == ("class_only_in_one_split", "Val")
    found, steps = read(zipped(SPLIT | renamed))
    assert (counts(found), found.folders) == (([3, 3], [2, 2]), ("pets/train", "pets/test"))
    assert found.skipped == tuple((f"pets/Val/{path}", "val_beside_test") for path in sorted(pets(2)))
    assert len(steps) == len(SPLIT)                        # not even opened


def test_only_a_folder_train_is_no_split():
    found, _ = read(zipped({f"train/{path}": raw for path, raw in pets().items()}))
    assert (counts(found), found.folders) == (([4, 4], [1, 1]), ("train",))


@pytest.mark.parametrize(("files", "folders"), [
    (pets(), ("",)),
    ({f"a/b/{path}": raw for path, raw in pets().items()}, ("a/b",)),
    (SPLIT, ("pets/train", "pets/test")),
    ({f"{path[:3]}s/{path}": raw for path, raw in pets().items()}, ()),                             # cats/cat, dogs/dog
    (pets() | {f"test/{path}": raw for path, raw in pets().items()}, ()),                           # a class test for ImageFolder
])
def test_where_the_class_folders_lie_is_known(files, folders):
    assert read(zipped(files))[0].folders == folders


SMALL, ODD, LARGE = {"cat/0.png": (4, 4)}, {"cat/0.png": (28, 28)}, {"cat/0.png": (60, 40)}


@pytest.mark.parametrize(("sizes", "side"), [
    (SMALL | {f"dog/{i}.png": (300, 200) for i in range(10)}, 32),         # the first picture does not decide
    ({"cat/0.png": (64, 64), "dog/0.png": (64, 64)}, 64),
    ({"cat/0.png": (65, 65), "dog/0.png": (65, 65)}, 32),
    ({"cat/0.png": (8, 8), "dog/0.png": (8, 8)}, 8),
    ({"cat/0.png": (7, 7), "dog/0.png": (7, 7)}, 32),
    (ODD | {"dog/0.png": (64, 64)}, 32),
    ({"cat/0.png": (64, 64), "dog/0.png": (28, 28)}, 32),
    (ODD | {"dog/0.png": (28, 30)}, 32),
    (LARGE | {"dog/0.png": (28, 28), "dog/1.png": (28, 28)}, 32),          # nor do the last
])
def test_all_pictures_together_decide_their_size(sizes, side):
    sizes = sizes | {f"{path[:-5]}{i}.png": size for path, size in list(sizes.items()) for i in (20, 21)}                # two of each class
    files = {path: png((200,) if path[0] == "c" else (0, 0, 90), size) for path, size in sizes.items()}
    for order in (files, dict(reversed(files.items())), {path.replace("cat", "zebra"): raw for path, raw in files.items()}):
        found, _ = read(zipped(order))
        for part in (found.train, found.test):
            assert part.images.shape[1:] == (3, side, side)
            blue = part.labels == part.classes.index("dog")
            assert (part.images[:, 0, 0, 0] == torch.where(blue, 0, 200)).all()        # converted, and each with its label


def test_pictures_are_converted_in_steps_when_a_late_one_decides_otherwise(monkeypatch):
    monkeypatch.setattr(gather, "PART", 4)
    files = {f"cat/{i}.png": png((50,), (64, 64)) for i in range(9)} | {f"dog/{i}.png": png((0, 0, 90), (20, 30)) for i in range(2)}
    found, steps = read(zipped(files))
    assert steps == [(i, 11) for i in range(1, 10)] + [(9, 11)] * 3 + [(10, 11), (11, 11)]
    assert found.train.images.shape == (8, 3, 32, 32)


def test_more_pixels_than_can_be_held_are_refused_before_they_are(monkeypatch):
    monkeypatch.setattr(gather, "MOST_PIXELS_MB", 0.1)     # 8 of 64 x 64 in colours, 32 of 32 x 32
    assert len(read(zipped(pets(16)))[0].train) == 26
    refused = refusal(zipped({f"{c}/{i}.png": png((0, 0, 9), (64, 64)) for c in "ab" for i in range(5)}))
    assert (refused.code, refused.facts["value"], refused.facts["side"]) == ("too_many_pixels", 9, 64)


def test_grey_pictures_stay_grey_and_small_squares_keep_their_size():
    found, _ = read(zipped({f"{c}/{i}.png": png((i,), (28, 28)) for c in "ab" for i in range(3)}))
    assert found.train.images.shape[1:] == (1, 28, 28)


def test_a_grey_picture_among_coloured_ones_is_grey_in_all_channels():
    found, _ = read(zipped(pets() | {"cat/9.png": png((77,))}))
    every = torch.cat([found.train.images, found.test.images])
    assert any(image.unique().tolist() == [77] for image in every)


def test_a_large_photo_is_cut_to_its_middle_and_reduced():
    wide = np.zeros((60, 180, 3), np.uint8)
    wide[:, 60:120] = 200                                  # the middle third
    file = io.BytesIO()
    Image.fromarray(wide).save(file, "PNG")
    found, _ = read(zipped({f"{c}/{i}.png": file.getvalue() for c in "ab" for i in range(2)}))
    assert found.train.images.shape[1:] == (3, 32, 32)
    torch.testing.assert_close(found.train.images[..., 4:-4].float(), torch.full((2, 3, 32, 24), 200.0), atol=8, rtol=0)


def test_what_is_no_picture_is_left_out_and_named():
    found, _ = read(zipped(pets(10) | {"cat/notes.txt": b"x", "dog/more.zip": b"PK", "loose.png": png((1, 2, 3)),
                                       "cat/.hidden.png": b"", "__MACOSX/cat/._1.png": b"", "dog/Thumbs.db": b""}))
    assert dict(found.skipped) == {"cat/notes.txt": "not_a_picture", "dog/more.zip": "nested_archive", "loose.png": "no_class_folder"}


def test_one_damaged_picture_is_skipped_and_too_many_are_refused():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(file, "JPEG")
    whole = file.getvalue()
    found, _ = read(zipped(pets(10) | {"cat/torn.jpg": whole[:len(whole) // 2]}))
    assert found.skipped == (("cat/torn.jpg", "picture_damaged"),)
    refused = refusal(zipped(pets(3) | {f"cat/{i}.jpg": b"no" for i in range(4)}))
    assert (refused.code, refused.facts["value"], refused.facts["files"]) == ("too_many_bad", 4, 10)


@pytest.mark.parametrize(("files", "code"), [
    ({}, "too_few_classes"),
    ({"cat/1.png": png((1, 2, 3)), "cat/2.png": png((1, 2, 3))}, "too_few_classes"),
    (pets(2) | {"bird/1.png": png((1, 2, 3))}, "class_too_small"),
    ({f"{c}/{i}.png": png((1,), (8, 8)) for c in range(101) for i in range(2)}, "too_many_classes"),
    ({f"a/{i}": b"" for i in range(MOST_ENTRIES + 1)}, "zip_too_many"),
])
def test_sets_that_cannot_be_learned_from_say_why(files, code):
    assert refusal(zipped(files)).code == code


def test_what_would_unpack_to_too_much_is_refused_by_what_it_declares():
    assert refusal(zipped({"a/1.png": b"\0" * 5_000_000}, zipfile.ZIP_DEFLATED)).code == "zip_ratio"
    raw = bytearray(zipped({f"a/{i}.png": b"x" for i in range(3)}))
    at = raw.find(b"PK\x01\x02")
    while at >= 0:                                         # 100 MB each, in a directory that says so
        raw[at + 20:at + 28] = (2_000_000).to_bytes(4, "little") + (100_000_000).to_bytes(4, "little")
        at = raw.find(b"PK\x01\x02", at + 1)
    refused = refusal(bytes(raw))
    assert (refused.code, refused.facts["megabytes"]) == ("zip_too_large", 300)


def test_an_entry_that_holds_more_than_it_declares_is_damaged():
    entry = zlib.compress(b"\0" * 3_000_000, 9)[2:-4]      # what deflate makes of it
    raw = bytearray(zipped(pets(10) | {"cat/big.png": entry}))
    local, central = raw.find(b"PK\x03\x04", raw.find(b"dog/9.png")), raw.rfind(b"PK\x01\x02")
    for at in (local + 8, central + 10):
        raw[at:at + 2] = (8).to_bytes(2, "little")         # "deflated", to a size that is still the packed one's
    found, _ = read(bytes(raw))
    assert found.skipped == (("cat/big.png", "picture_damaged"),)


def test_entries_that_share_bytes_are_refused():
    raw = bytearray(zipped(pets()))
    second = raw.find(b"PK\x01\x02", raw.find(b"PK\x01\x02") + 1)
    raw[second + 42:second + 46] = (0).to_bytes(4, "little")               # the second entry points at the first one's bytes
    assert refusal(bytes(raw)).code == "zip_overlaps"


def test_locked_entries_and_no_zip_at_all_are_refused():
    raw = bytearray(zipped(pets()))
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert refusal(bytes(raw)).code == "zip_encrypted"
    assert refusal(b"PK\x03\x04 no zip").code == "zip_damaged"
    assert refusal(b"").code == "zip_damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_chinese_names_are_read_as_they_were_written(encoding):
    files = {f"宠物/{path.replace('cat', '猫').replace('dog', '喆狗')}": raw for path, raw in pets(10).items()} | {"宠物/猫/说明.txt": b"x"}
    found, _ = read(unflagged(files, encoding))
    assert (found.train.classes, counts(found)) == (("喆狗", "猫"), ([8, 8], [2, 2]))
    assert found.skipped == (("宠物/猫/说明.txt", "not_a_picture"),)
    assert found.folders == ("宠物",)
    flagged, _ = read(zipped(files))
    assert flagged.train.images.equal(found.train.images)


def test_a_long_chinese_name_that_is_not_said_to_be_utf8_overlaps_nothing():
    files = {f"{c}{'很长的名字' * 10}/{i}.png": png((1, 2, 3)) for c in "猫狗" for i in range(2)}
    for encoding in ("utf-8", "gbk"):
        assert read(unflagged(files, encoding))[0].train.classes == tuple(sorted(f"{c}{'很长的名字' * 10}"[:40] for c in "猫狗"))


def test_names_of_the_old_standard_stay_what_they_are():
    files = {f"{c}/{i}.png": png((1, 2, 3)) for c in ("Hündchen", "Mädchen", "Größe") for i in range(2)}
    assert read(unflagged(files, "cp437"))[0].train.classes == ("Größe", "Hündchen", "Mädchen")


def test_a_refusal_shows_a_chinese_name():
    raw = bytearray(unflagged({f"{c}/1.png": png((1, 2, 3)) for c in "猫狗"}, "gbk"))               # 猫 alone could be è in UTF-8
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(raw)).facts == {"file": "猫/1.png"}


def test_an_entry_without_a_name_is_left_out():
    raw = zipped(pets(10) | {"nameless": png((1, 2, 3))}).replace(b"nameless", bytes(8))
    assert read(raw)[0].skipped == ((".", "no_class_folder"),)


def test_names_that_climb_out_of_the_folder_write_nothing(tmp_path):
    before = sorted(tmp_path.rglob("*"))
    found, _ = read(zipped({f"../../{path}": raw for path, raw in pets().items()} | {"/etc/\x1b[31mevil\n/1.png": png((1, 2, 3)),
                                                                                      "/etc/\x1b[31mevil\n/2.png": png((1, 2, 3))}))
    assert found.train.classes == ("[31mevil", "cat", "dog")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_directory_of_hundreds_of_thousands_of_entries_is_refused_before_it_is_read():
    entry = b"PK\x01\x02" + bytes(42)
    raw = entry * 400_000
    raw += b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2 + len(raw).to_bytes(4, "little") + bytes(6)
    begun = time.process_time()
    assert refusal(raw).code == "zip_too_many"
    assert time.process_time() - begun < 1


def test_damaged_zips_are_answered_quickly_and_never_with_anything_but_a_refusal():
    rng, whole = random.Random(0), zipped(pets(6) | {"cat/a.jpg": png((5, 5, 5), (40, 30), "JPEG")}, zipfile.ZIP_DEFLATED)
    slowest, ends, before = 0.0, {"read": 0, "refused": 0}, peak_mb()
    for _ in range(FUZZ):
        raw = bytearray(whole)
        for _ in range(rng.choice((1, 1, 3, 20))):
            at = rng.randrange(len(raw))
            raw[at:at + rng.choice((0, 1, 4))] = bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 4, 30))))
        if rng.random() < 0.1:
            raw = raw[:rng.randrange(len(raw))]
        begun = time.process_time()
        try:
            read(bytes(raw))
            ends["read"] += 1
        except SpecError:
            ends["refused"] += 1
        slowest = max(slowest, time.process_time() - begun)
    print(ends, f"slowest {slowest:.3f} s, {peak_mb() - before:.0f} MB more memory at most")
    assert slowest < 2
    assert peak_mb() - before < gather.MOST_MB
    assert min(ends.values()) > 0


# folders of the server

def folder(name: str, files: dict[str, bytes]):
    for path, raw in files.items():
        at = gather.folders() / name / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(raw)


def last(reading):
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def test_a_folder_below_the_root_is_read_and_no_other(tmp_path):
    folder("pets", pets())
    assert gather.folder_names() == ("pets",)
    assert len(last(from_folder("pets")).train) == 8
    for name in ("../data/folders/pets", "/etc", "none", ""):
        with pytest.raises(SpecError, match="no_such_folder"):
            last(from_folder(name))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(png((1, 1, 1)))
    folder("pets", pets())
    (gather.folders() / "pets" / "cat" / "link.png").symlink_to(secret)
    (gather.folders() / "out").symlink_to(tmp_path)
    assert dict(last(from_folder("pets")).skipped) == {"cat/link.png": "outside_folder"}
    with pytest.raises(SpecError):
        last(from_folder("out"))


def test_a_folder_of_too_many_files_is_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(gather, "MOST_FILES", 9)
    folder("pets", pets())
    with pytest.raises(SpecError, match="folder_too_large limit=9"):
        next(from_folder("pets"))


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_a_name_that_is_no_text_is_left_out_like_any_other():
    folder("pets", pets(10))
    at = os.fsencode(gather.folders() / "pets" / "cat") + b"/\xff.txt"
    os.close(os.open(at, os.O_CREAT))
    found = last(from_folder("pets"))
    assert keep("folder.pets", "pets", found.train, found.test, found.skipped).skipped == (("cat/?.txt", "not_a_picture"),)


# kept sets

def test_a_kept_set_is_a_dataset_like_any_other():
    found, _ = read(zipped(pets(10)))
    key = "zip." + "0" * 16
    assert not data.info(key).present()
    with pytest.raises(SpecError, match="pictures_gone"):
        data.load(key, train=True)
    known = keep(key, "pets.zip", found.train, found.test, found.skipped)
    assert kept.about(key) == known
    entry = data.info(key)
    assert (entry.present(), entry.classes, entry.train_images, entry.test_images) == (True, 2, 16, 4)
    for train, stored in ((True, found.train), (False, found.test)):
        loaded = data.load(key, train)
        assert loaded.images.equal(stored.images)
        assert loaded.labels.equal(stored.labels)
        assert loaded.classes == ("cat", "dog")
    x = found.train.images.float() / 255
    torch.testing.assert_close(torch.tensor(entry.mean), x.mean((0, 2, 3)))
    torch.testing.assert_close(torch.tensor(entry.std), x.std((0, 2, 3)).clamp_min(1e-3))


@pytest.fixture
def many() -> tuple[Chosen, Chosen]:
    """Every seventh of 40 random pictures is for testing."""
    images = torch.randint(0, 256, (40, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    every, is_test = ImageSet(images, torch.arange(40) % 2, ("a", "b")), torch.arange(40) % 7 == 0
    return every.choose((~is_test).nonzero().squeeze(1)), every.choose(is_test.nonzero().squeeze(1))


def test_a_set_is_kept_in_parts_with_a_sign_of_life_for_each(many, monkeypatch):
    monkeypatch.setattr(kept, "PART", 5)
    writing, signs = kept.keep("folder.many", "many", *many), 0
    while True:
        try:
            next(writing)
            signs += 1
        except StopIteration as end:
            known = end.value
            break
    assert signs == 7 + 2 + 7 + 2                          # statistics of 34, labels, 34 and 6 pictures
    for train, stored in zip((True, False), many, strict=True):
        assert data.load("folder.many", train).images.equal(stored.images)
        assert data.load("folder.many", train).labels.equal(stored.labels)
    mean, std = channel_stats(many[0].images)
    torch.testing.assert_close((torch.tensor(known.mean), torch.tensor(known.std)), (mean, std), rtol=0, atol=0)


def test_a_writing_that_is_stopped_leaves_nothing(many, tmp_path):
    writing = kept.keep("folder.many", "many", *many)
    for _ in range(3):
        next(writing)
    writing.close()
    assert list((tmp_path / "home" / "datasets").iterdir()) == []


def test_a_loaded_part_can_be_written_to_and_the_file_stays(many):
    keep("folder.many", "many", *many)
    data.load("folder.many", train=False).images.zero_()
    assert data.load("folder.many", train=False).images.equal(many[1].images)


def test_a_set_of_an_older_version_counts_as_not_there(many):
    keep("folder.many", "many", *many)
    file = kept.place("folder.many", "json")
    file.write_text(file.read_text().replace(f'"version": {kept.VERSION}', '"version": 1'))
    assert kept.about("folder.many") is None


HELD = """
from core.data import gather, kept
from tests.peak import peak_mb
from tests.zips import png

raw = png((1, 2, 3), (64, 64))
files = [gather.Entry(gather.PurePosixPath(f"{'ab'[i % 2]}/{i}.png"), lambda: raw) for i in range(6000)]
def last(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
last(gather.gather(files[:300]))
before = peak_mb()
found = last(gather.gather(files))
last(kept.keep("folder.many", "many", found.train, found.test))
print(peak_mb() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no peak is known there")
def test_pictures_are_held_once():
    done = subprocess.run([sys.executable, "-c", HELD], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2 * 6000 * 3 * 64 * 64 / 1e6               # 74 MB, and a quarter more at a time


def test_a_torn_kept_set_is_damaged_and_not_something_else():
    found, _ = read(zipped(pets()))
    key = "folder.pets"
    keep(key, "pets", found.train, found.test)
    file = kept.place(key, "bin")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(SpecError, match="dataset_damaged"):
        data.load(key, train=True)
    kept.place(key, "json").write_text("{")
    assert kept.about(key) is None


def test_pictures_that_cannot_be_written_are_refused_with_the_folder(tmp_path, monkeypatch):
    found, _ = read(zipped(pets()))
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "file"))
    with pytest.raises(SpecError) as refused:
        keep("folder.pets", "pets", found.train, found.test)
    assert refused.value.code == "pictures_not_kept"
    assert refused.value.facts["folder"] == str(tmp_path / "file" / "datasets")


@pytest.mark.parametrize("key", ["folder.", "folder.a/b", "folder...", "zip.123", "zip." + "g" * 16, "folder." + "a" * 41, "", None,
                                 "mnist"])
def test_only_plain_keys_name_a_kept_set(key):
    assert not kept.is_key(key)


def test_every_class_has_a_picture_to_learn_from_and_one_to_be_tested_on():
    labels = torch.tensor([0, 0, 1, 1, 1, 1, 1])
    is_test = kept.split(labels)
    assert labels[~is_test].bincount().tolist() == [1, 4]
    assert labels[is_test].bincount().tolist() == [1, 1]


def test_a_network_for_these_pictures_has_as_many_outputs_as_classes():
    from core.train import TrainSpec, start, train

    found, _ = read(zipped(pets(10)))
    keep("zip." + "1" * 16, "pets", found.train, found.test)
    state = start(TrainSpec(network="cifar_net", dataset="zip." + "1" * 16, epochs=5, batch_size=4))
    assert state.model.fc3.out_features == 2
    assert list(train(state))[-1].test.accuracy == 1       # red or blue: that can be learned


def test_reading_goes_on_when_a_file_vanishes():
    files = [Entry(path=gather.PurePosixPath(f"{c}/{i}.png"), read=lambda: png((1, 2, 3))) for c in "ab" for i in range(5)]

    def gone() -> bytes:
        raise FileNotFoundError

    found = last(gather.gather([*files, Entry(gather.PurePosixPath("a/gone.png"), gone)]))
    assert found.skipped == (("a/gone.png", "picture_damaged"),)
