"""The code that the page shows for a dataset makes that dataset."""

import os

import pytest
import torch
from PIL import Image

from core import data
from core.data import DATASETS, vision
from core.data.recipe import recipe

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


def test_a_folder_of_pictures_becomes_squares(tmp_path):
    for name, colour in (("cat", (255, 0, 0)), ("dog", (0, 0, 255))):
        (tmp_path / name).mkdir()
        Image.new("RGB", (60, 40), colour).save(tmp_path / name / "1.png")
    train = made("folder.pets", str(tmp_path), 16)["train"]
    assert train.classes == ["cat", "dog"]
    assert train[1][0].shape == (3, 16, 16)
    assert train[1][0][:, 0, 0].tolist() == [0, 0, 1]
