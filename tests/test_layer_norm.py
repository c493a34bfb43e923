"""Normalisation in the gallery: what is framed together is what PyTorch normalises together, for every setting."""

import itertools

import pytest
import torch
from torch import nn

from core.layers.chain import chain
from core.layers.norm import NORMS, TRIED, TRIED_WITH, NormSpec, groups, is_text, made, norm, size
from core.presets import PRESETS
from core.train import TrainSpec
from figures.norm import LETTERS
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

ALL = [NormSpec(*given, num_groups=parts) for given in itertools.product(NORMS, (1, 2), (True, False), (0, 4), (7, 42))
       for parts in (("1", "2", "4") if given[0] == "GroupNorm" else ("2",))]


@pytest.mark.parametrize("spec", ALL, ids=str)
def test_every_group_is_normalised_by_its_mean_and_biased_variance(spec):
    found = norm(spec)
    for g in range(len(found.mean)):
        x, y = found.x[found.group == g].double(), found.y[found.group == g].double()
        n = x.numel()
        mean = sum(x.flatten().tolist()) / n
        var = sum((value - mean) ** 2 for value in x.flatten().tolist()) / n
        assert (found.mean[g].item(), found.var[g].item()) == pytest.approx((mean, var), rel=1e-4)
        after = y.mean().item(), y.var(unbiased=False).item()
        assert (found.mean_after[g].item(), found.var_after[g].item()) == pytest.approx(after, abs=1e-5)
        used = found.used_mean[g].double(), found.used_var[g].double()
        torch.testing.assert_close(y, (x - used[0]) / (used[1] + 1e-5).sqrt(), atol=1e-4, rtol=1e-4)
        if spec.training or not spec.norm.startswith("Batch"):
            assert used == (found.mean[g], found.var[g])
            assert after == pytest.approx((0, 1), abs=1e-4)


@pytest.mark.parametrize("spec", ALL, ids=str)
def test_the_program_ends_with_the_pictures_numbers(spec):
    names: dict = {}
    exec(norm(spec).code, names)
    assert names["y"].equal(norm(spec).y)
    assert names["x"].equal(norm(spec).x)
    assert names["layer"].training is spec.training


@pytest.mark.parametrize("spec", [s for s in ALL if s.training and not s.batches_seen], ids=str)
def test_a_change_of_one_number_changes_its_own_group_and_no_other(spec):
    found = norm(spec)
    x = found.x.clone()
    x.view(-1)[5] += 3
    changed = (made(spec)(x) - found.y).abs().flatten(2).amax(dim=2) > 1e-4                    # (B, C)
    own = found.group[(found.x != x).flatten(2).any(dim=2)]
    assert changed.equal(found.group == own)


def test_groups_are_as_the_four_layers_define_them():
    assert groups(NormSpec("BatchNorm2d", 2)).tolist() == [[0, 1, 2, 3]] * 2
    assert groups(NormSpec("LayerNorm", 2)).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert groups(NormSpec("GroupNorm", 2)).tolist() == [[0, 0, 1, 1], [2, 2, 3, 3]]
    assert all(int(groups(spec).max()) < len(LETTERS) for spec in ALL)
    assert {len(size(spec)) for spec in ALL} == {3, 4}


def test_the_texts_example_is_exact():
    found = norm(NormSpec())
    assert is_text(NormSpec())
    assert found.x.equal(chain().to_norm)
    assert f"{found.x.mean():.4f}" == "16.2188"
    assert f"{found.y.mean():.4e}" == "3.3528e-08"
    assert found.y.equal(nn.BatchNorm1d(4)(chain().to_norm).detach())
    assert found.parameters == [("weight", (4,), 4), ("bias", (4,), 4)]


