"""Pooling in the gallery: windows and winners are PyTorch's, also where the adaptive layers choose them."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.errors import SpecError
from core.layers.pool import KINDS, PoolSpec, pool, window, windows
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

PLAIN = [PoolSpec(kind, seed=5, kernel=kernel, pool_stride=stride, pad=pad)
         for kind in KINDS[:2] for kernel in (1, 2, 3, 6, 7) for stride in (0, 1, 2, 4) for pad in (0, 1, 2)]
ADAPTIVE = [PoolSpec(kind, seed=5, out_size=size) for kind in KINDS[2:] for size in range(1, 7)]


def allowed(spec):
    return spec.pad <= spec.kernel // 2 and spec.kernel <= 6 + 2 * spec.pad


@pytest.mark.parametrize("kind", KINDS)
def test_every_window_gives_pytorchs_number(kind):
    specs = [spec for spec in (PLAIN if kind in KINDS[:2] else ADAPTIVE) if spec.pool == kind and allowed(spec)]
    assert len(specs) >= 6
    for spec in specs:
        torch.manual_seed(5)
        x = torch.rand(1, 6, 6)
        layer = nn.__dict__[kind](spec.out_size) if spec.adaptive else nn.__dict__[kind](spec.kernel, spec.pool_stride or None, spec.pad)
        y = layer(x)
        assert pool(spec).y.equal(y)
        assert y.shape == (1, len(windows(spec)), len(windows(spec)))
        for place in {*range(0, y.numel(), 4), y.numel() - 1}:
            found = window(replace(spec, place=place))
            by_hand = found.window.max() if spec.largest else found.window.double().mean()
            assert by_hand.item() == pytest.approx(y.flatten()[place].item(), abs=1e-6)
            assert found.value == y.flatten()[place].item()


def test_the_winner_is_the_one_whose_index_pytorch_returns():
    for spec in [spec for spec in (*PLAIN, *ADAPTIVE) if spec.largest and allowed(spec)]:
        if spec.adaptive:
            _, indices = F.adaptive_max_pool2d(pool(spec).x, spec.out_size, return_indices=True)
        else:
            _, indices = F.max_pool2d(pool(spec).x, spec.kernel, spec.stride, spec.pad, return_indices=True)
        for place, index in list(enumerate(indices.flatten().tolist()))[::3]:
            row, column = window(replace(spec, place=place)).won
            assert (row - spec.padding) * 6 + column - spec.padding == index


def test_adaptive_windows_overlap_where_six_is_no_multiple():
    assert windows(PoolSpec("AdaptiveAvgPool2d", out_size=4)) == [range(0, 2), range(1, 3), range(3, 5), range(4, 6)]
    assert windows(PoolSpec("AdaptiveAvgPool2d", out_size=3)) == [range(0, 2), range(2, 4), range(4, 6)]
    assert windows(PoolSpec("AdaptiveAvgPool2d", out_size=1)) == [range(0, 6)]


def test_the_text_printed_these_four():
    assert [f"{value:.4f}" for value in pool(PoolSpec()).y.flatten().tolist()] == ["0.7950", "0.9876", "0.9970", "0.9926"]


def test_windows_and_padding_that_pytorch_refuses_are_refused():
    refused = [spec for spec in PLAIN if not allowed(spec)]
    assert len(refused) > 15
    for spec in refused:
        with pytest.raises(RuntimeError, match="pad should be at most half|Output size is too small"):
            nn.__dict__[spec.pool](spec.kernel, spec.stride, spec.pad)(torch.rand(1, 6, 6))
        with pytest.raises(SpecError, match=f"pool_padding value={spec.pad}|window_too_large kernel=7 size=6"):
            pool(spec)


def test_what_goes_deeper_is_so():
    assert not hasattr(nn, "MinPool2d")
    x = torch.rand(1, 6, 6)
    assert (-nn.MaxPool2d(3)(-x))[0, 0, 0] == x[0, :3, :3].min()
    assert nn.MaxPool2d(3)(torch.rand(1, 7, 7)).shape == (1, 2, 2)
    assert nn.MaxPool2d(3, ceil_mode=True)(torch.rand(1, 7, 7)).shape == (1, 3, 3)
    assert nn.AvgPool2d(3, padding=1)(torch.ones(1, 6, 6))[0, 0, 0].item() == pytest.approx(4 / 9)
    leaf = x.requires_grad_()
    nn.MaxPool2d(3)(leaf).sum().backward()
    assert leaf.grad.unique(return_counts=True)[1].tolist() == [32, 4]
    leaf.grad = None
    nn.AvgPool2d(3)(leaf).sum().backward()
    torch.testing.assert_close(leaf.grad, torch.full_like(leaf, 1 / 9))


def page(**query):
    at = opened("layers", view="pool", **query)
    return fine(at.button(key="predict.layers.pool.show").click().run())


def test_the_page_shows_the_texts_example_and_says_there_is_no_min_pooling():
    at = page()
    at.session_state["fold.layers.pool.deeper"] = True
    said = shown(fine(at.run()))
    assert "y[0, 0, 0] = max(" in said
    assert "= **0.795**" in said
    assert "the “Building Models” text" in said
    assert "no MinPool2d" in said
    assert "⌊(6 + 2·0 − 3) / 3 + 1⌋ = **2**" in said


def test_another_seed_or_window_is_not_called_the_texts():
    assert "with the very numbers that it prints" not in shown(page(seed="7"))
    assert "with the very numbers that it prints" not in shown(page(kernel="2"))


def test_the_slider_moves_the_window_and_padding_counts_in_the_mean():
    at = page(pool="AvgPool2d", pad="1")
    assert "y[0, 0, 0] = (0 + 0 + 0 + 0 + " in shown(at)
    at.slider(key="layers.pool.place").set_value(3).run()
    assert "y[0, 1, 1] = (" in shown(fine(at))


def test_the_adaptive_page_names_the_real_borders():
    at = opened("layers", view="pool", pool="AdaptiveMaxPool2d")
    fine(at.pills[0].set_value("apart").run())
    said = shown(at)
    assert "0–1, 1–2, 3–4, 4–5" in said
    assert "they overlap" in said
    assert not [slider for slider in at.slider if slider.key == "layers.pool.kernel"]


def test_a_single_output_needs_no_slider():
    assert "/ 36 = " in shown(page(pool="AdaptiveAvgPool2d", out_size="1"))


def test_too_much_padding_is_refused_in_words_and_the_controls_stay():
    at = opened("layers", view="pool", kernel="2", pad="2")
    assert "at most half the window, here 1" in at.warning[0].value
    at.slider(key="layers.pool.pad").set_value(1).run()
    assert not fine(at).warning
