"""nn.Module in the gallery: the tree says what PyTorch really finds, saves and moves."""

import pytest
import torch
from torch import nn

from core.layers.chain import chain
from core.layers.module import WAYS, ModuleSpec, Row, line, module, tree
from core.layers.sequence import chain_of, program
from figures import module as figure
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

FOUND = {"tensor": 0, "parameter": 3, "buffer": 0, "module": 12, "list": 0, "module_list": 12, "twice": 12}
WORDS = {name: name for name in ("name", "total", "alt", "found", "lost")}


def row(spec: ModuleSpec, label: str) -> Row:
    return next(row for row in tree(spec) if row.label == label)


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("held", WAYS)
def test_the_tree_counts_and_names_what_pytorch_finds(held, training, depth):
    spec = ModuleSpec(held, depth, training)
    net, rows = module(spec).module, tree(spec)
    assert sum(row.count or 0 for row in rows) == sum(p.numel() for p in net.parameters()) == FOUND[held]
    assert [row.name for row in rows if row.saved] == list(net.state_dict())
    assert [row.name for row in rows if row.count] == [name for name, _ in net.named_parameters()]
    assert all(row.name.startswith("inner." * depth) for row in rows if row.name and row.shape)
    assert all(module.training == training for module in net.modules())
    drawn = figure.tree(rows, WORDS)
    assert all(f">{name}<" in drawn for name in net.state_dict())


@pytest.mark.parametrize("held", WAYS)
def test_the_program_gives_the_same_output(held):
    for spec in (ModuleSpec(held), ModuleSpec(held, depth=0, training=False)):
        names = {}
        exec(compile(module(spec).code, held, "exec"), names)
        assert names["y"].equal(module(spec).y)
        assert names["y"].shape == (1, 3)


def test_a_buffer_is_saved_and_moved_but_not_learned():
    assert (row(ModuleSpec("buffer"), "scale").count, row(ModuleSpec("buffer"), "scale").saved) == (None, True)
    assert [row(ModuleSpec(held), "scale").moved for held in ("tensor", "parameter", "buffer")] == [False, True, True]


def test_eval_does_not_reach_into_a_python_list():
    kept = {row.label: row for row in tree(ModuleSpec("list", training=False))}
    assert (kept["net"].training, kept["[1]"].training) == (False, True)
    assert kept["parts"].name == kept["[0]"].name == kept["weight"].name == ""
    assert row(ModuleSpec("module_list", training=False), "1").training is False


def test_one_layer_under_two_names_is_counted_once_and_saved_twice():
    rows = [row for row in tree(ModuleSpec("twice", depth=0)) if row.label == "weight"]
    assert [(row.name, row.count, row.saved) for row in rows] == [("first.weight", 9, True), ("second.weight", 0, True)]


def test_the_line_is_the_one_that_assigns():
    assert line("list") == "self.parts = [nn.Linear(3, 3), nn.Dropout(0.5)]"
    assert line("twice") == "self.first = self.second = nn.Linear(3, 3)"


def test_what_is_said_about_registration_is_so():
    class Early(nn.Module):
        def __init__(self):
            self.scale = nn.Parameter(torch.ones(3))

    with pytest.raises(AttributeError, match=r"cannot assign parameters before Module.__init__\(\) call"):
        Early()
    net = nn.Linear(3, 3)
    with pytest.raises(TypeError):
        net.weight = torch.ones(3, 3)
    net.double_weight = 2 * net.weight
    net.register_buffer("seen", torch.zeros(1), persistent=False)
    net.kept = nn.ParameterList([torch.ones(2)])
    assert [name for name, _ in net.named_parameters()] == ["weight", "bias", "kept.0"]
    assert "seen" not in net.state_dict()
    assert not hasattr(nn, "Lambda")


def test_a_function_of_ones_own_stands_in_a_sequence():
    links, y = chain_of(1)
    assert [link.shape for link in links] == [(2, 1, 4, 4), (2, 2, 2, 2), (2, 2, 2, 2), (2, 8), (2, 3)]
    assert [link.parameters for link in links] == [0, 2 * 1 * 3 * 3 + 2, 0, 0, 8 * 3 + 3]
    names = {}
    exec(compile(program(1), "sequence", "exec"), names)
    assert names["x"].equal(y)


@pytest.mark.parametrize(("start_dim", "shape"), [(0, (16,)), (2, (2, 2, 4))])
def test_a_flatten_from_another_axis_is_refused_by_the_next_layer(start_dim, shape):
    links, y = chain_of(start_dim)
    assert (links[-2].shape, links[-1].shape, y) == (shape, None, None)
    assert "cannot be multiplied" in links[-1].error
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        exec(compile(program(start_dim), "sequence", "exec"), {})


def test_tiny_model_is_printed_as_the_text_prints_it():
    at = opened("layers", view="module")
    at.session_state["fold.layers.module.tiny"] = True
    said = shown(fine(at.run()))
    for words in ("(linear1): Linear(in_features=100, out_features=200, bias=True)", "(linear2): Linear(in_features=200, out_features=10",
                  "| `linear1.weight` | `(200, 100)` | 20,000 |", "| `linear2.bias` | `(10,)` | 10 |", "**22,210**",
                  "0.0385, -0.0116,  0.0703,  0.0407, -0.0346, -0.0178,  0.0308, -0.0502"):
        assert words in said
    tiny = chain().tiny
    printed = [0.0385, -0.0116, 0.0703, 0.0407, -0.0346, -0.0178, 0.0308, -0.0502, 0.0616, 0.0114]
    torch.testing.assert_close(tiny.linear2.bias.detach(), torch.tensor(printed), atol=5e-5, rtol=0)
    torch.testing.assert_close(tiny.linear1.weight[0, :3].detach(), torch.tensor([0.0765, 0.0830, -0.0234]), atol=5e-5, rtol=0)
    torch.testing.assert_close(tiny.linear1.bias[-2:].detach(), torch.tensor([-0.0912, -0.0490]), atol=5e-5, rtol=0)


def test_a_prediction_about_a_list_is_compared_with_what_was_found():
    at = opened("layers", view="module", held="list", training="0")
    assert "How many numbers" in shown(at)
    question = next(group for group in at.button_group if str(group.key).startswith("predict.layers.module"))
    said = shown(fine(question.set_value("12").run()))
    assert "of 4 modules it reached **2**" in said
    assert "PyTorch does not look into a Python list" in at.warning[0].value


def test_train_does_not_reach_into_a_python_list_either():
    at = opened("layers", view="module", held="list")
    said = shown(fine(at.button(key="predict.layers.module.show").click().run()))
    assert "`training = True`; of 4 modules it reached **2**" in said
    assert "Dashed" in said


def test_a_bad_link_shows_a_plain_tensor():
    at = opened("layers", view="module", held="warp", depth="9")
    assert (at.session_state["layers.module.held"], at.session_state["layers.module.depth"]) == ("tensor", 2)
