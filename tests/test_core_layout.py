"""A photo's axes: what each way of handing it over really makes of it."""

import numpy as np
import pytest
import torch

from core.data import photos
from core.layout import SEEN, SIDE, WAYS, LayoutSpec, lay, permute, reshape


@pytest.mark.parametrize("photo", photos.PHOTOS)
def test_permute_is_numpys_transpose_of_the_text(photo):
    laid = lay(LayoutSpec(photo, "permute"))
    assert np.array_equal(laid.out.numpy(), np.transpose(laid.x.numpy(), (1, 2, 0)))
    assert laid.x.shape == (3, SIDE, SIDE)
    assert laid.message == ""


def test_every_way_is_seen_as_what_it_is():
    shown = {way: lay(LayoutSpec("cat", way)) for way in WAYS}
    right = shown["permute"].out
    assert shown["reverse"].out.equal(right.transpose(0, 1))               # rows and columns swapped
    assert shown["flip"].out.equal(right[..., [2, 1, 0]])                  # blue, green, red
    assert shown["reshape"].out.shape == right.shape
    assert not shown["reshape"].out.equal(right)
    assert sorted(shown["reshape"].out.flatten().tolist()) == sorted(right.flatten().tolist())             # the same numbers elsewhere
    assert {way for way in WAYS if shown[way].message} == {way for way, seen in SEEN.items() if seen == "refused"} == {"unchanged"}
    assert "Cannot handle this data type" in shown["unchanged"].message


def test_the_channel_of_each_number_is_followed():
    assert lay(LayoutSpec("cat", "permute")).channels.reshape(-1)[:6].tolist() == [0, 1, 2, 0, 1, 2]
    assert lay(LayoutSpec("cat", "flip")).channels.reshape(-1)[:3].tolist() == [2, 1, 0]
    assert lay(LayoutSpec("cat", "reshape")).channels.reshape(-1)[:6].tolist() == [0] * 6


def test_a_reshape_moves_no_number_and_a_permute_copies_none():
    x = torch.arange(12).reshape(3, 2, 2)
    assert reshape(x).flatten().tolist() == x.flatten().tolist()
    assert permute(x)[0, 1].tolist() == [1, 5, 9]          # the pixel of row 0, column 1: one number of each channel
    assert permute(x).untyped_storage().data_ptr() == x.untyped_storage().data_ptr()


def test_photos_are_in_colour_and_differ():
    every = photos.load()
    assert every.shape == (len(photos.PHOTOS), 3, photos.SIDE, photos.SIDE)
    assert every.dtype == torch.uint8
    means = every.float().mean((2, 3))                     # (photos, channels)
    assert len({tuple(row) for row in means.round().tolist()}) == len(photos.PHOTOS)
    assert (every.float().std((2, 3)) > 15).all()          # a picture in every channel
