"""The networks: sizes, parameters, and weights that the seed alone decides."""

import threading

import pytest
import torch

from core.errors import SpecError
from core.models import MODELS, fresh, parameter_count

PARAMETERS = {"lenet": 61_706, "cifar_net": 62_006, "lenet5": 44_426, "lenet_conv3": 81_290, "lenet5_bn": 44_470}


def inputs(key: str, batch: int, seed: int = 0) -> torch.Tensor:
    network = MODELS[key]
    return torch.rand(batch, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(seed))


def test_every_network_has_its_parameter_count_written_down():
    assert set(PARAMETERS) == set(MODELS)


@pytest.mark.parametrize("key", MODELS)
def test_parameters_are_counted_as_torchinfo_counts_them(key):
    torchinfo = pytest.importorskip("torchinfo")
    model, network = fresh(key, 0), MODELS[key]
    told = torchinfo.summary(model, (1, network.channels, network.size, network.size), verbose=0, device="cpu")
    assert parameter_count(model) == told.total_params == told.trainable_params == PARAMETERS[key]


def test_lenets_61706_parameters_by_hand():
    convolutions = (6 * 1 * 5 * 5 + 6) + (16 * 6 * 5 * 5 + 16)                          # 156 + 2,416
    linear = (400 * 120 + 120) + (120 * 84 + 84) + (84 * 10 + 10)                       # 48,120 + 10,164 + 850
    assert parameter_count(fresh("lenet", 0)) == convolutions + linear == 61_706


@pytest.mark.parametrize("batch", [1, 2, 16])
@pytest.mark.parametrize("key", MODELS)
def test_a_batch_of_pictures_gives_ten_logits_each(key, batch):
    assert fresh(key, 0)(inputs(key, batch)).shape == (batch, 10)


@pytest.mark.parametrize("key", MODELS)
def test_pictures_of_a_batch_do_not_see_each_other(key):
    model, x = fresh(key, 0).eval(), inputs(key, 3)
    torch.testing.assert_close(model(x)[1], model(x[1:2])[0])


@pytest.mark.parametrize("key", MODELS)
def test_the_size_in_the_registry_is_the_only_one_that_fits(key):
    model, network = fresh(key, 0), MODELS[key]
    for size in (network.size - 4, network.size + 4):
        with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
            model(torch.zeros(1, network.channels, size, size))


@pytest.mark.parametrize("key", MODELS)
def test_fresh_weights_depend_on_the_seed_alone(key):
    torch.manual_seed(3)
    first = fresh(key, 5).state_dict()
    torch.manual_seed(4)
    again, other = fresh(key, 5).state_dict(), fresh(key, 6).state_dict()
    torch.manual_seed(5)
    direct = MODELS[key].build().state_dict()              # as the lesson writes it
    norms = [path for path, module in MODELS[key].build().named_modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for name in first:
        assert first[name].equal(again[name])
        assert first[name].equal(direct[name])
        assert first[name].equal(other[name]) == name.startswith(tuple(norms))             # BatchNorm begins with ones and zeros


@pytest.mark.parametrize("key", MODELS)
def test_fresh_leaves_the_global_generator_untouched(key):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    fresh(key, 99)
    assert torch.rand(3).equal(expected)


def test_two_threads_make_the_same_networks_as_one():
    alone = {seed: fresh("lenet5", seed).state_dict() for seed in (1, 2)}
    torch.manual_seed(0)
    before, wrong = torch.get_rng_state(), []

    def make(seed: int) -> None:
        for _ in range(20):
            made = fresh("lenet5", seed).state_dict()
            if not all(made[name].equal(alone[seed][name]) for name in made):
                wrong.append(seed)

    threads = [threading.Thread(target=make, args=(seed,)) for seed in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert torch.get_rng_state().equal(before)


def test_batch_norm_is_all_that_the_fifth_network_adds():
    plain, normed = fresh("lenet5", 3), fresh("lenet5_bn", 3)
    assert parameter_count(normed) == parameter_count(plain) + 2 * (6 + 16)                # gamma and beta for each channel
    layers = [[type(module).__name__ for module in model.modules()][1:] for model in (plain, normed)]
    assert [name for name in layers[1] if name != "BatchNorm2d"] == layers[0]
    assert normed.conv2[0].weight.equal(plain.conv2[0].weight)                             # the same draws from the same seed


def test_pictures_of_a_batch_see_each_other_while_batch_norm_learns():
    model, x = fresh("lenet5_bn", 0).train(), inputs("lenet5_bn", 3)
    assert (model(x)[1] - model(x[1:2])[0]).abs().max() > 0.001


def test_an_unknown_network_lists_the_known_ones():
    with pytest.raises(SpecError, match="unknown_network value=resnet known=lenet, cifar_net, lenet5, lenet_conv3, lenet5_bn"):
        fresh("resnet", 0)