@pytest.mark.parametrize("kind", ["BatchNorm1d", "BatchNorm2d"])
def test_running_statistics_are_a_tenth_of_the_new_and_nine_of_the_old(kind):
    found = norm(NormSpec(kind, 2, batches_seen=5))
    assert len(found.met) == 6                       # the last is x itself
    mean, var = 0.0, 1.0
    for met in found.met:
        mean, var = 0.9 * mean + 0.1 * met.mean, 0.9 * var + 0.1 * met.var
        assert (met.running_mean, met.running_var) == pytest.approx((mean, var), rel=1e-5)
    assert found.met[-1].var == pytest.approx(found.var[0].item() * 8 / 7, rel=1e-5)       # 8 numbers per channel: unbiased
    evaluated = norm(NormSpec(kind, 2, training=False, batches_seen=5))
    assert evaluated.met == found.met[:5]
    assert evaluated.used_mean[0].item() == pytest.approx(found.met[4].running_mean)


def test_what_is_said_about_pytorch_is_so():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(4)(torch.rand(1, 4))
    layer = nn.BatchNorm1d(4)
    with torch.no_grad():
        layer.bias.fill_(0.25)
    assert layer(torch.full((3, 4), 7.0)).flatten().tolist() == pytest.approx([0.25] * 12, abs=1e-3)        # eps: no NaN
    assert {name for name, _ in layer.named_buffers()} >= {"running_mean", "running_var"}
    assert layer.eps == nn.LayerNorm(4).eps == nn.GroupNorm(2, 4).eps == 1e-5
    assert layer.momentum == 0.1


def test_the_measured_bands_say_that_batch_norm_allows_a_higher_rate():
    """With the settings of the presets, whose figures come from another machine: the last digits differ, the story does not."""
    for name, position in (("plain_high_lr", 0), ("bn_high_lr", 1)):
        preset = PRESETS[name]
        assert preset.spec == TrainSpec(network=preset.spec.network, lr=0.12, **TRIED_WITH)
        assert sorted(preset.tried)[2] == pytest.approx(sorted(TRIED[0.12][position])[2], abs=0.03)
    assert all(len(tried) == 5 for pair in TRIED.values() for tried in pair)
    assert min(TRIED[0.01][0]) > 0.95                # both learn with a low rate
    assert all(min(with_norm) > max(plain) for lr, (plain, with_norm) in TRIED.items() if lr > 0.05)


def test_the_page_shows_the_texts_means_and_the_sum():
    at = opened("layers", view="norm")
    said = shown(fine(at.button(key="predict.layers.norm.show").click().run()))
    assert "(7.7375 − 13.6248) / √(46.7164 + 0.00001) · 1 + 0 = **−0.8614**" in said
    assert "16.2188" in said
    assert "**A** | 13.6 | 46.7 |" in said


def test_in_evaluation_the_page_shows_what_was_remembered():
    at = opened("layers", view="norm", training="0", batches_seen="10")
    said = shown(fine(at.button(key="predict.layers.norm.show").click().run()))
    assert "`running_mean`" in said
    assert "| **A** | 13.6 | 46.7 | 9.11 | 24.1 |" in said
    assert "1 − 0.9^10 = 65 %" in said


def test_a_link_with_groups_that_do_not_divide_the_channels_shows_two():
    at = opened("layers", view="norm", norm="GroupNorm", num_groups="3", samples="99")
    assert "nn.GroupNorm(2, 4)" in shown(fine(at.button(key="predict.layers.norm.show").click().run()))
    assert at.session_state["layers.norm.samples"] == 2


def test_the_folds_show_the_running_statistics_and_the_measured_bands():
    at = opened("layers", view="norm", batches_seen="2")
    fine(at.button(key="predict.layers.norm.show").click().run())
    at.session_state["fold.layers.norm.running"] = True
    at.session_state["fold.layers.norm.lr"] = True
    said = shown(fine(at.run()))
    assert said.count("\n| 3 | ") == 1               # two before it, and x
    assert all(f"\n| {lr:g} | " in said for lr in TRIED)
