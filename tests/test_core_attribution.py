"""What a network looks at: against differences, against a sum by hand, one by one, and nothing left on the network."""

import threading

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.attribution import grad_cam, occlusion, saliency
from core.errors import SpecError
from core.models import MODELS, fresh
from core.weights import trained
from tests.conftest import side_by_side

CALLS = {
    "saliency": lambda model, x: [saliency(model, x, 3)],
    "grad_cam": lambda model, x: list(vars(grad_cam(model, x, 3, "conv2")).values()),
    "occlusion": lambda model, x: list(vars(occlusion(model, x, 3, 8, 8, 0.5)).values()),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def picture(key: str, seed: int = 0) -> torch.Tensor:
    network = MODELS[key]
    return torch.randn(1, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(seed))


def blank(key: str) -> nn.Module:
    """A network whose numbers are all 0 but the last biases: it answers the same whatever it sees."""
    model = fresh(key, 0)
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
        list(model.parameters())[-1].copy_(torch.arange(10.0))
    return model


@pytest.mark.parametrize("key", MODELS)
def test_saliency_is_the_slope_that_a_small_difference_finds(key):
    model, x = fresh(key, 0).double().eval(), picture(key).double()
    found = saliency(model, x, 3)
    assert found.shape == x.shape[2:]
    for row, column in ((4, 5), (14, 14), (20, 11)):
        slopes = []
        for channel in range(x.shape[1]):
            step = torch.zeros_like(x)
            step[0, channel, row, column] = 1e-6
            with torch.no_grad():
                slopes.append((model(x + step) - model(x - step))[0, 3].item() / 2e-6)
        assert found[row, column].item() == pytest.approx(max(map(abs, slopes)), rel=1e-5, abs=1e-8)


def test_saliency_of_a_weighted_sum_is_the_size_of_its_weights():
    model = nn.Sequential(nn.Flatten(), nn.Linear(2 * 2 * 2, 1))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[1.0, -2.0, 3.0, 0.0, -5.0, 1.0, 0.0, 0.0]]))        # two channels of 2 x 2
    assert saliency(model, torch.ones(1, 2, 2, 2), 0).tolist() == [[5.0, 2.0], [3.0, 0.0]]


def test_grad_cam_by_hand_for_two_maps():
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.Flatten(), nn.Linear(8, 1))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, 2.0]).view(2, 1, 1, 1))                         # maps: the picture, and its double
        model[0].bias.zero_()
        model[2].weight.copy_(torch.tensor([[1.0, 1.0, 1.0, 5.0, -1.0, -1.0, -1.0, -1.0]]))      # mean slopes: 2 and -1
    x = torch.tensor([[[[1.0, 2.0], [3.0, -4.0]]]])
    cam = grad_cam(model, x, 0, "0")
    assert cam.weights.tolist() == [2.0, -1.0]
    assert cam.heat.tolist() == cam.coarse.tolist() == [[0.0, 0.0], [0.0, 0.0]]                  # 2·a - 1·2a = 0
    with torch.no_grad():
        model[0].weight[1] = 1.0
    assert grad_cam(model, x, 0, "0").heat.tolist() == [[1.0, 2.0], [3.0, 0.0]]                  # 2·a - a = a; -4 counts as 0


@pytest.mark.parametrize("target", range(0, 10, 3))
def test_grad_cam_of_lenet_by_the_chain_rule_in_plain_sight(target):
    model, x = trained("lenet"), picture("lenet")
    with torch.no_grad():
        maps = model.conv2(F.max_pool2d(F.relu(model.conv1(x)), 2))                              # (1, 16, 10, 10)
    maps.requires_grad_()
    after = F.max_pool2d(F.relu(maps), 2).view(1, -1)
    model.fc3(F.relu(model.fc2(F.relu(model.fc1(after)))))[0, target].backward()
    weights = torch.stack([maps.grad[0, k].sum() / 100 for k in range(16)])
    coarse = torch.stack([weights[k] * maps.detach()[0, k] for k in range(16)]).sum(0).clamp_min(0)

    cam = grad_cam(model, x, target, "conv2")
    torch.testing.assert_close(cam.weights, weights)
    torch.testing.assert_close(cam.coarse, coarse)
    assert cam.heat.shape == (32, 32)
    assert cam.heat.min() >= 0


