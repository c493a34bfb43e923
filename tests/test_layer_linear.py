"""nn.Linear in the gallery: the picture's numbers are PyTorch's, for every setting."""

import pytest
import torch

from core.layers.linear import LinearSpec, is_text, linear
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (3, 2), (6, 6), (2, 5)])
def test_every_output_is_the_sum_that_is_written_out(inputs, outputs, bias):
    found = linear(LinearSpec(inputs, outputs, bias, seed=7))
    torch.manual_seed(7)
    layer, x = torch.nn.Linear(inputs, outputs, bias), torch.rand(1, inputs)
    assert found.y.equal(layer(x))
    by_hand = [sum(a * w for a, w in zip(x[0].tolist(), row, strict=True)) + (layer.bias[i].item() if bias else 0)
               for i, row in enumerate(layer.weight.tolist())]
    assert found.y[0].tolist() == pytest.approx(by_hand, abs=1e-6)
    assert [(name, shape) for name, shape, _ in found.parameters] == [("weight", (outputs, inputs)), ("bias", (outputs,))][: 1 + bias]


def test_the_texts_numbers_are_shown_as_printed():
    assert is_text(LinearSpec())
    at = opened("layers", view="linear")
    said = shown(fine(at.button(key="predict.layers.linear.show").click().run()))
    assert "y[0] = 0.879 · 0.166 + 0.977 · 0.497 + 0.255 · (−0.497) + 0.377 ≈ **0.881**" in said
    assert "follow from seed 42" in said


def test_a_link_to_an_output_that_is_not_there_shows_the_last_one():
    at = opened("layers", view="linear", out_features="2", unit="5")
    assert "y[1] = " in shown(fine(at.button(key="predict.layers.linear.show").click().run()))
