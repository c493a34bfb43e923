"""Scores on pictures that a network did not learn from."""

import math

import pytest
import torch
from scipy.stats import binomtest
from torch import nn
from torch.nn import functional as F

from core import data
from core.errors import SpecError
from core.evaluate import OUTPUTS, Checked, Score, chance_loss, evaluate, learning, wilson
from core.images import normalise, scale
from core.models import fresh
from core.train import TrainSpec, split


def final(records: object) -> Score:
    return list(records)[-1].score


@pytest.fixture(scope="module")
def pictures():
    splits = split(TrainSpec(network="lenet5", dataset="digits"))
    return splits.test.images, splits.test.labels, splits.mean, splits.std


@pytest.mark.parametrize("chunk", [1000, 360, 100, 7])
def test_the_score_equals_a_direct_computation(pictures, chunk):
    images, labels, mean, std = pictures
    model = fresh("lenet5", 0).eval()
    with torch.no_grad():
        logits = model(normalise(scale(images), mean, std))
    score = final(evaluate(model, *pictures, chunk=chunk))
    assert score.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)
    assert (score.correct, score.images) == (int((logits.argmax(1) == labels).sum()), 360)
    assert score.accuracy == score.correct / 360


def test_progress_comes_chunk_by_chunk_and_the_score_at_the_end(pictures):
    records = list(evaluate(fresh("lenet5", 0), *pictures, chunk=100))
    assert records[:-1] == [Checked(done, 360) for done in (100, 200, 300, 360)]
    assert (records[-1].done, records[-1].images) == (360, 360)
    assert records[-1].score is not None


class Halves(nn.Module):
    """Always answers class 0 with logits (1, 0); in training it would answer class 1."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer = torch.tensor([0.0, 1.0] if self.training else [1.0, 0.0])
        assert not torch.is_grad_enabled()
        return answer.expand(len(x), 2)


def test_three_of_four_right_by_hand():
    labels = torch.tensor([0, 0, 1, 0])
    score = final(evaluate(Halves(), torch.zeros(4, 1, 2, 2, dtype=torch.uint8), labels, (0.0,), (1.0,), chunk=3))
    assert (score.correct, score.images, score.accuracy) == (3, 4, 0.75)
    right, wrong = math.log(1 + math.exp(-1)), math.log(1 + math.e)        # -ln softmax of (1, 0)
    assert score.loss == pytest.approx((3 * right + wrong) / 4, rel=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_as_it_was_afterwards(training, pictures):
    model = fresh("lenet5", 0).train(training)
    list(evaluate(model, *pictures))
    assert model.training is training


def test_the_mode_is_as_it_was_when_somebody_stops_watching(pictures):
    model = fresh("lenet5", 0).train()
    records = evaluate(model, *pictures, chunk=100)
    next(records)
    records.close()
    assert model.training


def test_the_weights_do_not_change(pictures):
    model = fresh("lenet5", 0)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    list(evaluate(model, *pictures))
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_guessing_costs_the_cross_entropy_of_equal_logits(classes):
    expected = F.cross_entropy(torch.zeros(1, classes), torch.tensor([0]))
    assert chance_loss(classes) == pytest.approx(expected.item())


def test_guessing_among_ten_costs_2_302585():
    assert round(chance_loss(10), 6) == 2.302585


@pytest.mark.parametrize(("loss", "learns"), [(2.2, True), (2.302585, True), (2.302586, False), (2.5, False), (float("nan"), False)])
def test_a_network_learns_when_it_beats_guessing(loss, learns):
    assert learning(loss, classes=10) is learns


def test_the_test_pictures_are_the_datasets_own():
    assert split(TrainSpec(dataset="digits")).test.labels.equal(data.load("digits", train=False).labels)
    with pytest.raises(SpecError):
        data.load("nothing", train=False)


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_score_is_that_of_what_cross_entropy_is_handed(pictures, output):
    images, labels, mean, std = pictures
    model = fresh("lenet5", 0).eval()
    with torch.no_grad():
        logits = model(normalise(scale(images), mean, std))
    handed = {"logits": logits, "softmax": logits.softmax(1), "relu": logits.clamp(min=0)}[output]
    kept: list[torch.Tensor] = []
    score = final(evaluate(model, *pictures, chunk=100, output=output, keep=kept))
    torch.testing.assert_close(torch.cat(kept), handed)
    assert score.loss == pytest.approx(F.cross_entropy(handed, labels).item(), rel=1e-5)
    assert score.correct == int((handed.argmax(1) == labels).sum())


def test_softmax_changes_no_answer_and_relu_does_where_no_logit_is_positive():
    logits = torch.tensor([[-3.0, -1.0, -2.0], [1.0, 2.0, -1.0]])
    assert OUTPUTS["softmax"](logits).argmax(1).tolist() == [1, 1]
    assert OUTPUTS["relu"](logits).argmax(1).tolist() == [0, 1]


@pytest.mark.parametrize(("correct", "images"), [(0, 1), (1, 1), (0, 10), (9, 10), (10, 10), (277, 360), (9_000, 10_000), (1, 10_000)])
def test_wilsons_range_is_scipys(correct, images):
    expected = binomtest(correct, images).proportion_ci(0.95, method="wilson")
    assert wilson(correct, images, z=1.959964) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_nine_of_ten_right_may_be_60_or_98_percent():
    assert [round(end, 3) for end in wilson(9, 10)] == [0.596, 0.982]


def test_the_ends_are_the_accuracies_that_lie_just_z_deviations_away():
    """What the interval means: for p at an end, the count that was found is exactly z standard deviations off."""
    for p in wilson(277, 360, z=1.96):
        assert abs(277 / 360 - p) == pytest.approx(1.96 * math.sqrt(p * (1 - p) / 360))


def test_all_right_is_not_certain_and_nothing_counted_says_nothing():
    low, high = wilson(10, 10)
    assert (round(low, 3), high) == (0.722, 1.0)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_hundred_times_as_many_pictures_make_the_range_ten_times_as_narrow():
    wide, narrow = (high - low for low, high in (wilson(900, 1000), wilson(90_000, 100_000)))
    assert wide / narrow == pytest.approx(10, rel=0.01)
