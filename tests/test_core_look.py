"""One picture through a fresh and a trained copy of a network."""

import pytest
import torch

from core import weights
from core.errors import SpecError
from core.images import fit_to, normalise, scale
from core.introyt1 import text_output, text_picture
from core.look import LookSpec, call_and_forward, look, misfits, see, some_batch
from core.models import LENETS, MODELS, fresh
from core.picture import picture


@pytest.mark.parametrize("network", LENETS)
def test_a_fresh_network_guesses_and_a_trained_one_knows_all_ten_digits(network):
    for digit in range(10):
        seen = look(LookSpec(network=network, digit=digit))
        assert seen.answer == digit
        assert seen.trained.probs.argmax() == digit
        assert seen.trained.probs[digit] > 0.5
        assert seen.fresh.probs.max() < 0.2                # ten classes: 0.1 each
        assert seen.fresh.probs.min() > 0.05
        for copy in (seen.fresh, seen.trained):
            assert copy.probs.shape == copy.logits.shape == (10,)
            torch.testing.assert_close(copy.probs.sum(), torch.tensor(1.0))
            torch.testing.assert_close(copy.probs, copy.logits.exp() / copy.logits.exp().sum())


@pytest.mark.parametrize("kind", ["sharp", "real"])
@pytest.mark.parametrize("network", LENETS)
def test_what_is_shown_is_what_the_network_got(network, kind):
    spec, wanted = LookSpec(network=network, picture=kind, digit=7, seed=5), MODELS[network]
    seen = look(spec)
    assert seen.image.shape == (wanted.channels, wanted.size, wanted.size)
    assert seen.fitting == fit_to(picture(kind, 7, "learned").images.unsqueeze(0), wanted.channels, wanted.size).steps
    mnist = (0.1307,) * wanted.channels, (0.3081,) * wanted.channels       # our own weights learned from it
    x = normalise(scale(seen.image.unsqueeze(0)), *mnist)
    with torch.no_grad():
        assert seen.fresh.logits.equal(fresh(network, 5)(x)[0])
        assert seen.trained.logits.equal(weights.trained(network)(x)[0])
    assert not seen.fresh.model.training
    assert not seen.trained.model.training


def test_the_seed_changes_the_fresh_copy_only():
    first, second = look(LookSpec(seed=1)), look(LookSpec(seed=2))
    assert not first.fresh.logits.equal(second.fresh.logits)
    assert first.trained.logits.equal(second.trained.logits)


def test_own_weights_are_used_with_their_own_normalisation():
    model = fresh("lenet", 9)
    raw = weights.as_safetensors(model, {"mean": "0.5", "std": "0.25"})
    seen = look(LookSpec(network="lenet", digit=2), raw)
    x = normalise(scale(seen.image.unsqueeze(0)), (0.5,), (0.25,))
    with torch.no_grad():
        assert seen.trained.logits.equal(model.eval()(x)[0])


def test_weights_of_another_network_are_refused():
    with pytest.raises(SpecError, match="weights_"):
        look(LookSpec(network="lenet"), weights.stored("lenet5"))


@pytest.mark.parametrize("network", LENETS)
def test_seeing_keeps_every_operation(network):
    model, x = fresh(network, 0), some_batch(network, 1)
    copy = see(model, x)
    assert len(copy.traced.ops) == 12
    assert copy.logits.equal(copy.traced.output[0])
    assert not copy.logits.requires_grad


@pytest.mark.parametrize("size", [1, 16])
@pytest.mark.parametrize("network", LENETS)
def test_some_batch_fits_and_is_always_the_same(network, size):
    torch.manual_seed(size)
    x = some_batch(network, size)
    assert fresh(network, 0)(x).shape == (size, 10)
    assert x.equal(some_batch(network, size))


@pytest.mark.parametrize("network", LENETS)
def test_the_two_classic_mistakes_are_refused_by_pytorch_itself(network):
    wrong = misfits(fresh(network, 0), network)
    assert set(wrong) == {"size", "batch"}
    for traced in wrong.values():
        assert "mat1 and mat2 shapes cannot be multiplied" in traced.error