def test_grad_cam_between_two_points_of_the_layer_is_their_weighted_mean():
    cam = grad_cam(trained("lenet"), picture("lenet"), 3, "conv2")
    a, b, c, d = cam.coarse[2:4, 5:7].flatten().tolist()
    row, column = 8, 18                                    # pixel centres on the 10 x 10 grid: (8 + 0.5) / 3.2 - 0.5 = 2.156..., 5.281...
    down, right = (row + 0.5) / 3.2 - 2.5, (column + 0.5) / 3.2 - 5.5
    by_hand = (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d)
    assert cam.heat[row, column].item() == pytest.approx(by_hand, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("layer", ["conv1", "conv1.0", "conv2", "conv2.1"])
def test_grad_cam_takes_any_layer_that_makes_maps(layer):
    cam = grad_cam(trained("lenet5"), picture("lenet5"), 3, layer)
    assert cam.heat.shape == (28, 28)
    assert len(cam.weights) == (6 if layer.startswith("conv1") else 16)


def test_grad_cam_of_a_layer_that_is_used_twice_is_about_its_last_use():
    assert grad_cam(trained("cifar_net"), picture("cifar_net"), 3, "pool").coarse.shape == (5, 5)


@pytest.mark.parametrize("layer", ["conv9", "fc1", ""])
def test_grad_cam_of_no_maps_says_which_layers_have_some(layer):
    with pytest.raises(SpecError, match=f"no_maps value={layer} known=conv1, conv2"):
        grad_cam(fresh("lenet", 0), picture("lenet"), 3, layer)


@pytest.mark.parametrize("key", MODELS)
@pytest.mark.parametrize(("size", "stride"), [(5, 9), (28, 1), (3, 13)])
def test_all_places_at_once_are_the_places_one_by_one(key, size, stride):
    model, x = fresh(key, 0).eval(), picture(key)
    found = occlusion(model, x, 3, size, stride, 0.25)
    places = range(0, x.shape[2] - size + 1, stride)
    assert found.logit_drop.shape == found.prob_drop.shape == (len(places), len(places))
    with torch.no_grad():
        whole = model(x)
        for row, top in enumerate(places):
            for column, left in enumerate(places):
                covered = x.clone()
                covered[:, :, top : top + size, left : left + size] = 0.25
                logits = model(covered)
                torch.testing.assert_close(found.logit_drop[row, column], (whole - logits)[0, 3], rtol=1e-4, atol=1e-5)
                torch.testing.assert_close(found.prob_drop[row, column], (whole.softmax(1) - logits.softmax(1))[0, 3], rtol=1e-4, atol=1e-5)


def test_occlusion_by_hand_for_a_sum_of_pixels():
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 2, bias=False))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[1.0] * 9, [0.0] * 9]))
    x = torch.arange(9.0).view(1, 1, 3, 3)                 # rows 0 1 2, 3 4 5, 6 7 8
    assert occlusion(model, x, 0, 2, 1).logit_drop.tolist() == [[8.0, 12.0], [20.0, 24.0]]       # 0 + 1 + 3 + 4 = 8
    assert occlusion(model, x, 0, 2, 1, fill=1.0).logit_drop.tolist() == [[4.0, 8.0], [16.0, 20.0]]
    assert occlusion(model, x, 1, 2, 1).logit_drop.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_grey_for_each_channel():
    model, x = fresh("cifar_net", 0).eval(), picture("cifar_net")
    grey = torch.tensor([0.1, 0.2, 0.3]).view(3, 1, 1)
    found = occlusion(model, x, 3, 32, 1, grey)            # one place: everything is grey
    with torch.no_grad():
        drop = model(x) - model(grey.expand(1, 3, 32, 32))
    torch.testing.assert_close(found.logit_drop, drop[:, 3:4], rtol=1e-4, atol=1e-5)


def test_square_larger_than_the_picture_says_both_sizes():
    with pytest.raises(SpecError, match="square_too_large value=33 size=32"):
        occlusion(fresh("lenet", 0), picture("lenet"), 3, 33, 1)


@each_call
@pytest.mark.parametrize("key", MODELS)
def test_a_network_that_sees_nothing_looks_nowhere(key, call):
    assert all(not found.any() for found in call(blank(key), picture(key)))


@each_call
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("key", MODELS)
def test_nothing_is_left_on_the_network_or_the_picture(key, training, call):
    model, x = fresh(key, 0).train(training), picture(key)
    before, seen = {name: tensor.clone() for name, tensor in model.state_dict().items()}, x.clone()
    attributes = [dict(vars(module)) for module in model.modules()]
    results = call(model, x)
    assert [vars(module) for module in model.modules()] == attributes      # hooks, training flags, new names: all live here
    assert all(not module._forward_hooks for module in model.modules())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())      # BatchNorm's running means too
    assert x.equal(seen)
    assert not x.requires_grad
    assert x.grad is None
    assert not any(found.requires_grad for found in results)


@each_call
def test_gradients_that_a_training_left_are_not_touched(call):
    model, x = fresh("lenet", 0), picture("lenet")
    model(x).sum().backward()
    before = [p.grad.clone() for p in model.parameters()]
    call(model, x)
    assert all(p.grad.equal(grad) for p, grad in zip(model.parameters(), before, strict=True))


@each_call
def test_callers_without_gradients_and_frozen_networks_get_the_same(call):
    model, x = fresh("lenet", 0), picture("lenet")
    expected = call(model, x)
    with torch.no_grad():
        found = call(model, x)
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    frozen = call(model.requires_grad_(False), x)
    assert all(a.equal(b) and a.equal(c) for a, b, c in zip(expected, found, frozen, strict=True))


@each_call
def test_batch_normalisation_answers_as_it_does_outside_training(call):
    model, x = fresh("lenet5_bn", 0), picture("lenet5_bn")
    assert all(a.equal(b) for a, b in zip(call(model.train(), x), call(model.eval(), x), strict=True))


@each_call
def test_two_threads_asking_one_network_never_see_each_others_picture(call):
    model, xs = fresh("lenet", 0), [picture("lenet", seed) for seed in (1, 2)]
    alone = [call(model, x) for x in xs]
    wrong, ready = [], threading.Barrier(2)

    def ask(x: torch.Tensor, expected: list[torch.Tensor]) -> None:
        ready.wait()
        for _ in range(20):
            if not all(a.equal(b) for a, b in zip(call(model, x), expected, strict=True)):
                wrong.append(x)

    side_by_side(ask, zip(xs, alone, strict=True))
    assert wrong == []


def test_a_trained_network_looks_at_the_ink():
    from core.look import LookSpec, look

    seen = look(LookSpec(picture="real"))
    x = seen.trained.traced.ops[0].x                       # (1, 1, 32, 32)
    found = occlusion(seen.trained.model, x, seen.answer, 8, 4, x.min().item())
    ink = F.max_pool2d(x, 8, 4)[0, 0] > x.min()
    assert found.logit_drop[ink].abs().mean() > found.logit_drop[~ink].abs().mean()
