"""Which pictures a page of the grid holds, and a dataset in a few numbers."""

import pytest
import torch

from core import data
from core.data.browse import CLASSES, OF_CLASS, TILES, BrowseSpec, sheet
from core.data.imageset import ImageSet
from core.data.summary import as_the_text, balance, counting, mean_images, spread
from core.images import byte_counts, channel_stats, counted_stats, scale


def labelled(*labels: int, classes: int = 3) -> ImageSet:
    """Picture i is all i, modulo 256."""
    images = torch.arange(len(labels)).remainder(256).byte().view(-1, 1, 1, 1).expand(-1, 1, 2, 2).contiguous()
    return ImageSet(images, torch.tensor(labels), tuple(map(str, range(classes))))


def indices(found) -> list[int]:
    return torch.cat(found.rows).tolist()


@pytest.mark.parametrize("arrange", ["stored", "random", "by_class"])
def test_the_pages_together_hold_every_picture_once(arrange):
    pictures = labelled(*[0] * 60, *[2] * 5, *[1] * 20)
    first = sheet(pictures, BrowseSpec(arrange))
    seen = [i for number in range(1, first.of + 1) for i in indices(sheet(pictures, BrowseSpec(arrange, sheet=number)))]
    assert sorted(seen) == list(range(85))


def test_stored_pages_go_on_where_the_last_one_ended():
    assert indices(sheet(labelled(*[0] * 100), BrowseSpec("stored", sheet=2))) == list(range(TILES, 2 * TILES))


def test_a_page_after_the_last_is_the_last():
    found = sheet(labelled(*[0] * 40), BrowseSpec("stored", sheet=60000))
    assert (found.number, found.of, indices(found)) == (2, 2, [36, 37, 38, 39])


def test_by_class_each_row_is_one_class_and_an_empty_class_an_empty_row():
    found = sheet(labelled(*[2, 0] * 30), BrowseSpec("by_class"))
    assert [row.tolist() for row in found.rows] == [list(range(1, 60, 2))[:OF_CLASS], [], list(range(0, 60, 2))[:OF_CLASS]]
    assert found.classes == (0, 1, 2)


def test_more_classes_than_rows_come_on_the_next_page():
    pictures = labelled(*range(23), classes=23)
    assert [sheet(pictures, BrowseSpec("by_class", sheet=n)).classes for n in (1, 3)] == [tuple(range(CLASSES)), (20, 21, 22)]


@pytest.mark.parametrize("arrange", ["stored", "random", "by_class"])
def test_a_page_keeps_its_own_indices_and_not_the_order_of_the_whole_set(arrange):
    found = sheet(labelled(*[0] * 5000), BrowseSpec(arrange))
    assert sum(row.untyped_storage().nbytes() for row in found.rows[:1]) == 8 * len(found.rows[0]) * (1 if arrange == "by_class" else 3)


def test_the_seed_decides_a_random_order():
    pictures = labelled(*[0] * 100)
    orders = [indices(sheet(pictures, BrowseSpec("random", chance=seed))) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize(("counts", "said"), [([5, 5], "equal"), ([11, 10], "close"), ([12, 10], "apart"), ([20, 10], "apart"),
                                              ([3, 0], "far")])
def test_balance_compares_the_largest_class_with_the_smallest(counts, said):
    assert balance(torch.tensor(counts)) == said


@pytest.mark.parametrize(("key", "said"), [("digits", "close"), ("fake", "apart"), ("patches", "equal")])
def test_the_balance_of_what_comes_with_firstlight(key, said):
    assert balance(data.load(key, train=True).class_counts()) == said


def test_mean_images_are_the_means_of_their_classes():
    digits = data.load("digits", train=True)
    means, counted = mean_images(digits)
    assert counted.equal(digits.class_counts())
    for c in range(10):
        assert means[c].equal(digits.images[digits.labels == c].float().mean(0).round().byte())


def test_a_large_set_is_averaged_over_a_part_from_all_over_it():
    _, counted = mean_images(labelled(*[0] * 50, *[1] * 50), wanted=10)
    assert counted.tolist() == [5, 5, 0]                                   # the third class has no picture, and is black
    assert spread(100, 10)[[0, -1]].tolist() == [0, 99]


def test_mean_and_std_from_counted_bytes_are_the_introductions_to_the_last_digit():
    digits = data.load("digits", train=True)
    text = as_the_text(zip(scale(digits.images), digits.labels, strict=True))
    counted = counted_stats(byte_counts(digits.images))
    torch.testing.assert_close(counted, text, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(channel_stats(digits.images), counted, rtol=0, atol=0)


def test_counting_tells_how_far_it_is_and_ends_with_all():
    pictures = labelled(*[0] * 2500).images
    told = list(counting(pictures))
    assert [done for done, _ in told] == [1000, 2000, 2500]
    assert told[-1][1].equal(byte_counts(pictures))
    assert told[-1][1][0, 0] == 40                                         # 0, 256, 512 ... 2304: ten pictures of four pixels
