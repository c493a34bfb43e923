"""Loss functions in the gallery: values and gradients are PyTorch's and those of the formulas; what goes wrong around them is real."""

import math
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.layers import loss_facts as facts
from core.layers.loss import CRITERIA, LossSpec, curve, far_says, loss
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def by_hand(spec):
    """(loss, gradient) from the formulas."""
    e, limit = spec.guess - spec.target, spec.threshold
    sign, near = (e > 0) - (e < 0), abs(e) < limit
    softmax = math.exp(spec.score) / (math.exp(spec.score) + spec.classes - 1)
    yes = spec.label == "1"
    return {
        "mse": lambda: (e * e, 2 * e),
        "l1": lambda: (abs(e), sign),
        "smooth_l1": lambda: (e * e / 2 / limit, e / limit) if near else (abs(e) - limit / 2, sign),
        "huber": lambda: (e * e / 2, e) if near else (limit * (abs(e) - limit / 2), limit * sign),
        "cross_entropy": lambda: (-math.log(softmax), softmax - 1),
        "nll": lambda: (-spec.log_prob, -1),
        "bce": lambda: (-math.log(spec.prob), -1 / spec.prob) if yes else (-math.log(1 - spec.prob), 1 / (1 - spec.prob)),
        "bce_logits": lambda: (math.log1p(math.exp(-spec.score)), sigmoid(spec.score) - 1) if yes
        else (math.log1p(math.exp(spec.score)), sigmoid(spec.score)),
    }[spec.criterion]()


SETTINGS = [{}, {"guess": -4.3, "target": 1.5, "threshold": 2.0, "score": 3.4, "classes": 3, "log_prob": -0.4, "prob": 0.93, "label": "0"},
            {"guess": 0.2, "target": 0.0, "threshold": 0.5, "score": -7.8, "classes": 100, "log_prob": -5.0, "prob": 0.01},
            {"guess": 1.0, "target": 1.0, "score": 8.0, "classes": 2, "log_prob": -0.1, "prob": 0.99}]


