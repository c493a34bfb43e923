"""nn.Embedding in the gallery: a row per index, the same as one-hot times the weights."""

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import SpecError
from core.layers import tagger
from core.layers.embedding import EmbeddingSpec, embedding, read
from core.layers.tagger import VOCABULARY, first, kinds, neighbours, word_map
from figures.word_map import word_map as word_map_figure
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize(("rows", "size", "indices"), [(2, 1, (0,)), (6, 3, (1, 4, 1)), (8, 5, (7, 0, 0, 3, 7, 2)), (3, 2, (2, 2))])
def test_every_row_of_y_is_the_row_of_its_index(rows, size, indices, pad):
    found = embedding(EmbeddingSpec(rows, size, ", ".join(map(str, indices)), pad, 3))
    torch.manual_seed(3)
    layer = nn.Embedding(rows, size, padding_idx=0 if pad else None)
    y = layer(torch.tensor(indices))
    assert found.shown.y.equal(y)
    assert found.shown.y.tolist() == [layer.weight[index].tolist() for index in indices]
    torch.testing.assert_close(found.one_hot @ layer.weight, y)
    assert found.one_hot.sum(1).tolist() == [1] * len(indices)
    assert found.far == 0
    y.sum().backward()
    assert found.grad.equal(layer.weight.grad)
    counts = [indices.count(row) if row or not pad else 0 for row in range(rows)]
    assert found.grad[:, 0].tolist() == counts
    assert not pad or layer.weight[0].count_nonzero() == 0


@pytest.mark.parametrize(("text", "code"), [
    ("", "indices_unreadable"), ("1, b", "indices_unreadable value=b"), ("1.5", "indices_unreadable"),
    ("6", "index_out_of_range value=6 rows=6 last=5"), ("0, -1", "index_out_of_range value=-1"),
    ("1 1 1 1 1 1 1", "too_many_indices value=7 limit=6"),
    ("1_0", "indices_unreadable"), ("٣", "indices_unreadable"), ("３", "indices_unreadable"), ("--1", "indices_unreadable"),
    ("-", "indices_unreadable"),
])
def test_what_is_no_index_is_refused_with_the_facts(text, code):
    with pytest.raises(SpecError, match=code):
        embedding(EmbeddingSpec(indices=text))


@pytest.mark.parametrize("index", [6, -1])
def test_pytorch_refuses_the_same_indices_with_the_words_of_the_page(index):
    with pytest.raises(IndexError, match="^index out of range in self$"):
        nn.Embedding(6, 3)(torch.tensor([index]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.int16])
def test_another_dtype_is_a_runtime_error(dtype):
    with pytest.raises(RuntimeError, match="indices"):
        nn.Embedding(6, 3)(torch.tensor([1], dtype=dtype))


def test_indices_may_be_written_with_chinese_commas():
    assert read("1，4 1", 6) == (1, 4, 1)


def test_the_page_shows_the_lookup_the_gradient_and_what_to_do_for_a_map():
    at = opened("layers", view="embedding", pad_zero="1", indices="0, 2")
    said = shown(fine(at.button(key="predict.layers.embedding.show").click().run()))
    assert "here the rows [0, 2]" in said
    for fold in ("grad", "map"):
        at.session_state[f"fold.layers.embedding.{fold}"] = True
    said = shown(fine(at.run()))
    assert "its gradient is 0 even where it was picked" in said
    assert "There is no map yet" in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_wrong_index_is_said_and_nothing_breaks(lang):
    at = opened("layers", view="embedding", lang=lang, indices="9")
    assert "9" in at.warning[0].value
    assert "index out of range in self" in at.warning[0].value


def test_neighbours_counts_by_hand():
    """Every kind at a place of its own: all have a neighbour of their kind, but those who are alone."""
    kind = list(kinds().values())
    assert set(kind) == {*tagger.TAGS, tagger.EITHER}
    names = sorted(set(kind))
    at = torch.tensor([[100.0 * names.index(one), i / 100] for i, one in enumerate(kind)])
    assert neighbours(at) == len(kind)
    mixed = at.clone()
    mixed[:, 0], lonely = 0, list(VOCABULARY).index("dog")
    mixed[lonely] = torch.tensor([900.0, 0])
    assert neighbours(mixed) < len(kind)


def test_the_map_is_the_projection_on_the_two_widest_directions():
    found = word_map(first(0), 0)
    weight = first(0).embedding.weight.detach().double()
    centred = weight - weight.mean(0)
    _, s, v = torch.linalg.svd(centred)
    torch.testing.assert_close(found.at.abs(), (centred @ v[:2].T).abs())
    assert found.share == pytest.approx((s[:2].square().sum() / s.square().sum()).item())
    assert found.close == found.close_before                               # nothing was trained


def test_words_at_one_point_stand_on_different_sides_of_it():
    at = np.array([[0.0, 0], [0, 0], [0, 0], [5, 1]])
    drawn = word_map_figure(at, ["sees", "likes", "wants", "dog"], ["verb", "verb", "verb", "noun"], {"noun": "n", "verb": "v"}, ("a", "b"))
    assert [trace["name"] for trace in drawn["data"]] == ["n", "v"]
    assert drawn["data"][1]["text"] == ["sees", "likes", "wants"]
    assert len(set(drawn["data"][1]["textposition"])) == 3
