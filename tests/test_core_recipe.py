"""The code that the page shows for a dataset makes that dataset."""

import os

import pytest
import torch
from PIL import Image

from core import data
from core.data import DATASETS, gather, kept, vision
from core.data.recipe import recipe
from jobs.kinds.gather import GatherJob
from tests.zips import pets, png

has_mnist = pytest.mark.skipif(not (os.environ.get("FIRSTLIGHT_DATA") and vision.has_mnist()), reason="needs MNIST under FIRSTLIGHT_DATA")
HERE = ["digits", "digits_in_order", "patches", "fake", pytest.param("mnist", marks=has_mnist)]


def made(key: str, root: str = "data", side: int = 32) -> dict:
    names: dict = {}
    exec(compile(recipe(key, root, side), key, "exec"), names)
    return names


@pytest.mark.parametrize("key", HERE)
@pytest.mark.parametrize("part", ["train", "test"])
def test_the_code_gives_our_pictures_in_our_order(key, part):
    theirs, ours = made(key, str(vision.root()))[part], data.load(key, part == "train")
    assert len(theirs) == len(ours)
    for i in (0, 1, len(ours) // 2, len(ours) - 1):
        image, label = theirs[i]
        image = image if image.dtype == torch.uint8 else (image * 255).round().byte()      # patches are bytes
        assert image.equal(ours.images[i])
        assert int(label) == int(ours.labels[i])


@pytest.mark.parametrize("key", DATASETS)
def test_every_dataset_has_code_that_python_can_read(key):
    compile(recipe(key), key, "exec")


def test_own_pictures_that_are_not_read_yet_lie_in_one_folder_for_each_class(tmp_path):
    for name, colour in (("cat", (255, 0, 0)), ("dog", (0, 0, 255))):
        (tmp_path / name).mkdir()
        for i in range(2):
            Image.new("RGB", (60, 40), colour).save(tmp_path / name / f"{i}.png")
    train = made("folder.pets", str(tmp_path), 16)["train"]
    assert train.dataset.classes == ["cat", "dog"]
    assert train[1][0].shape == (3, 16, 16)
    assert train[1][0][:, 0, 0].tolist() == [0, 0, 1]


LAYOUTS = {
    "flat": pets(6),
    "below another folder": {f"my/pets/{path}": raw for path, raw in pets(6).items()},
    "split": {f"{part}/{path}": raw for part, count in (("train", 4), ("test", 2)) for path, raw in pets(count).items()},
    "split below another folder": {f"pets/{part}/{path}": raw for part, n in (("Train", 4), ("val", 2)) for path, raw in pets(n).items()},
    "grey": {f"{c}/{i}.png": png((20 * i,), (28, 28)) for c in "ab" for i in range(6)},
    "名字": {f"\"{c}\\'/x/{path}": raw for c in "名" for path, raw in pets(6).items()},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_code_for_own_pictures_gives_our_classes_and_pictures(layout, tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FIRSTLIGHT_DATA", str(tmp_path / "data"))
    for path, raw in LAYOUTS[layout].items():
        at = gather.folders() / "pets" / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(raw)
    for _ in GatherJob({"dataset": "folder.pets"}).records():
        pass
    code = made("folder.pets", str(gather.folders() / "pets"))
    for part in ("train", "test"):
        theirs, ours = code[part], data.load("folder.pets", part == "train")
        assert [int(label) for _, label in theirs] == ours.labels.tolist()
        assert tuple(getattr(theirs, "dataset", theirs).classes) == ours.classes
        assert torch.stack([(image * 255).round().byte() for image, _ in theirs]).equal(ours.images)


def test_class_folders_in_several_places_are_said_to_be_no_folder_for_imagefolder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(tmp_path / "home"))
    half = data.ImageSet(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.arange(2), ("a", "b"))
    assert "several" not in recipe("folder.pets")
    for _ in kept.keep("folder.pets", "pets", half, half, folders=()):
        pass
    assert recipe("folder.pets").startswith("# ImageFolder wants all class folders in one folder. Here they lie in several")
    compile(recipe("folder.pets"), "pets", "exec")
