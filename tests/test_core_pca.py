"""Our own singular value decomposition against PyTorch's."""

import pytest
import torch

from core import data
from core.data.summary import spread
from core.pca import along, pca, svd


@pytest.fixture(scope="module")
def x():
    """(200, 64) of the digits."""
    digits = data.load("digits", train=True)
    return digits.pick(spread(len(digits), 200)).images.flatten(1).double() / 255


def test_singular_values_are_pytorchs(x):
    _, s, v = svd(x, 5)
    _, exact, vt = torch.linalg.svd(x, full_matrices=False)
    torch.testing.assert_close(s, exact[:5])
    torch.testing.assert_close((v.T @ vt[:5].T).abs(), torch.eye(5, dtype=torch.float64), atol=1e-8, rtol=0)       # but for the sign


def test_with_more_values_than_pictures_it_is_the_same():
    x = torch.randn(20, 90, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    u, s, v = svd(x, 20)
    torch.testing.assert_close(u * s @ v.T, x)                             # all of them give the matrix back


def test_pca_finds_pca_lowranks_axes(x):
    found = pca(x)
    with torch.random.fork_rng():
        torch.manual_seed(0)                                               # pca_lowrank draws at random
        _, s, v = torch.pca_lowrank(x, q=12, niter=6)
    torch.testing.assert_close((found.axes * v[:, :2]).sum(0).abs(), torch.ones(2, dtype=torch.float64), atol=1e-4, rtol=0)
    torch.testing.assert_close(found.at.norm(dim=0), s[:2], rtol=1e-4, atol=0)


def test_the_share_of_an_axis_is_its_part_of_all_variance(x):
    found = pca(x)
    torch.testing.assert_close(found.share, found.at.var(0) / x.var(0).sum())
    assert 0.2 < float(found.share.sum()) < 0.35                           # scikit-learn's PCA says 0.28 for its digits


def test_points_on_a_line_lie_on_one_axis():
    found = pca(torch.tensor([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], dtype=torch.float64))
    torch.testing.assert_close(found.share, torch.tensor([1.0, 0.0], dtype=torch.float64), atol=1e-12, rtol=0)
    torch.testing.assert_close(found.at[:, 0], torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64) * 5**0.5)


def test_pictures_that_are_all_alike_have_no_axes_and_no_nan():
    found = pca(torch.ones(4, 3, dtype=torch.float64))
    assert not any(part.any() for part in (found.axes, found.at, found.share))         # all 0, and NaN would count as something


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", range(5))
def test_two_pictures_have_one_axis_and_the_second_is_zero(seed, dtype):
    found = pca(torch.rand(2, 3072, generator=torch.Generator().manual_seed(seed), dtype=dtype))
    torch.testing.assert_close(found.axes.norm(dim=0), torch.tensor([1.0, 0.0], dtype=dtype))
    torch.testing.assert_close(found.share, torch.tensor([1.0, 0.0], dtype=dtype))
    assert not found.at[:, 1].any()
    assert along(found, 1).equal(found.mean.expand(5, -1))                 # nothing changes along it


def test_every_axis_in_which_pictures_differ_has_length_one(x):
    found = pca(x, 40)
    torch.testing.assert_close(found.axes.T @ found.axes, torch.eye(40, dtype=torch.float64), atol=1e-8, rtol=0)


def test_the_middle_of_an_axis_is_the_mean_picture(x):
    found = pca(x)
    moved = along(found, 0)
    assert moved.shape == (5, 64)
    assert moved[2].equal(found.mean)
    torch.testing.assert_close((moved[3] - moved[2]).norm(), found.at[:, 0].std())
