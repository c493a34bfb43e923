"""Memory that runs out."""

import pytest
import torch

from core.errors import SpecError
from core.room import room, smaller
from core.train import TrainSpec

FULL = {
    "the GPU": torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    "a GPU that others filled": RuntimeError("CUDA error: out of memory"),
    "the CPU": RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to ..."),
    "Python": MemoryError(),
}


@pytest.mark.parametrize("error", FULL.values(), ids=FULL)
@pytest.mark.parametrize(("device", "code"), [("cuda", "no_room"), ("cpu", "no_room_cpu")])
def test_a_full_memory_is_told_with_a_batch_that_fits(error, device, code):
    with pytest.raises(SpecError) as refused, room(TrainSpec(device=device, batch_size=512)):
        raise error
    assert refused.value.code == code
    assert refused.value.facts == {"device": device, "batch_size": 512, "network": "lenet5", "fits": 64}


def test_a_real_allocation_that_is_too_large():
    with pytest.raises(SpecError, match="no_room_cpu"), room(TrainSpec()):
        torch.empty(2**50)


@pytest.mark.parametrize("error", [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ValueError("x"), KeyError("x")], ids=str)
def test_other_errors_pass(error):
    with pytest.raises(type(error)), room(TrainSpec()):
        raise error


@pytest.mark.parametrize(("size", "fits"), [(4096, 512), (512, 64), (48, 4), (100, 8), (16, 2), (8, 1), (7, 1), (1, 1)])
def test_the_largest_power_of_two_up_to_an_eighth(size, fits):
    assert smaller(size) == fits
