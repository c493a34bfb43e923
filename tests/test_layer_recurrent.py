"""nn.RNN, nn.LSTM and nn.GRU in the gallery: the cell by hand gives PyTorch's hidden vectors, and the picture shows them."""

import math
from itertools import product

import pytest
import torch
from torch import nn

from core.layers.recurrent import CELLS, GATES, parts, recurrent
from figures.pixel import number
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)

SETTINGS = list(product(CELLS, (1, 3, 5), (1, 2, 4), (0, 7)))


@pytest.mark.parametrize(("cell", "length", "hidden", "seed"), SETTINGS)
def test_the_cell_by_hand_is_pytorchs_at_every_step(cell, length, hidden, seed):
    found = recurrent(cell, length, hidden, seed)
    torch.manual_seed(seed)
    layer, x = getattr(nn, CELLS[cell])(3, hidden), torch.randn(length, 1, 3)
    y, last = layer(x)
    torch.testing.assert_close(found.shown.y, y.detach())     # the LSTM's program differs when a gradient is to come
    assert found.shown.y.shape == (length, 1, hidden)
    torch.testing.assert_close(torch.stack([moment.h for moment in found.moments]), y[:, 0].detach())
    assert found.far < 1e-6
    if cell == "lstm":
        torch.testing.assert_close(found.moments[-1].c, last[1][0, 0].detach())
    one = getattr(nn, CELLS[cell] + "Cell")(3, hidden)                     # PyTorch's own single step, with the same weights
    one.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    state = None
    for moment, word in zip(found.moments, x[:, 0], strict=True):
        state = one(word, state)
        torch.testing.assert_close(moment.h, (state[0] if cell == "lstm" else state).detach())


@pytest.mark.parametrize("cell", CELLS)
def test_the_parameters_have_a_block_of_rows_for_every_gate(cell):
    rows = max(len(GATES[cell]), 1) * 4
    found = {name: shape for name, shape, _ in recurrent(cell, 2, 4, 0).shown.parameters}
    assert found == {"weight_ih_l0": (rows, 3), "weight_hh_l0": (rows, 4), "bias_ih_l0": (rows,), "bias_hh_l0": (rows,)}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_row_of_every_gate_is_the_sum_that_one_can_do_by_hand(cell):
    found = recurrent(cell, 3, 2, 5)
    layer, moment = found.shown.module, found.moments[1]
    w, u, b, a = (p.tolist() for p in (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0))
    for block, gate in enumerate(GATES[cell]):
        row = 2 * block
        from_x = sum(n * m for n, m in zip(w[row], moment.x.tolist(), strict=True)) + b[row]
        from_h = sum(n * m for n, m in zip(u[row], moment.before.tolist(), strict=True)) + a[row]
        heard = moment.gates["r"][0].item() if gate == "n" else 1.0
        total = from_x + heard * from_h
        expected = math.tanh(total) if gate in "gn" else 1 / (1 + math.exp(-total))
        assert moment.gates[gate][0].item() == pytest.approx(expected, abs=1e-6)


def test_the_first_step_has_no_memory_and_each_gets_the_one_before():
    moments = recurrent("lstm", 4, 3, 0).moments
    assert moments[0].before.tolist() == moments[0].c_before.tolist() == [0, 0, 0]
    assert all(later.before.equal(earlier.h) and later.c_before.equal(earlier.c)
               for earlier, later in zip(moments, moments[1:], strict=False))


def test_a_forget_gate_that_is_open_keeps_the_memory():
    """f near 1 and i near 0: c goes on unchanged, which is what the text says of f."""
    from core.layers.recurrent import lstm_step

    layer = nn.LSTM(3, 2)
    with torch.no_grad():
        layer.bias_ih_l0.copy_(torch.tensor([-50.0, -50, 50, 50, 0, 0, 0, 0]))
        moment = lstm_step(layer, torch.randn(3), torch.zeros(2), torch.tensor([0.7, -2.0]))
    torch.testing.assert_close(moment.c, torch.tensor([0.7, -2.0]))


@pytest.mark.parametrize("cell", CELLS)
def test_the_page_writes_the_step_out_with_the_pictures_numbers(cell):
    at = opened("layers", view="recurrent", cell=cell, time_step="2")
    fine(at.button(key="predict.layers.recurrent.show").click().run())
    moment = recurrent(cell, 4, 3, 0).moments[2]
    result = moment.c if cell == "lstm" else moment.h
    assert f"= **{number(result[0].item())}**" in shown(at)
    assert "(4, 1, 3)" in shown(at)
    at.session_state["fold.layers.recurrent.gates"] = True
    assert ("keeps the memory" in shown(fine(at.run()))) == (cell != "rnn")


def test_a_link_to_a_step_that_is_not_there_shows_the_last_one():
    at = opened("layers", view="recurrent", length="2", time_step="4")
    assert "Row 0: c[1] = " in shown(fine(at.button(key="predict.layers.recurrent.show").click().run()))


def test_the_right_answer_is_one_hidden_vector_per_word():
    at = opened("layers", view="recurrent", length="5", hidden_size="2")
    pills = next(group for group in at.button_group if str(group.key).startswith("predict.layers.recurrent"))
    fine(pills.set_value("(5, 1, 2)").run())
    assert "one hidden vector for **every** word" in at.success[0].value


@pytest.mark.parametrize(("cell", "gate"), [("lstm", "f"), ("gru", "z")])
def test_the_gate_that_keeps_the_memory_is_summed_up_in_numbers(cell, gate):
    found = recurrent(cell, 4, 3, 0)
    moment = found.moments[2]
    total = sum(sum(w * v for w, v in zip(part.weights, part.values, strict=True)) + part.bias
                for part in parts(found.shown.module, cell, gate, moment))
    assert 1 / (1 + math.exp(-total)) == pytest.approx(moment.gates[gate][0].item(), abs=1e-6)
    at = opened("layers", view="recurrent", cell=cell, time_step="2")
    said = shown(fine(at.button(key="predict.layers.recurrent.show").click().run()))
    assert f"Where the gate {gate} comes from" in said
    assert f") = **{number(moment.gates[gate][0].item())}**" in said


def test_play_goes_through_the_steps_that_follow_and_stops_at_the_last():
    at = opened("layers", view="recurrent", time_step="3")
    fine(at.button(key="predict.layers.recurrent.show").click().run())
    slider, play = at.slider(key="layers.recurrent.time_step"), at.button(key="layers.recurrent.play")
    assert (slider.value, play.label) == (3, "Play")
    seen = []
    fine(play.click().run())                          # from the last step: again from the first
    while at.button(key="layers.recurrent.play").label == "Pause":
        seen.append(at.slider(key="layers.recurrent.time_step").value)
        fine(at.run())
    assert seen == [0, 1, 2]
    assert at.slider(key="layers.recurrent.time_step").value == 3
    assert at.query_params["time_step"] == "3"
    at.slider(key="layers.recurrent.time_step").set_value(0)
    fine(at.button(key="layers.recurrent.play").click().run())
    fine(at.button(key="layers.recurrent.play").click().run())
    assert at.button(key="layers.recurrent.play").label == "Play"
    assert at.slider(key="layers.recurrent.time_step").value == 0
