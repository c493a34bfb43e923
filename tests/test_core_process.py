"""What a process is told before it trains."""

import gc

import pytest
import torch

from core import process
from core.train import TrainSpec


@pytest.fixture(autouse=True)
def as_it_was():
    threads, threshold, onednn = torch.get_num_threads(), gc.get_threshold(), torch.backends.mkldnn.enabled
    yield
    torch.set_num_threads(threads)
    gc.set_threshold(*threshold)
    torch.backends.mkldnn.set_flags(_enabled=onednn)


def test_one_thread_is_one_thread():
    torch.set_num_threads(2)
    process.one_thread()
    assert torch.get_num_threads() == 1


def test_warming_up_leaves_the_global_generator_untouched():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    process.first_step()
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize(("batch_size", "onednn"), [(1, False), (4, False), (5, True), (64, True)])
def test_only_small_batches_do_without_onednn(batch_size, onednn):
    torch.backends.mkldnn.set_flags(_enabled=True)
    process.for_one_run(TrainSpec(batch_size=batch_size))
    assert torch.backends.mkldnn.enabled is onednn
