"""The ways to run the training loop: they differ in pace, not in numbers, and none makes a GPU wait."""

import dataclasses
import itertools
from collections import Counter

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core import checkpoint
from core.models import MODELS
from core.optimizers import OPTIMIZERS
from core.train import LOOPS, Step, TrainSpec, batches, start, train

QUICK = TrainSpec(network="lenet5", train_images=100, val_fraction=0.2, batch_size=32, epochs=2, lr=0.01)
# for these a GPU waits: a number is read, a result has as many elements as there are hits, or numbers are sent over
WAITS = {"_local_scalar_dense", "item", "is_nonzero", "equal", "nonzero", "masked_select", "_unique2", "lift_fresh"}


def with_(**changes: object) -> TrainSpec:
    return dataclasses.replace(QUICK, **changes)


def losses(records) -> list[float]:
    return [record.loss.item() for record in records if isinstance(record, Step)]


class Operations(TorchDispatchMode):
    """Counts every operation under autograd, the backward pass included."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


# the texts' way

@pytest.mark.parametrize("order", ["shuffled", "by_class"])
@pytest.mark.parametrize("batch_size", [1, 32, 48])
def test_the_loaders_batches_are_those_from_memory_bit_for_bit(batch_size, order):
    loaded, cut = (list(batches(start(with_(batch_size=batch_size, order=order, loop=loop)))) for loop in ("loader", "memory"))
    assert len(loaded) == len(cut) == -(-80 // batch_size)
    for (x, y), (x2, y2) in zip(loaded, cut, strict=True):
        assert x.equal(x2)
        assert y.equal(y2)


@pytest.mark.parametrize("network", ["lenet5", "cifar_net"])
def test_the_loaders_losses_are_those_from_memory_bit_for_bit(network):
    assert losses(train(start(with_(network=network, loop="loader")))) == losses(train(start(with_(network=network))))


@pytest.mark.parametrize("cut", range(7))
def test_a_run_with_a_loader_goes_on_bit_for_bit(cut, tmp_path):
    spec = with_(loop="loader")
    first, before = start(spec), []
    for record in train(first) if cut else ():
        before.append(record)
        if len(losses(before)) == cut:
            break
    checkpoint.save(first, tmp_path / "run.pt")
    after = list(train(checkpoint.load(tmp_path / "run.pt")))
    assert losses(before + after) == losses(train(start(spec)))


def test_the_loader_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    list(train(start(with_(loop="loader"))))
    assert torch.get_rng_state().equal(before)


# all ways

@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loop", LOOPS)
def test_no_step_makes_a_gpu_wait(loop, optimizer):
    state = start(with_(batch_size=4, loop=loop, optimizer=optimizer))
    state.splits = dataclasses.replace(state.splits, train=state.splits.train.pick(slice(None)))       # as on a GPU: copied there
    records = train(state)
    next(records)                                          # what is done once an epoch
    with Operations() as operations:
        steps = list(itertools.islice(records, 15))
    assert all(isinstance(step, Step) for step in steps)
    assert operations.seen.total() > 15 * 20               # the passes are seen
    assert not WAITS & set(operations.seen)


def test_reading_a_loss_would_be_noticed():
    record = next(train(start(QUICK)))
    for read in (float, bool, torch.Tensor.item, lambda loss: loss.isfinite().nonzero()):
        with Operations() as operations:
            read(record.loss)
        assert WAITS & set(operations.seen)


@pytest.mark.parametrize("network", MODELS)
def test_all_loops_of_a_network_begin_with_the_same_loss(network):
    loops = [loop for loop in LOOPS if loop != "by_hand" or network != "lenet5_bn"]
    first = [next(train(start(with_(network=network, loop=loop)))).loss for loop in loops]
    for loss in first[1:]:
        torch.testing.assert_close(loss, first[0])
