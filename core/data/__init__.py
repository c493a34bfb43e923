"""The datasets, in teaching order. One more dataset = one small file, one line here, two lines of text."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pickle import UnpicklingError

from core.data import digits, fake, kept, patches, vision
from core.data.imageset import ImageSet
from core.errors import SpecError
from core.files import pictures_folder


@dataclass(frozen=True)
class Dataset:
    """Where a dataset comes from. mean and std are those of its training pixels in [0, 1], one number per channel."""

    load: Callable[[bool], ImageSet]                 # train? -> pictures and labels
    present: Callable[[], bool]                      # can be loaded now, without the internet
    channels: int
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    train_images: int
    test_images: int
    download_mb: float = 0.0                         # 0: it comes with Firstlight
    classes: int = 10


DATASETS: dict[str, Dataset] = {                     # those that are here are held against these numbers by tests/test_core_data.py
    "digits": Dataset(digits.load, lambda: True, 1, 8, (0.3053,), (0.3756,), 1437, 360),
    "digits_in_order": Dataset(digits.load_in_order, lambda: True, 1, 8, (0.3054,), (0.3753,), 1437, 360),
    "patches": Dataset(patches.load, lambda: True, 3, 32, (0.4230, 0.2987, 0.2574), (0.2975, 0.2267, 0.2151), 2465, 1305, classes=5),
    "mnist": Dataset(vision.load_mnist, vision.has_mnist, 1, 28, (0.1307,), (0.3081,), 60000, 10000, 11.6),
    "fashion_mnist": Dataset(vision.load_fashion_mnist, vision.has_fashion_mnist, 1, 28, (0.2860,), (0.3530,), 60000, 10000, 30.9),
    "cifar10": Dataset(vision.load_cifar10, vision.has_cifar10, 3, 32, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616),
                       50000, 10000, 170.5),
    "fake": Dataset(fake.load, lambda: True, 3, 32, (0.4995, 0.4995, 0.4996), (0.2905, 0.2903, 0.2901), fake.TRAIN, fake.TEST),
}


# what torchvision raises for files that are not whole
BROKEN = (RuntimeError, ValueError, OSError, EOFError, AssertionError, TypeError, LookupError, UnpicklingError)


def info(key: str) -> Dataset:
    """One of DATASETS, or a learner's own pictures ("folder.NAME", "zip.ID") once they are kept; before, `present()` is False.

    Raises SpecError("unknown_dataset") with the known keys.
    """
    if key in DATASETS:
        return DATASETS[key]
    if not kept.is_key(key):
        raise SpecError("unknown_dataset", value=key, known=", ".join(DATASETS))
    about = kept.about(key)
    if about is None:
        return Dataset(lambda train: kept.load(key, train), lambda: False, 3, kept.SIDE, (0.5,) * 3, (0.5,) * 3, 0, 0)
    return Dataset(lambda train: kept.load(key, train), lambda: kept.about(key) is not None, about.channels, about.side,
                   about.mean, about.std, about.train, about.test, classes=len(about.classes))


def load(key: str, train: bool) -> ImageSet:
    """All pictures of one split, shared and never changed.

    Raises SpecError("dataset_missing") before it was fetched, ("pictures_gone") for a learner's own that are not kept here,
    ("dataset_damaged") when its files cannot be read.
    """
    found = info(key)
    if not found.present():
        if kept.is_key(key):
            raise SpecError("pictures_gone", value=key)
        raise SpecError("dataset_missing", value=key, folder=str(vision.root()), megabytes=found.download_mb)
    try:
        return _loaded(key, train) if key in DATASETS else found.load(train)
    except BROKEN as damaged:
        folder = pictures_folder() if kept.is_key(key) else vision.root()
        raise SpecError("dataset_damaged", value=key, folder=str(folder)) from damaged


@lru_cache(maxsize=2 * len(DATASETS))                # both splits of all: large ones stay in their files, see core.data.mapped
def _loaded(key: str, train: bool) -> ImageSet:
    return DATASETS[key].load(train)
