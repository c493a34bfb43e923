"""A photo of a digit on its way to a network: what is paper, what is ink, and that our trained copies then read it."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F
from torch.testing import assert_close

from core.centre import centre, eight_by_eight
from core.data.strokes import sharp_digit
from core.images import rgb_to_grey
from core.look import LookSpec, look
from core.models import LENETS
from core.photo import FAINT, fit_photo, ink, paper, square
from core.picture import FORMS
from core.picture_file import read

SHADOWS = ("none", "slanting", "strong", "edge")


def photo(digit: int, shadow: str = "slanting", chalk: bool = False, noise: float = 8.0, seed: int = 0) -> Tensor:
    """A JPEG of 800 x 600, as a phone may take it: a sharp digit somewhere on cream paper, or of chalk on a board. (3, 192, 256) uint8."""
    chance = np.random.default_rng(seed * 10 + digit)
    ink = F.interpolate(sharp_digit(digit)[None].float() / 255, (400, 400), mode="bicubic").clamp(0, 1)[0, 0].numpy()
    share = np.zeros((600, 800, 1))
    top, left = chance.integers(5, 195), chance.integers(5, 395)
    share[top:top + 400, left:left + 400, 0] = ink
    rows, columns = np.mgrid[-0.5:0.5:600j, -0.5:0.5:800j]
    angle = chance.uniform(0, 2 * np.pi)
    along = np.cos(angle) * rows + np.sin(angle) * columns
    lights = {"none": 1.0, "slanting": 0.82 - 0.25 * along, "strong": 0.7 - 0.42 * along, "edge": 1 - 0.3 / (1 + np.exp(-25 * along))}
    sheet = np.array([235.0, 228.0, 215.0]) * np.broadcast_to(lights[shadow], (600, 800))[..., None]
    image = sheet * (1 - share) + 40 * share
    image = (255 - image if chalk else image) + chance.normal(0, noise, image.shape)
    raw = io.BytesIO()
    Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(raw, "JPEG", quality=80)
    return read(raw.getvalue(), side=256).pixels


@pytest.mark.parametrize("network", LENETS)
@pytest.mark.parametrize("shadow", SHADOWS)
def test_a_trained_copy_reads_photographed_digits(shadow, network):
    right = sum(int(look(LookSpec(network=network, picture="uploaded"), None, photo(digit, shadow)).trained.probs.argmax()) == digit
                for digit in range(10))
    assert right >= 9


def test_chalk_on_a_board_is_read_without_being_inverted():
    for digit in range(10):
        seen = look(LookSpec(picture="uploaded"), None, photo(digit, chalk=True))
        assert seen.trained.probs.argmax() == digit
        assert "invert" not in [what for what, _, _ in seen.fitting]


def test_every_step_is_told_in_its_order():
    said = [what for what, _, _ in look(LookSpec(picture="uploaded"), None, photo(4)).fitting]
    assert said == ["rgb_to_grey", "paper", "invert", "stretch", "centre", "pad"]
    said = look(LookSpec(picture="uploaded", form="as_drawn"), None, photo(4)).fitting
    assert said == (("square", 192, 256), ("resize", 256, 32), ("rgb_to_grey", 3, 1))
    said = [what for what, _, _ in look(LookSpec(network="cifar_net", picture="uploaded", form="eight"), None, photo(4)).fitting]
    assert said == ["rgb_to_grey", "paper", "invert", "stretch", "eight", "resize", "grey_to_rgb"]


def test_only_as_it_is_a_picture_keeps_its_colours():
    red = torch.zeros(3, 40, 40, dtype=torch.uint8)
    red[0] = 200
    red[:, 10:20, 10:20] = 0
    kept = look(LookSpec(network="cifar_net", picture="uploaded", form="as_drawn"), None, red).image
    assert kept[:, 0, 0].tolist() == [200, 0, 0]
    grey = look(LookSpec(network="cifar_net", picture="uploaded"), None, red).image
    assert grey[0].equal(grey[1])


@pytest.mark.parametrize("network", LENETS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 9), (1, 9, 1), (3, 2, 2), (1, 8, 8), (3, 28, 28), (3, 256, 3)])
def test_any_picture_fits_any_network(shape, form, network):
    image = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    seen = look(LookSpec(network=network, picture="uploaded", form=form), None, image)
    assert seen.answer is None
    assert seen.trained.logits.isfinite().all()


@pytest.mark.parametrize("form", FORMS)
def test_without_a_picture_the_networks_get_an_empty_one(form):
    seen = look(LookSpec(picture="uploaded", form=form))
    assert not seen.image.any()
    assert (seen.answer, seen.fitting) == (None, (("pad", 28, 32),))


# by hand

def vignetted(digit: int, share: float) -> Tensor:
    """Pencil 140 on paper 220 with some noise, through a lens that leaves corners only 1 - 2·share of the light. (3, 192, 256) uint8."""
    chance = torch.Generator().manual_seed(digit)
    sheet = 220 + 6 * torch.randn(192, 256, generator=chance)
    stroke = F.interpolate(sharp_digit(digit)[None].float() / 255, (120, 120), mode="bilinear")[0, 0]
    sheet[36:156, 68:188] -= 80 * stroke
    lens = 1 - share * (torch.linspace(-1, 1, 192).unsqueeze(1)**2 + torch.linspace(-1, 1, 256)**2)
    return (sheet * lens).clamp(0, 255).byte().expand(3, -1, -1)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.15, 0.2])
def test_pencil_is_read_though_the_lens_makes_the_corners_dark(share):
    """With a plane for the paper, 1 of 10 is read from 0.15 on."""
    for digit in range(10):
        assert look(LookSpec(picture="uploaded"), None, vignetted(digit, share)).trained.probs.argmax() == digit


def test_slanting_light_is_a_plane_and_goes_away_with_the_paper():
    rows, columns = torch.meshgrid(torch.arange(30.0), torch.arange(40.0), indexing="ij")
    light = 100 + 2 * rows + columns                 # 100 ... 197
    assert_close(paper(light.byte()), light, atol=0.01, rtol=0)
    light[10:20, 15:20] -= 80                        # a stroke
    found = ink(light.byte())
    wanted = torch.zeros(30, 40, dtype=torch.uint8)
    wanted[10:20, 15:20] = 255
    assert found.images.equal(wanted)
    assert found.steps == (("paper", 148, 0), ("invert", 0, 255), ("stretch", 80, 255))


def test_dark_corners_and_a_twist_are_of_second_degree_and_go_away_too():
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, 31), torch.linspace(-1, 1, 41), indexing="ij")
    light = 200 - 40 * rows**2 - 30 * columns**2 + 20 * rows * columns - 10 * rows
    seen = light.clone()
    seen[10:20, 15:20] = 20
    assert_close(paper(seen.round().byte()), light, atol=0.3, rtol=0)


def test_light_ink_is_not_inverted_and_a_faint_trace_is_no_ink():
    sheet = torch.full((20, 20), 50, dtype=torch.uint8)
    sheet[5:9, 5:9], sheet[12:14, 12:14] = 150, 85   # 100 above the paper, and 35
    found = ink(sheet)
    assert found.images.unique().tolist() == [0, 255]
    assert not found.images[12:14, 12:14].any()
    assert found.steps == (("paper", 50, 0), ("stretch", 100, 255))


def test_an_empty_sheet_stays_empty_instead_of_showing_its_noise():
    noise = torch.randint(200, 200 + FAINT // 2, (1, 50, 50), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    found = fit_photo(noise, "centred")
    assert not found.images.any()
    assert found.images.shape == (1, 28, 28)
    assert [what for what, _, _ in found.steps] == ["paper", "no_ink"]


@pytest.mark.parametrize(("shape", "top", "left"), [((3, 2, 6), 2, 0), ((3, 6, 3), 0, 1)])
def test_a_picture_is_made_square_in_its_borders_colour_and_loses_nothing(shape, top, left):
    image = torch.tensor([10, 20, 30], dtype=torch.uint8).view(3, 1, 1).repeat(1, *shape[1:])
    image[:, 1, 1] = 99
    found = square(image)
    assert found.images.shape == (3, 6, 6)
    assert found.images[:, top:top + shape[1], left:left + shape[2]].equal(image)
    assert (found.images == 99).sum() == 3
    assert found.images[:, 0, 0].tolist() == found.images[:, -1, -1].tolist() == [10, 20, 30]


def test_the_sheet_that_a_picture_is_laid_on_has_the_colour_of_its_border_and_not_of_most_of_it():
    image = torch.full((3, 6, 12), 200, dtype=torch.uint8)
    image[:, 1:-1, 1:-1] = 30                        # 40 of 72 pixels
    assert square(image).images[:, 0].unique().tolist() == [200]


def test_the_forms_are_those_of_a_drawing():
    image = photo(7)
    found = ink(rgb_to_grey(image[None], 3, 1)[0, 0]).images
    assert fit_photo(image, "centred").images[0].equal(centre(found))
    assert fit_photo(image, "eight").images[0].equal(eight_by_eight(found))