@pytest.mark.parametrize("changed", SETTINGS)
@pytest.mark.parametrize("key", CRITERIA)
def test_loss_and_gradient_are_those_of_the_formula(key, changed):
    spec = LossSpec(key, **changed)
    found, (value, slope) = loss(spec), by_hand(spec)
    assert found.shown.y.item() == pytest.approx(value, rel=1e-4, abs=1e-6)
    assert found.slope == pytest.approx(slope, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("changed", SETTINGS)
@pytest.mark.parametrize("key", CRITERIA)
def test_the_program_prints_the_same_loss(key, changed):
    found, names = loss(LossSpec(key, **changed)), {}
    exec(compile(found.shown.code, key, "exec"), names)
    torch.testing.assert_close(names["y"].detach(), found.shown.y)
    torch.testing.assert_close(names["x"].detach(), found.shown.x)
    assert names["x"].grad.flatten()[0].item() == pytest.approx(found.slope, rel=1e-5)


@pytest.mark.parametrize("key", CRITERIA)
def test_the_curve_goes_through_the_points(key):
    drawn = curve(LossSpec(key))
    assert torch.isfinite(drawn.y).all()
    for i in (0, 60, 196):
        found = loss(LossSpec(key, **{CRITERIA[key].moved: drawn.x[i].item()}))
        assert drawn.y[i].item() == pytest.approx(found.shown.y.item(), rel=1e-4, abs=1e-6)
        assert drawn.slope[i].item() == pytest.approx(found.slope, rel=1e-4, abs=1e-6)


def test_nll_gets_log_probabilities_that_add_up_to_one():
    assert loss(LossSpec("nll", log_prob=-1.7, classes=7)).shown.x.exp().sum().item() == pytest.approx(1, abs=1e-6)


def test_the_check_question_knows_its_answer():
    assert {key: far_says(key) for key in CRITERIA} == {
        "mse": "grows", "l1": "levels", "smooth_l1": "levels", "huber": "levels", "cross_entropy": "levels", "nll": "levels",
        "bce": "grows", "bce_logits": "levels"}


def test_huber_is_delta_times_smooth_l1():
    for e in (0.3, 2.7):
        huber, smooth = (loss(LossSpec(key, guess=e, threshold=2.0)).shown.y.item() for key in ("huber", "smooth_l1"))
        assert huber == pytest.approx(2 * smooth)


def test_cross_entropy_is_log_softmax_and_nll():
    found = facts.equal()
    assert found.nll == found.cross_entropy
    z = found.logits.tolist()
    assert found.nll == pytest.approx(math.log(sum(map(math.exp, z))) - z[0], abs=1e-6)
    assert f"{found.nll:.4f}" == "0.2413"


def test_a_naive_log_softmax_overflows():
    small, large = facts.overflow(10.0), facts.overflow(100.0)
    torch.testing.assert_close(small.by_sum, small.stable)
    torch.testing.assert_close(small.by_ratio, small.stable)
    assert large.exp[0] == math.inf
    assert large.by_sum.tolist() == [-math.inf] * 3
    assert large.by_ratio[0].isnan()
    assert large.stable.tolist() == [0, -99, -100]
    assert torch.tensor(88.72).exp().isfinite()
    assert torch.tensor(88.73).exp().isinf()


def test_softmax_before_cross_entropy_puts_a_floor_under_it():
    floors = {floor.classes: floor for floor in facts.floors()}
    assert f"{floors[10].lowest:.3f}" == f"{math.log(math.e + 9) - 1:.3f}" == "1.461"
    torch.manual_seed(0)
    probs = (torch.randn(2000, 10) * 20).softmax(dim=1)
    assert F.cross_entropy(probs, torch.zeros(2000, dtype=torch.long), reduction="none").min() >= floors[10].lowest - 1e-6
    for classes, floor in floors.items():
        assert floor.start == pytest.approx(facts.start_by_hand(classes), abs=1e-6)
        assert floor.start == pytest.approx(loss(LossSpec(classes=classes)).shown.y.item(), abs=1e-6)


def test_mse_is_no_norm():
    found = facts.reduced()
    assert found.none.tolist() == [9, 16]
    assert (found.sum, found.mean, found.norm) == (25, 12.5, 5)


def test_what_the_deeper_words_say():
    with pytest.warns(UserWarning, match="different to the input size"):
        assert f"{nn.MSELoss()(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([1.0, 2.0, 4.0])):.4f}" == "3.1111"
    assert nn.BCELoss()(torch.tensor([0.0]), torch.tensor([1.0])) == 100
    assert nn.CrossEntropyLoss()(torch.tensor([[1.0, 2.0], [0.5, 3.0]]), torch.tensor([-100, 0])) == nn.CrossEntropyLoss()(
        torch.tensor([[0.5, 3.0]]), torch.tensor([0]))
    with pytest.raises(RuntimeError, match="expected target dtype|expected scalar type Long"):
        nn.CrossEntropyLoss()(torch.zeros(1, 3), torch.tensor([1.0]))
    assert loss(LossSpec("l1", guess=1.0, target=1.0)).slope == 0


@pytest.mark.parametrize("changed", SETTINGS[:3])
@pytest.mark.parametrize("key", CRITERIA)
def test_the_page_reads_loss_and_gradient(key, changed):
    spec = LossSpec(key, **changed)
    at = opened("layers", view="loss", criterion=key, **{name: str(value) for name, value in changed.items()})
    said = shown(fine(at.button(key="predict.layers.loss.show").click().run())).replace("−", "-")
    value, slope = map(float, re.search(r"loss = .* = \*\*(\S+)\*\*; gradient = \*\*(\S+)\*\*", said).groups())
    assert (value, slope) == pytest.approx(by_hand(spec), rel=0.01)


def test_the_loss_at_the_start_is_ln_of_the_classes():
    at = opened("layers", view="loss", criterion="cross_entropy", classes="10")
    said = shown(fine(at.button(key="predict.layers.loss.show").click().run()))
    assert "the loss is ln(10) = 2.303." in said


def test_the_folds_show_real_numbers():
    at = opened("layers", view="loss", large="100")
    fine(at.button(key="predict.layers.loss.show").click().run())
    for name in ("equal", "floor", "reduction"):
        at.session_state[f"fold.layers.loss.{name}"] = True
    said = shown(fine(at.run()))
    assert "| 100 | **∞** | **−∞** | **nan** | 0 |" in said
    assert f"= **{facts.equal().cross_entropy:.7f}**, difference 0" in said
    assert "| 10 | 2.303 | 1.461 |" in said
    assert '| `reduction="mean"` | 12.5 |' in said