def test_lenets_two_mistakes_by_hand():
    wrong = misfits(fresh("lenet", 0), "lenet")
    assert "(1x256 and 400x120)" in wrong["size"].error    # 28 - 4 = 24, 12, 8, 4: 16·4·4 = 256
    assert "(16x25 and 400x120)" in wrong["batch"].error   # the 16 maps are taken for 16 pictures of 5·5 = 25


def test_calling_runs_the_hooks_and_forward_does_not():
    model, x = fresh("lenet", 0), some_batch("lenet", 2)
    called = call_and_forward(model, x)
    assert called.equal
    assert (called.hooks_by_call, called.hooks_by_forward) == (1, 0)
    assert not model._forward_hooks


def test_no_hook_stays_when_the_picture_does_not_fit():
    model = fresh("lenet", 0)
    with pytest.raises(RuntimeError):
        call_and_forward(model, torch.zeros(1, 1, 28, 28))
    assert not model._forward_hooks


def test_the_text_copy_gives_the_texts_printed_output_for_the_texts_noise():
    seen = look(LookSpec(start="text", picture="text"))
    printed = torch.tensor([0.0898, 0.0318, 0.1485, 0.0301, -0.0085, -0.1135, -0.0296, 0.0164, 0.0039, 0.0616])
    torch.testing.assert_close(seen.fresh.logits, printed, rtol=0, atol=0.5001e-4)     # four printed digits
    assert seen.fresh.logits.equal(text_output()[1][0])
    noise = seen.fresh.traced.ops[0].x
    assert noise.equal(seen.trained.traced.ops[0].x)
    assert noise.equal(text_picture())
    assert 0 <= noise.min() < noise.max() < 1
    with torch.no_grad():
        assert seen.trained.logits.equal(weights.trained("lenet")(noise)[0])
    assert (seen.answer, seen.fitting, seen.picture) == (None, (), "text")
    torch.testing.assert_close(seen.image / 255, noise[0], rtol=0, atol=0.5001 / 255)  # as bytes, to be looked at
    assert seen.image.dtype == torch.uint8


@pytest.mark.parametrize("kind", ["sharp", "real", "drawn"])
def test_the_texts_weights_look_at_any_picture_normalised_as_ever(kind):
    fresh_one, text = (look(LookSpec(start=start, picture=kind, digit=4)) for start in ("fresh", "text"))
    x = fresh_one.fresh.traced.ops[0].x
    assert x.equal(text.fresh.traced.ops[0].x)
    with torch.no_grad():
        assert text.fresh.logits.equal(text_output()[0](x)[0])
    assert text.trained.logits.equal(fresh_one.trained.logits)
    assert not text.fresh.logits.equal(fresh_one.fresh.logits)
    assert (text.mean, text.std) == ((0.1307,), (0.3081,))


def test_the_texts_weights_do_not_follow_the_seed_and_noise_can_be_shown_to_a_fresh_copy():
    assert look(LookSpec(start="text", seed=1)).fresh.logits.equal(look(LookSpec(start="text", seed=2)).fresh.logits)
    with torch.no_grad():
        assert look(LookSpec(picture="text", seed=3)).fresh.logits.equal(fresh("lenet", 3)(text_picture())[0])


@pytest.mark.parametrize("network", [network for network in LENETS if network != "lenet"])
def test_other_networks_have_no_text_and_show_what_they_show_without_it(network):
    asked, usual = look(LookSpec(network=network, start="text", picture="text", digit=6)), look(LookSpec(network=network, digit=6))
    assert asked.fresh.logits.equal(usual.fresh.logits)
    assert asked.image.equal(usual.image)
    assert (asked.answer, asked.picture) == (6, "sharp")


def test_the_texts_network_is_drawn_once_and_everybody_gets_a_copy():
    first, second = text_output(), text_output()
    assert first[1] is second[1]
    assert first[0] is not second[0]
    first[0].fc3.bias.data.fill_(100.0)
    assert look(LookSpec(start="text", picture="text")).fresh.logits.equal(second[1][0])
