"""Pictures on their way into a network, against torchvision."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional as F
from torchvision import transforms
from torchvision.transforms import functional as TF

from core.data import DATASETS
from core.images import (
    FIT,
    channel_stats,
    fit_to,
    grey_to_rgb,
    normalise,
    pad,
    resize,
    rgb_to_grey,
    scale,
    stages,
    steps_to_fit,
    to_tensor,
    unnormalise,
)
from core.models import MODELS


def pictures(channels: int, size: int, count: int = 4, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, channels, size, size), generator=generator, dtype=torch.uint8)


# bytes to fractions

@pytest.mark.parametrize("channels", [1, 3])
def test_to_tensor_is_torchvisions_totensor(channels):
    image = pictures(channels, 9)[0].permute(1, 2, 0)      # (H, W, C)
    pil = Image.fromarray(image.squeeze(2).numpy())
    assert to_tensor(image).equal(transforms.ToTensor()(pil))


def test_scale_is_totensor_with_the_channels_already_first():
    images = pictures(3, 8)
    expected = torch.stack([transforms.ToTensor()(np.ascontiguousarray(i.permute(1, 2, 0).numpy())) for i in images])
    assert scale(images).equal(expected)
    assert scale(images).dtype == torch.float32


def test_every_byte_becomes_its_255th():
    bytes_ = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    assert scale(bytes_).flatten().tolist() == [np.float32(i) / np.float32(255) for i in range(256)]
    assert scale(bytes_)[0, 0, 0, 0] == 0
    assert scale(bytes_)[0, 0, -1, -1] == 1


# normalise and back

@pytest.mark.parametrize("key", DATASETS)
def test_normalise_is_torchvisions_normalize(key):
    dataset = DATASETS[key]
    x = scale(pictures(dataset.channels, 8))
    assert normalise(x, dataset.mean, dataset.std).equal(transforms.Normalize(dataset.mean, dataset.std)(x))


@pytest.mark.parametrize(("mean", "std"), [(0.5, 0.5), (0.0, 1.0), (0.1307, 0.3081), (0.4914, 0.2470)])
def test_the_way_back_returns_every_byte(mean, std):
    x = scale(torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16).expand(1, 3, 16, 16))
    back = unnormalise(normalise(x, (mean,) * 3, (std,) * 3), (mean,) * 3, (std,) * 3)
    torch.testing.assert_close(back, x, rtol=0, atol=1e-6)
    assert (back * 255).round().byte().equal((x * 255).round().byte())


def test_black_and_white_under_a_half_and_a_half_become_minus_one_and_one():
    x = torch.tensor([0.0, 0.5, 1.0]).view(1, 1, 1, 3)
    assert normalise(x, (0.5,), (0.5,)).flatten().tolist() == [-1, 0, 1]


def test_each_channel_has_its_own_numbers():
    x = torch.full((1, 3, 1, 1), 0.6)
    assert normalise(x, (0.5, 0.6, 0.1), (0.1, 1.0, 0.25)).flatten().tolist() == pytest.approx([1, 0, 2], abs=1e-6)


def test_the_wrong_way_back_leaves_zero_to_one():
    """The text normalises with CIFAR-10's numbers and comes back with / 2 + 0.5: matplotlib clips what is outside."""
    cifar = DATASETS["cifar10"]
    black_and_white = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(1, 3, 1, 2)
    shown = stages((black_and_white * 255).byte(), cifar.mean, cifar.std).wrong
    by_hand = ((0 - 0.4914) / 0.2470) / 2 + 0.5, ((1 - 0.4822) / 0.2435) / 2 + 0.5
    assert (shown.min().item(), shown.max().item()) == pytest.approx(by_hand, abs=1e-6)
    assert [round(n.item(), 4) for n in (shown.min(), shown.max())] == [-0.4947, 1.5632]


def test_the_stages_of_a_batch_are_the_steps_one_after_another():
    images, cifar = pictures(3, 8), DATASETS["cifar10"]
    seen = stages(images, cifar.mean, cifar.std)
    assert seen.stored.equal(images)
    assert seen.scaled.equal(scale(images))
    assert seen.normalised.equal(transforms.Normalize(cifar.mean, cifar.std)(scale(images)))
    torch.testing.assert_close(seen.back, seen.scaled, rtol=0, atol=1e-6)
    assert seen.wrong.equal(seen.normalised / 2 + 0.5)
    right = stages(images, (0.5,) * 3, (0.5,) * 3)         # the formula undoes this one
    torch.testing.assert_close(right.wrong, right.scaled, rtol=0, atol=1e-6)


# fitting

