"""Centring as MNIST did it: checked on MNIST itself, then on what a learner may draw."""

import os

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from core import data
from core.centre import bounding_box, centre, centre_of_mass, centring, eight_by_eight, ready
from core.data import vision
from core.data.strokes import sharp_digit

has_real_mnist = pytest.mark.skipif(
    not (os.environ.get("FIRSTLIGHT_DATA") and vision.has_mnist()),
    reason="needs MNIST: set FIRSTLIGHT_DATA to a folder with torchvision/MNIST/raw",
)


def off_middle(image: Tensor) -> float:
    return max(abs(at - 14) for at in centre_of_mass(image))


def drawn(seed: int) -> Tensor:
    """A digit of ours, stretched and somewhere on a sheet of another size, as uint8 (H, W)."""
    generator = torch.Generator().manual_seed(seed)
    high, wide, below, right = (int(n) for n in torch.randint(10, 90, (4,), generator=generator))
    digit = F.interpolate(sharp_digit(seed % 10)[None].float(), (high, wide), mode="bilinear", antialias=True)
    return F.pad(digit[0, 0], (7, right, 3, below)).round().byte()


# against MNIST

@has_real_mnist
def test_mnists_own_pictures_stay_as_they_are():
    images = torch.as_tensor(data.load("mnist", train=False).images)[:, 0]
    changed = torch.stack([(centre(image).int() - image.int()).abs().double().mean() for image in images])
    assert (changed > 0).sum() == 3                                        # their boxes are 19 pixels long and grow to 20
    assert changed.mean() < 0.005                                          # of 255


@has_real_mnist
def test_moved_mnist_pictures_come_back():
    images = torch.as_tensor(data.load("mnist", train=False).images)[:200, 0]
    for n, image in enumerate(images):
        sheet = torch.zeros(60, 50, dtype=torch.uint8)
        sheet[n % 32:n % 32 + 28, n % 22:n % 22 + 28] = image
        assert centre(sheet).equal(image)


# what a learner draws

@pytest.mark.parametrize("seed", range(30))
def test_any_drawing_is_fitted_into_20_and_balanced_around_pixel_14(seed):
    steps = centring(drawn(seed))
    assert steps.shifted.shape == (28, 28)
    assert steps.shifted.dtype == torch.uint8
    assert max(steps.scaled.shape) == 20
    assert max(bounding_box(steps.shifted)[2:]) <= 20
    assert off_middle(steps.shifted) <= 0.5


@pytest.mark.parametrize("seed", range(30))
def test_centring_twice_changes_next_to_nothing(seed):
    once = centre(drawn(seed))
    assert (centre(once).int() - once.int()).abs().double().mean() < 1     # of 255


def test_each_step_can_be_shown():
    image = torch.zeros(28, 28, dtype=torch.uint8)
    image[2:12, 20:25] = 255                                               # 10 rows, 5 columns, top right
    steps = centring(image)
    assert steps.box == (2, 20, 10, 5)
    assert steps.scaled.shape == (20, 10)
    assert steps.mass == (9.5, 4.5)                                        # the middle of 20 x 10
    assert steps.corner == (4, 9)                                          # so that 9.5 comes to 13.5, and 4.5 too
    assert steps.shifted[4:24, 9:19].equal(steps.scaled)
    assert steps.shifted.sum() == steps.scaled.sum()


def test_shape_is_kept_and_edges_turn_grey():
    image = torch.zeros(60, 60, dtype=torch.uint8)
    image[5:55, 10:35] = torch.tril(torch.ones(50, 25)).byte() * 255       # 2 : 1, with a slanted edge
    scaled = centring(image).scaled
    assert scaled.shape == (20, 10)
    assert ((scaled > 0) & (scaled < 255)).sum() > 10


def test_numpy_goes_in_as_well():
    image = drawn(3)
    assert centre(image.numpy()).equal(centre(image))


# edges

@pytest.mark.parametrize("size", [(28, 28), (1, 1), (40, 9)])
def test_empty_stays_empty(size):
    steps = centring(torch.zeros(size, dtype=torch.uint8))
    assert steps.box is None
    assert steps.scaled.numel() == 0
    assert steps.shifted.equal(torch.zeros(28, 28, dtype=torch.uint8))


def test_single_dot_becomes_a_square_in_the_middle():
    image = np.zeros((28, 28), np.uint8)
    image[0, 27] = 200
    expected = torch.zeros(28, 28, dtype=torch.uint8)
    expected[4:24, 4:24] = 200
    assert centre(image).equal(expected)


@pytest.mark.parametrize("edge", [np.s_[0, :], np.s_[27, :], np.s_[:, 0], np.s_[:, 27]])
def test_line_along_the_border_comes_to_the_middle(edge):
    image = np.zeros((28, 28), np.uint8)
    image[edge] = 255
    moved = centre(image)
    assert (moved == 255).sum() == 20                                      # 28 x 1 becomes 20 x 1
    assert off_middle(moved) <= 0.5


def test_no_ink_is_pushed_out_when_its_weight_lies_at_one_end():
    image = np.zeros((28, 28), np.uint8)
    image[4:8, 4:24] = 255
    image[4:24, 4] = 255                                                   # a heavy beam on a thin post
    steps = centring(image)
    assert steps.shifted.sum() == steps.scaled.sum()
    assert steps.corner[0] == 8                                            # as far down as it goes
    assert off_middle(steps.shifted) > 0.5


def test_dust_too_faint_for_20_pixels_leaves_nothing():
    image = np.zeros((500, 500), np.uint8)
    image[0, 0] = image[499, 499] = 1
    assert not centre(image).any()


# 8 x 8

def test_each_block_of_16_pixels_is_counted():
    image = np.zeros((32, 32), np.uint8)
    image[:, 0] = 255
    image[0, :] = 255
    eight = eight_by_eight(image)
    assert eight.shape == (8, 8)
    assert (eight.double() * 16 / 255).round()[:2, :2].tolist() == [[7, 4], [4, 0]]


def test_ink_fills_the_height_as_in_the_embedded_digits():
    eights = torch.stack([eight_by_eight(sharp_digit(digit)[0]) for digit in range(10)])
    assert eights.any(2).all()                                             # no empty row
    assert set(eights.unique().tolist()) <= {round(count * 255 / 16) for count in range(17)}


@pytest.mark.parametrize(("form", "made", "steps"), [
    ("centred", centre, (("centre", 20, 28),)), ("eight", eight_by_eight, (("eight", 4, 8),)), ("as_drawn", lambda ink: ink, ())])
def test_each_form_says_what_was_done_and_nothing_is_said_of_an_empty_sheet(form, made, steps):
    image = sharp_digit(3)[0].roll(3, 0)
    found = ready(image, form)
    assert found.images[0].equal(made(image))
    assert found.steps == steps
    assert ready(torch.zeros_like(image), form).steps == ()


@has_real_mnist
def test_mnist_in_8_by_8_has_as_much_ink_as_the_embedded_digits():
    images = torch.as_tensor(data.load("mnist", train=False).images)[:1000, 0]
    ink = torch.stack([eight_by_eight(image) for image in images]).double().mean() / 255
    assert ink == pytest.approx(data.DATASETS["digits"].mean[0], abs=0.02)
