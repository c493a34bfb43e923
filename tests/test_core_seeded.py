"""Seeds: the numbers that the text prints, and a global generator that nobody notices."""

import threading

import pytest
import torch

from core.introyt1 import text_output
from core.seeded import seeded, seeded_steps
from core.tensors import ComputeSpec, SeedSpec, compute, draws, text_matrix

PRINTED = {"rtol": 0, "atol": 0.5001e-4}                   # four printed digits

FIRST, SECOND = [[0.3126, 0.3791], [0.3087, 0.0736]], [[0.4216, 0.0691], [0.2332, 0.4047]]
COMPUTED = {
    "abs": ([[0.9956, 0.2232], [0.3858, 0.6593]],),
    "asin": ([[1.4775, -0.2251], [0.3961, -0.7199]],),
    "det": (-0.5703,),
    "svd": ([[-0.8353, -0.5497], [-0.5497, 0.8353]], [1.1793, 0.4836], [[-0.8851, -0.4654], [0.4654, -0.8851]]),
    "std_mean": (0.7217, 0.1247),
    "max": (0.9956,),
}
OUTPUT = """\
tensor([[ 0.0898,  0.0318,  0.1485,  0.0301, -0.0085, -0.1135, -0.0296,  0.0164,
          0.0039,  0.0616]], grad_fn=<AddmmBackward0>)"""
NET = """\
LeNet(
  (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
  (conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
  (fc1): Linear(in_features=400, out_features=120, bias=True)
  (fc2): Linear(in_features=120, out_features=84, bias=True)
  (fc3): Linear(in_features=84, out_features=10, bias=True)
)"""


def test_the_three_draws_are_those_the_text_prints():
    first, second, third = draws(SeedSpec(seed=1729, reseed=True))
    torch.testing.assert_close(first, torch.tensor(FIRST), **PRINTED)
    torch.testing.assert_close(second, torch.tensor(SECOND), **PRINTED)
    assert third.equal(first)


def test_without_seeding_again_the_third_draw_is_new():
    first, second, third = draws(SeedSpec(seed=1729, reseed=False))
    torch.manual_seed(1729)
    assert torch.stack([first, second, third]).equal(torch.stack([torch.rand(2, 2) for _ in range(3)]))
    assert not third.equal(first)
    assert not third.equal(second)


def test_the_texts_matrix_follows_its_three_dead_draws():
    torch.testing.assert_close(text_matrix(1729), torch.tensor([[0.9956, -0.2232], [0.3858, -0.6593]]), **PRINTED)
    torch.manual_seed(1729)
    torch.rand(2, 2), torch.rand(2, 3), torch.rand(3, 2)
    assert text_matrix(1729).equal((torch.rand(2, 2) - 0.5) * 2)


@pytest.mark.parametrize("op", COMPUTED)
def test_what_is_computed_from_the_matrix_is_what_the_text_prints(op):
    found = compute(ComputeSpec(op=op, seed=1729))
    assert len(found) == len(COMPUTED[op])
    for tensor, printed in zip(found, COMPUTED[op], strict=True):
        torch.testing.assert_close(tensor, torch.tensor(printed), **PRINTED)


def test_lenets_raw_output_prints_exactly_as_in_the_text():
    net, output = text_output()
    assert repr(output) == OUTPUT
    assert output.shape == (1, 10)
    assert repr(net) == NET


def test_the_texts_draws_chained_on_the_global_generator_give_the_same_output():
    from core.models.lenet import LeNet

    torch.manual_seed(1729)
    torch.rand(2, 2), torch.rand(2, 3), torch.rand(3, 2), torch.rand(2, 2)
    assert text_output()[1].equal(LeNet()(torch.rand(1, 1, 32, 32)))


def test_seeded_gives_what_manual_seed_gives():
    torch.manual_seed(7)
    assert seeded(7, lambda: torch.rand(5)).equal(torch.rand(5))


def test_seeded_leaves_the_global_generator_as_it_was():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    seeded(7, lambda: torch.rand(5))
    assert torch.get_rng_state().equal(before)


def test_seeded_restores_the_generator_after_an_error():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        seeded(7, lambda: 1 / 0)
    assert torch.get_rng_state().equal(before)
    assert seeded(7, lambda: 1) == 1                       # the lock is free again


def draws_of(count: int):
    for _ in range(count):
        yield torch.rand(3)


def test_a_seeded_generator_draws_as_if_nobody_drew_between_its_steps():
    torch.manual_seed(7)
    expected = [torch.rand(3) for _ in range(3)]
    found = []
    for step in seeded_steps(7, draws_of(3)):
        torch.rand(5)                                      # somebody else's
        found.append(step)
    assert [a.equal(b) for a, b in zip(found, expected, strict=True)] == [True] * 3


def test_a_seeded_generator_leaves_the_global_one_as_it_was_also_when_it_breaks():
    def breaks():
        yield torch.rand(3)
        torch.rand(3)
        raise ZeroDivisionError

    torch.manual_seed(0)
    before = torch.get_rng_state()
    steps = seeded_steps(7, breaks())
    next(steps)
    assert torch.get_rng_state().equal(before)
    with pytest.raises(ZeroDivisionError):
        next(steps)
    assert torch.get_rng_state().equal(before)
    assert seeded(7, lambda: 1) == 1                       # the lock is free again


def test_two_threads_draw_what_each_would_draw_alone():
    alone = {seed: seeded(seed, lambda: torch.rand(1000)) for seed in (1, 2)}
    torch.manual_seed(0)
    before = torch.get_rng_state()
    wrong = []

    def draw(seed: int) -> None:
        for _ in range(50):
            if not seeded(seed, lambda: torch.rand(1000)).equal(alone[seed]):
                wrong.append(seed)

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert torch.get_rng_state().equal(before)
