"""Pictures of a learner's own in a real browser: a zip of 200 is uploaded, read, chosen and learned from."""

import io
import os
import tarfile
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from core import data
from tests.zips import zipped

ARCHIVE = Path(os.environ.get("FIRSTLIGHT_DATA", "none")) / "cifar10-images.tar.gz"
COUNT, CLASSES = 200, 10


def cifar() -> dict[str, bytes]:
    """200 pictures of CIFAR-10, twenty of each class, as JPEG files."""
    files: dict[str, bytes] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if member.isfile() and member.name.startswith("test/") and int(Path(member.name).stem) < COUNT // CLASSES:
                files[member.name.removeprefix("test/")] = archive.extractfile(member).read()
            if len(files) == COUNT:
                break
    return files


def patches() -> dict[str, bytes]:
    """200 patches of the photos that come with us, forty of each."""
    every, files = data.load("patches", train=True), {}
    for label, name in enumerate(every.classes):
        for i in torch.nonzero(every.labels == label).flatten()[:: 12][:40].tolist():
            file = io.BytesIO()
            Image.fromarray(every.images[i].permute(1, 2, 0).numpy()).save(file, "PNG")
            files[f"{name}/{i}.png"] = file.getvalue()
    return files


has_cifar = pytest.mark.skipif(not ARCHIVE.is_file(), reason=f"no {ARCHIVE}")


@pytest.mark.parametrize("pictures", [patches, pytest.param(cifar, marks=has_cifar)])
def test_a_zip_of_two_hundred_pictures_is_uploaded_and_trained_with(pictures, app, chromium_page):
    files = pictures()
    assert len(files) == COUNT
    page = chromium_page
    page.goto(app + "data?lang=en&view=own")
    page.locator("input[type=file]").set_input_files({"name": "mine.zip", "mimeType": "application/zip", "buffer": zipped(files)})
    said = f"{len({name.partition('/')[0] for name in files})} classes, 160 pictures for training and 40 for testing"
    expect(page.get_by_text(said)).to_be_visible()
    page.get_by_role("link", name="Train a network with them").click()
    page.get_by_role("button", name="Just show me").click()
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("of 40 pictures are right")).to_be_visible()
    assert "dataset=zip." in page.url
    assert page.complaints == []
