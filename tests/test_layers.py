"""The gallery as a whole: every registered layer has its view, its words and a program that gives the picture's numbers."""

import re

import pytest
import torch
from torch import nn

from content.text import LANGUAGES, sentences
from core.layers import LAYERS
from core.layers.chain import chain
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)


@pytest.mark.parametrize("key", LAYERS)
def test_every_layer_shows_classes_of_torch_nn(key):
    assert LAYERS[key]
    assert all(hasattr(nn, name) for name in LAYERS[key])


@pytest.mark.parametrize("key", LAYERS)
def test_every_layer_has_its_words(key):
    for word in ("question", "predict", "use", "deeper"):
        assert f"{key}.{word}" in sentences()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", LAYERS)
def test_every_view_opens_and_its_program_runs(key, lang):
    at = opened("layers", view=key, lang=lang)
    fine(at.button(key=f"predict.layers.{key}.show").click().run())
    assert not at.warning
    programs = [code.value for code in at.code if "torch" in code.value and "import" in code.value]
    assert programs
    for program in programs:
        exec(compile(program, key, "exec"), {})
    at.session_state[f"fold.layers.{key}.deeper"] = True
    deeper = shown(fine(at.run()))
    assert re.search(r"[一-鿿]", deeper) if lang == "zh" else not re.search(r"[一-鿿]", deeper)


def test_a_bad_link_opens_the_first_layer():
    at = opened("layers", view="warp")
    assert at.session_state["layers.view"] == next(iter(LAYERS))
    assert any("values that do not exist here" in caption.value for caption in at.caption)


def test_all_draws_of_the_text_follow_from_seed_42():
    """Linear(3, 2), its input and output, the pooled picture and both means, to every printed digit."""
    text = chain()
    assert sum(p.numel() for p in text.tiny.parameters()) == 22_210
    for ours, printed in (
        (text.x, [[0.8790, 0.9774, 0.2547]]),
        (text.linear.weight, [[0.1656, 0.4969, -0.4972], [-0.2035, -0.2579, -0.3780]]),
        (text.linear.bias, [0.3768, 0.3781]),
        (text.linear(text.x), [[0.8814, -0.1492]]),
        (nn.MaxPool2d(3)(text.to_pool), [[[0.7950, 0.9876], [0.9970, 0.9926]]]),
    ):
        torch.testing.assert_close(ours.detach(), torch.tensor(printed), atol=5e-5, rtol=0)
    assert f"{text.to_norm.mean():.4f}" == "16.2188"
    assert f"{nn.BatchNorm1d(4)(text.to_norm).mean():.4e}" == "3.3528e-08"
