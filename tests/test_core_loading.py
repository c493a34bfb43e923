"""Batches as the DataLoader of the texts yields them, and the one that is looked at."""

import sys

import pytest
import torch
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from core import data
from core.data.imageset import ImageSet
from core.errors import SpecError
from core.loading import Batch, BatchSpec, LoaderSpec, batch, epochs, one_by_one
from core.train import many_at_a_time


def numbered(count: int) -> ImageSet:
    """Picture i is all i, and so is its label."""
    labels = torch.arange(count)
    return ImageSet(labels.byte().view(-1, 1, 1, 1).expand(-1, 1, 2, 2).contiguous(), labels, tuple(map(str, range(count))))


def loader(pictures: ImageSet, spec: LoaderSpec) -> DataLoader:
    """PyTorch's own."""
    generator = torch.Generator().manual_seed(spec.seed)
    return DataLoader(pictures, spec.batch_size, shuffle=spec.shuffle, drop_last=spec.drop_last, generator=generator)


def order_of(pictures: ImageSet, spec: LoaderSpec) -> list[int]:
    """Of the loader's epoch, by its own iterator and without fetching a picture."""
    return [i for picked in iter(loader(pictures, spec))._sampler_iter for i in picked]


def looked_at(pictures: ImageSet, spec: LoaderSpec) -> list[Batch]:
    asked = [BatchSpec(spec.batch_size, spec.shuffle, spec.seed, k) for k in range(1, -(-len(pictures) // spec.batch_size) + 1)]
    return [batch(pictures, one) for one in asked]


@pytest.mark.parametrize("seed", [0, 1, 1729, 9999])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [1, 4, 5, 20, 64])
def test_the_kth_batch_is_exactly_the_loaders_kth(batch_size, shuffle, seed):
    pictures, spec = numbered(20), LoaderSpec(batch_size=batch_size, shuffle=shuffle, seed=seed)
    yielded, shown = list(loader(pictures, spec)), looked_at(pictures, spec)
    assert len(yielded) == len(shown) == shown[0].batches
    for (x, y), one in zip(yielded, shown, strict=True):
        assert one.images.equal(x)
        assert one.labels.equal(y)
        assert pictures.labels[one.indices].equal(y)
        assert one.images.dtype == torch.uint8


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_real_digits_come_in_the_loaders_order(shuffle):
    pictures, spec = data.load("digits", train=False), LoaderSpec(batch_size=64, shuffle=shuffle, seed=3)
    for (x, y), one in zip(loader(pictures, spec), looked_at(pictures, spec), strict=True):
        assert one.images.equal(x)
        assert one.labels.equal(y)


@pytest.mark.filterwarnings("ignore:This DataLoader will create 2 worker processes")        # PyTorch says so on a machine with one core
def test_two_workers_bring_the_same_batches_as_none():
    told = numbered(20), torch.randperm(20, generator=torch.Generator().manual_seed(7)), 6, torch.tensor([0.5]), torch.tensor([0.25])
    alone, helped = (list(one_by_one(*told, workers=n)) for n in (0, 2))
    if sys.platform == "linux":
        assert one_by_one(*told, workers=2).multiprocessing_context.get_start_method() == "fork"
    assert len(alone) == len(helped) == 4
    for (x, y), (x2, y2) in zip(alone, helped, strict=True):
        assert x.equal(x2)
        assert y.equal(y2)


def test_one_by_one_and_many_at_a_time_prepare_the_same_numbers():
    told = numbered(20), torch.randperm(20, generator=torch.Generator().manual_seed(7)), 6, torch.tensor([0.5]), torch.tensor([0.25])
    for (x, y), (x2, y2) in zip(one_by_one(*told), many_at_a_time(*told), strict=True):
        assert x.equal(x2)
        assert y.equal(y2)


def test_the_order_is_that_of_pytorchs_own_loader():
    plain = DataLoader(TensorDataset(torch.arange(20)), 6, shuffle=True, generator=torch.Generator().manual_seed(5))
    order = torch.cat([y for (y,) in plain])
    shown = looked_at(numbered(20), LoaderSpec(batch_size=6, shuffle=True, seed=5))
    assert torch.cat([one.indices for one in shown]).equal(order)


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_last_batch_is_found_without_making_those_before_it(shuffle):
    pictures, spec, calls = numbered(60000), BatchSpec(1, shuffle, seed=3, number=60000), []
    sys.setprofile(lambda frame, event, argument: calls.append(event))
    try:
        last = batch(pictures, spec)
    finally:
        sys.setprofile(None)
    assert len(calls) < 500
    assert last.indices.untyped_storage().nbytes() == 8                    # a page that keeps it does not keep the whole order
    assert last.indices.tolist() == order_of(pictures, LoaderSpec(1, shuffle, seed=3))[-1:]


def test_an_epoch_shows_every_picture_once():
    shown = looked_at(numbered(20), LoaderSpec(batch_size=6, shuffle=True, seed=0))
    assert torch.cat([one.labels for one in shown]).sort().values.tolist() == list(range(20))
    assert [len(one.labels) for one in shown] == [6, 6, 6, 2]              # the last one is short
    assert [(one.number, one.batches) for one in shown] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_without_shuffling_the_first_batch_is_the_first_pictures():
    assert batch(numbered(20), BatchSpec(batch_size=4, shuffle=False, number=2)).indices.tolist() == [4, 5, 6, 7]


def test_the_order_depends_on_the_seed_and_not_on_the_global_generator():
    torch.manual_seed(0)
    first = batch(numbered(20), BatchSpec(seed=1)).indices
    torch.manual_seed(1)
    assert first.equal(batch(numbered(20), BatchSpec(seed=1)).indices)
    assert not first.equal(batch(numbered(20), BatchSpec(seed=2)).indices)


@pytest.mark.parametrize("number", [-1, 0, 5, 60000])
def test_there_is_no_batch_past_the_end(number):
    with pytest.raises(SpecError, match=f"no_such_batch value={number} batches=4"):
        batch(numbered(20), BatchSpec(batch_size=6, number=number))


@pytest.mark.parametrize("shuffle", [True, False])
def test_epochs_are_the_loaders_own_one_after_the_other(shuffle):
    pictures, spec = numbered(22), LoaderSpec(batch_size=8, shuffle=shuffle, seed=3)
    bring = loader(pictures, spec)
    for epoch in epochs(pictures, spec, 3):
        for (x, y), shown in zip(bring, epoch, strict=True):
            assert shown.images.equal(x)
            assert shown.labels.equal(y)
            assert shown.indices.equal(y)                  # labels stay with their pictures


def test_the_second_epoch_has_another_order_and_a_seed_repeats_both():
    pictures, spec = numbered(22), LoaderSpec(batch_size=22, seed=3)
    (first,), (second,) = epochs(pictures, spec, 2)
    assert not first.indices.equal(second.indices)
    assert [epoch[0].indices.tolist() for epoch in epochs(pictures, spec, 2)] == [first.indices.tolist(), second.indices.tolist()]


def test_a_map_style_dataset_has_len_and_item_and_an_iterable_one_neither():
    """What the page on own datasets says."""
    asked = []

    class Mapped:
        def __len__(self) -> int:
            asked.append("len")
            return 3

        def __getitem__(self, i: int) -> int:
            return 10 * i

    class Stream(IterableDataset):
        def __iter__(self):
            return iter([0, 10, 20])

    assert [x.tolist() for x in DataLoader(Mapped(), 2)] == [x.tolist() for x in DataLoader(Stream(), 2)] == [[0, 10], [20]]
    asked.clear()
    bring = DataLoader(Mapped(), 2, shuffle=True, generator=torch.Generator().manual_seed(0))
    assert sorted(torch.cat(list(bring)).tolist()) == [0, 10, 20]
    assert len(asked) > 1                                                  # how often is PyTorch's own affair
    assert not hasattr(Stream, "__len__")
    with pytest.raises(NotImplementedError):
        Stream()[0]


def test_a_short_last_batch_is_kept_or_dropped():
    (kept,), (dropped,) = (epochs(numbered(22), LoaderSpec(batch_size=8, drop_last=drop), 1) for drop in (False, True))
    assert [len(batch.labels) for batch in kept] == [8, 8, 6]
    assert [len(batch.labels) for batch in dropped] == [8, 8]
