"""Snapshots: what a network was at some steps of a run."""

import pytest
import torch

from core import snapshot
from core.inside import Inside, inside
from core.models import fresh
from core.snapshot import MOST, WANTED, Album
from core.train import TrainSpec, start, train


@pytest.mark.parametrize("network", ["lenet5_bn", "cifar_net"])
def test_weights_and_gradients_come_back_as_they_stood(network, tmp_path):
    state = start(TrainSpec(network=network, train_images=50))
    next(train(state))
    path = tmp_path / snapshot.save(snapshot.take(state.model), tmp_path, 1)
    read = snapshot.read(path)
    assert path.name == "snapshot-000001.safetensors"
    weights = state.model.state_dict()
    assert read.weights.keys() == weights.keys()
    assert all(read.weights[name].equal(tensor) for name, tensor in weights.items())
    parameters = dict(state.model.named_parameters())
    assert [len(parameters[name].shape) for name in read.grads] == [4, 4, 2, 2, 2]         # two convolutions, three linear layers
    assert all(grad.equal(parameters[name].grad) and grad.abs().sum() > 0 for name, grad in read.grads.items())


def test_before_the_first_step_there_are_no_gradients(tmp_path):
    model = fresh("lenet5", 0)
    read = snapshot.read(tmp_path / snapshot.save(snapshot.take(model), tmp_path, 0))
    assert read.grads == {}
    assert read.weights["conv1.0.weight"].equal(model.conv1[0].weight)


@pytest.mark.parametrize("left", [0, 5, 300, -1])
def test_of_a_snapshot_that_a_power_cut_has_torn_nothing_is_shown(left, tmp_path):
    model = fresh("lenet5", 0)
    path = tmp_path / snapshot.save(snapshot.take(model), tmp_path, 0)
    path.write_bytes(path.read_bytes()[:left])
    torn = snapshot.read(path)
    assert torn == snapshot.read(tmp_path / "missing.safetensors") == snapshot.Snapshot({}, {})
    assert inside(model, torn, torch.zeros(1, 1, 28, 28)) == Inside({}, {}, {})


def album_of(total: int, folder, every: int = 1) -> Album:
    """The album of a run that is looked at after each `every` steps."""
    album, model = Album.of(total), torch.nn.Linear(1, 1)
    for step in range(0, total + 1, every):
        if album.due(step):
            album.add(model, folder, step)
    return album


@pytest.mark.parametrize(("total", "kept"), [
    (4, [0, 1, 2, 3, 4]), (20, list(range(21))), (100, list(range(0, 101, 5))), (23, list(range(24))), (24, list(range(0, 25, 2))),
    (30, list(range(0, 31, 2))), (39, list(range(0, 39, 2))),
])
def test_about_twenty_snapshots_are_kept_and_never_more_than_24(total, kept, tmp_path):
    album = album_of(total, tmp_path)
    assert album.steps == kept == snapshot.saved_steps(tmp_path)
    assert len(kept) <= MOST


@pytest.mark.parametrize("total", range(1, 130, 7))
@pytest.mark.parametrize("every", [1, 3])
def test_a_run_is_covered_from_beginning_to_end(total, every, tmp_path):
    steps = album_of(total, tmp_path, every).steps
    gaps = [after - before for before, after in zip(steps, steps[1:], strict=False)]
    assert steps[0] == 0
    assert max([*gaps, total - steps[-1]]) <= 2 * max(1, total // WANTED) + every


def test_an_album_that_was_laid_aside_goes_on_as_if_it_had_not(tmp_path):
    whole, model = album_of(60, tmp_path), torch.nn.Linear(1, 1)
    begun = Album.of(60)
    for step in range(61):
        begun = Album(**vars(begun))
        if begun.due(step):
            begun.add(model, tmp_path, step)
    assert vars(begun) == vars(whole)