@pytest.mark.parametrize(("before", "after"), [(28, 32), (28, 30), (28, 29), (27, 30)])
def test_pad_is_a_margin_of_zeros_on_all_sides(before, after):
    images, first = pictures(1, before), (after - before) // 2
    last = after - before - first
    padded = pad(images, before, after)
    assert padded.equal(F.pad(images, (first, last, first, last)))
    assert padded.dtype == torch.uint8
    assert padded.sum() == images.sum()                    # nothing was added but black


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("before", "after"), [(8, 28), (8, 32), (32, 28), (32, 16), (28, 8)])
def test_resize_is_torchvisions_bilinear_with_antialias(before, after, channels):
    images = pictures(channels, before)
    expected = TF.resize(images, [after, after], antialias=True)
    assert (resize(images, before, after).int() - expected.int()).abs().max() <= 1
    assert resize(images, before, after).dtype == torch.uint8


def test_resizing_one_colour_keeps_it():
    assert resize(torch.full((1, 1, 8, 8), 200, dtype=torch.uint8), 8, 28).unique().tolist() == [200]


def test_grey_pictures_look_as_torchvision_shows_them():
    images = pictures(3, 16)
    grey = rgb_to_grey(images, 3, 1)
    assert grey.shape == (4, 1, 16, 16)
    assert (grey.int() - transforms.Grayscale()(images).int()).abs().max() <= 1
    by_pil = torch.stack([torch.from_numpy(np.array(TF.to_pil_image(i).convert("L"))) for i in images]).unsqueeze(1)
    assert (grey.int() - by_pil.int()).abs().max() <= 1


@pytest.mark.parametrize(("colour", "grey"), [
    ((255, 255, 255), 255), ((0, 0, 0), 0),
    ((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29),              # 255 · 0.299 = 76.2
])
def test_green_looks_brighter_than_red_and_red_brighter_than_blue(colour, grey):
    assert rgb_to_grey(torch.tensor(colour, dtype=torch.uint8).view(1, 3, 1, 1), 3, 1).item() == grey


def test_the_grey_weights_live_where_the_pictures_live():
    images = torch.empty(1, 3, 2, 2, dtype=torch.uint8, device="meta")
    assert rgb_to_grey(images, 3, 1).device.type == "meta"


def test_grey_to_rgb_repeats_the_channel():
    images = pictures(1, 8)
    colour = grey_to_rgb(images, 1, 3)
    assert colour.equal(images.repeat(1, 3, 1, 1))
    assert colour.is_contiguous()
    assert rgb_to_grey(colour, 3, 1).equal(images)         # and back


@pytest.mark.parametrize("network", MODELS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_is_made_to_fit_every_network(dataset, network):
    stored, wanted = DATASETS[dataset], MODELS[network]
    images = pictures(stored.channels, stored.size)
    fitted = fit_to(images, wanted.channels, wanted.size)
    assert fitted.images.shape == (4, wanted.channels, wanted.size, wanted.size)
    assert fitted.images.dtype == torch.uint8
    assert fitted.steps == steps_to_fit(stored.channels, stored.size, wanted.channels, wanted.size)
    assert {what for what, _, _ in fitted.steps} <= set(FIT)
    if (stored.channels, stored.size) == (wanted.channels, wanted.size):
        assert fitted.steps == ()
        assert fitted.images.equal(images)


def test_the_steps_say_what_was_done():
    assert steps_to_fit(1, 28, 1, 32) == (("pad", 28, 32),)
    assert steps_to_fit(1, 8, 3, 32) == (("resize", 8, 32), ("grey_to_rgb", 1, 3))
    assert steps_to_fit(3, 32, 1, 28) == (("resize", 32, 28), ("rgb_to_grey", 3, 1))
    assert steps_to_fit(1, 27, 1, 32) == (("resize", 27, 32),)             # five pixels are too many for a margin
    assert steps_to_fit(3, 32, 3, 32) == ()


def test_fitting_does_not_change_the_stored_pictures():
    images = pictures(3, 32)
    kept = images.clone()
    fit_to(images, 1, 28)
    assert images.equal(kept)


# statistics

@pytest.mark.parametrize("channels", [1, 3])
def test_channel_stats_are_numpys_over_all_pixels(channels):
    images = pictures(channels, 8, count=2500)             # more than two parts of 1,000
    mean, std = channel_stats(images)
    fractions = images.numpy().astype("float64") / 255
    np.testing.assert_allclose(mean.numpy(), fractions.mean((0, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(std.numpy(), fractions.std((0, 2, 3), ddof=1), rtol=1e-6)


def test_channel_stats_of_half_black_half_white():
    images = torch.tensor([0, 255], dtype=torch.uint8).view(1, 1, 1, 2)
    mean, std = channel_stats(images)
    assert mean.item() == 0.5
    assert std.item() == pytest.approx(0.5 ** 0.5)         # sqrt((0.25 + 0.25) / (2 - 1)), as torch.std
