"""Dead channels, against a network whose channels were killed on purpose."""

import pytest
import torch

from core import dead
from core.dead import CHUNK, dead_channels
from core.errors import SpecError
from core.models import MODELS, fresh
from core.room import room
from core.trace import trace
from core.train import TrainSpec


def pictures(key: str, count: int) -> torch.Tensor:
    network = MODELS[key]
    return torch.randn(count, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(0))


def biases(model: torch.nn.Module) -> list[torch.Tensor]:
    """Of each convolution; with BatchNorm it is BatchNorm's own."""
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    return [layer.bias for layer in norms or [module for module in model.modules() if isinstance(module, torch.nn.Conv2d)]]


@pytest.mark.parametrize("key", MODELS)
def test_killed_channels_are_found_and_no_others(key):
    model, x = fresh(key, 0), pictures(key, 5)
    with torch.no_grad():
        for bias, lift in zip(biases(model), (100.0, 1e6), strict=True):   # fresh weights may leave a channel dead
            bias.fill_(lift)
        assert dead_channels(model, x) == {"conv1": [], "conv2": []}
        for conv, channel in ((0, 4), (1, 15), (1, 2)):
            biases(model)[conv][channel] = -1e9
    assert dead_channels(model, x) == {"conv1": [4], "conv2": [2, 15]}


def test_one_picture_out_of_many_keeps_a_channel_alive():
    model, x = fresh("lenet5", 0), torch.zeros(2 * CHUNK + 1, 1, 28, 28)
    with torch.no_grad():
        model.conv1[0].weight[3], model.conv1[0].bias[3] = 1.0, 0.0        # the sum of 25 pixels: black stays 0
    assert 3 in dead_channels(model, x)["conv1"]
    x[-1, 0, 14, 14] = 0.01
    assert 3 not in dead_channels(model, x)["conv1"]


@pytest.mark.parametrize(("activation", "times"), [("relu", 3), ("tanh", 1)])
def test_a_network_without_relu_is_asked_once_only(activation, times, monkeypatch):
    seen = []
    monkeypatch.setattr(dead, "trace", lambda model, x: (seen.append(len(x)), trace(model, x))[1])
    found = dead_channels(fresh(f"edited.1x28.6k5.16k5.max2.{activation}.120.84", 0), pictures("lenet5", 3 * CHUNK))
    assert seen == [CHUNK] * times
    assert (found == {}) == (activation == "tanh")


def test_no_gradient_reaches_a_channel_that_is_dead_for_these_pictures():
    model, x = fresh("lenet5", 0), pictures("lenet5", 20)
    with torch.no_grad():
        model.conv2[0].bias[7] = -1e9
    gone = dead_channels(model, x)["conv2"]
    torch.nn.functional.cross_entropy(model(x), torch.arange(20) % 10).backward()
    silent = (model.conv2[0].weight.grad.abs().amax((1, 2, 3)) == 0).nonzero().flatten().tolist()
    assert 7 in gone
    assert gone == silent


def test_what_goes_wrong_on_the_way_is_not_kept_quiet(monkeypatch):
    model = fresh("lenet5", 0).train()
    with pytest.raises(RuntimeError, match="shape|size|channels"):
        dead_channels(model, pictures("lenet5", 3)[:, :, :9, :9])

    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(model, "forward", full)
    with pytest.raises(SpecError, match="no_room"), room(TrainSpec()):
        dead_channels(model, pictures("lenet5", 3))
    assert model.training


@pytest.mark.parametrize("training", [True, False])
def test_the_network_is_left_as_it_was(training):
    model = fresh("lenet5_bn", 0).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    dead_channels(model, pictures("lenet5_bn", 3))
    assert model.training is training
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())
