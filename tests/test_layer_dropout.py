"""nn.Dropout in the gallery: zeros, and the rest divided by 1 - p. Which numbers become zero is nobody's promise."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.layers.chain import chain
from core.layers.dropout import AVERAGED, DropoutSpec, averages, channels, dropout
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize("p", [0.1, 0.30000000000000004, 0.4, 0.9])
def test_every_number_is_dropped_or_divided_by_what_is_left(p, seed):
    found = dropout(DropoutSpec(p, seed=seed))
    scaled = (found.x / (1 - p)).expand_as(found.ys)
    torch.testing.assert_close(found.ys[found.kept], scaled[found.kept])
    assert found.ys[~found.kept].eq(0).all()
    assert not found.kept.all()
    assert found.y.equal(found.ys[0])
    assert (found.x > 0).all()                       # so that a zero was dropped


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("draws", [1, 4])
@pytest.mark.parametrize("seed", [3, 42])
def test_the_program_ends_with_the_pictures_numbers(training, draws, seed):
    found, names = dropout(DropoutSpec(0.3, training, draws, seed)), {}
    exec(found.code, names)
    assert names["x"].equal(found.x)
    assert names["y"].equal(found.y)
    assert found.code.count("print") == 1 + (draws > 1)


def test_the_texts_survivors_are_as_printed():
    """Only the masks differ from its print: 0.7991 / 0.6 = 1.3319."""
    found = dropout(DropoutSpec())
    assert found.x.equal(chain().to_drop)
    for printed in (0.2878, 1.3319, 0.5738, 0.8335):
        assert ((found.x / 0.6 - printed).abs() < 5e-5).any()
    assert not found.parameters


def test_passes_differ_in_training_and_are_x_in_evaluation():
    found = dropout(DropoutSpec())
    assert not found.kept[0].equal(found.kept[1])
    assert dropout(DropoutSpec(training=False)).ys.equal(found.x.expand(4, 1, 4, 4))


@pytest.mark.parametrize("p", [0.1, 0.4, 0.9])
def test_the_mean_of_many_passes_is_x(p):
    """Its standard error is x · sqrt(p / (1 - p) / N), and 6 of them are practically never reached."""
    x, means = dropout(DropoutSpec(p)).x, averages(DropoutSpec(p))
    assert tuple(means) == AVERAGED
    for n, mean in means.items():
        assert ((mean - x).abs() <= 6 * x * (p / (1 - p) / n) ** 0.5).all()
    one = dropout(DropoutSpec(p)).y
    assert (means[AVERAGED[-1]] - x).abs().max() < (one - x).abs().max()


@pytest.mark.parametrize("seed", range(5))
def test_dropout2d_drops_whole_channels(seed):
    found = channels(DropoutSpec(0.4, seed=seed))
    kept = found.y.ne(0).flatten(2)                  # (B, C, 4)
    assert kept.all(dim=2).equal(kept.any(dim=2))
    torch.testing.assert_close(found.y[found.y != 0], found.x[found.y != 0] / 0.6)
    assert channels(DropoutSpec(0.4, training=False, seed=seed)).y.equal(found.x)


def test_what_is_said_about_pytorch_is_so():
    layer = nn.Dropout()
    assert layer.p == 0.5
    assert list(layer.parameters()) == []
    assert (F.dropout(torch.ones(10_000)) == 0).any()                      # training is True unless told otherwise
    weight = nn.Linear(4, 4).weight
    before = weight.clone()
    nn.Sequential(layer, nn.Linear(4, 4))(torch.ones(1, 4))
    assert weight.equal(before)


def test_the_page_shows_the_texts_example():
    at = opened("layers", view="dropout")
    said = shown(fine(at.button(key="predict.layers.dropout.show").click().run()))
    dropped = (~dropout(DropoutSpec()).kept).sum(dim=(1, 2, 3)).tolist()
    assert f"of 16 numbers, {', '.join(map(str, dropped))} became 0" in said
    assert "1 / (1 − 0.4) = 1.67" in said
    assert "0.799 / 0.6 = 1.33" in said


def test_a_link_cannot_drop_nothing_for_then_no_number_grows():
    at = opened("layers", view="dropout", p="0")
    assert at.session_state["layers.dropout.p"] == 0.1


def test_in_evaluation_the_page_says_that_nothing_is_dropped():
    at = opened("layers", view="dropout", training="0", seed="5", p="7")
    said = shown(fine(at.button(key="predict.layers.dropout.show").click().run()))
    assert "nothing is dropped" in said
    assert at.session_state["layers.dropout.p"] == 0.9


def test_the_folds_show_the_average_and_whole_channels():
    at = opened("layers", view="dropout")
    fine(at.button(key="predict.layers.dropout.show").click().run())
    at.session_state["fold.layers.dropout.mean"] = True
    at.session_state["fold.layers.dropout.whole"] = True
    said = shown(fine(at.run()))
    far = (averages(DropoutSpec())[10_000] - dropout(DropoutSpec()).x).abs().max()
    assert f"10,000 passes {far:.3g}" in said
    assert f"{int((channels(DropoutSpec()).y.sum(dim=(2, 3)) == 0).sum())} of 8 channels" in said
