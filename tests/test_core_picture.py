"""Which picture the networks look at, and that it is made ready as the pictures were that they learned from."""

import pytest
import torch

from core import data, weights
from core.centre import centre, eight_by_eight
from core.data.strokes import sharp_digit
from core.introyt1 import text_picture
from core.look import LookSpec, look
from core.picture import KINDS, picture
from core.train import TrainSpec, start, train


def drawing() -> torch.Tensor:
    """A small 7 in a corner."""
    return sharp_digit(7)[0].roll((-4, 4), (0, 1))


def test_a_real_picture_is_the_first_of_its_class_in_the_test_set():
    test = data.load("digits", train=False)
    for digit in range(10):
        assert picture("real", digit, "learned").images.equal(test.images[test.labels.tolist().index(digit)])


def test_a_sharp_digit_is_shown_as_it_is_to_what_learned_from_mnist_and_in_8_by_8_to_what_learned_from_digits():
    assert picture("sharp", 4, "learned").images.equal(sharp_digit(4))
    assert picture("sharp", 4, "as_drawn", None, "digits").images[0].equal(eight_by_eight(sharp_digit(4)[0]))
    assert picture("sharp", 4, "learned", None, "digits").steps == (("eight", 4, 8),)


@pytest.mark.parametrize(("dataset", "form", "made"), [
    ("mnist", "learned", centre), ("digits", "learned", eight_by_eight), ("fashion_mnist", "learned", centre),
    ("mnist", "eight", eight_by_eight), ("digits", "centred", centre), ("digits", "as_drawn", lambda ink: ink)])
def test_a_drawing_is_made_ready_as_asked_or_as_was_learned(dataset, form, made):
    assert picture("drawn", 0, form, drawing(), dataset).images[0].equal(made(drawing()))


def test_the_noise_is_the_texts():
    torch.testing.assert_close(picture("text", 0, "learned").images[0] / 255, text_picture()[0, 0], rtol=0, atol=0.5001 / 255)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dataset", ["mnist", "digits"])
def test_every_kind_gives_bytes_in_one_or_three_channels(kind, dataset):
    image = picture(kind, 3, "learned", None, dataset).images
    assert image.dtype == torch.uint8
    assert image.ndim == 3
    assert len(image) in (1, 3)


@pytest.mark.parametrize("seed", [0, 1])
def test_what_learned_from_digits_knows_our_sharp_digits_and_a_drawing(seed):
    state = start(TrainSpec(seed=seed))
    list(train(state))
    raw = weights.as_safetensors(state.model, weights.about(state.spec, state.splits))
    right = [look(LookSpec(network="lenet5", digit=digit), raw) for digit in range(10)]
    assert sum(int(seen.trained.probs.argmax()) == digit for digit, seen in enumerate(right)) >= 9
    assert right[0].fitting == (("eight", 4, 8), ("resize", 8, 28))
    assert look(LookSpec(network="lenet5", picture="drawn"), raw, drawing()).trained.probs.argmax() == 7
