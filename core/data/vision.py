"""MNIST, FashionMNIST and CIFAR-10 through torchvision: the published files, in their published order."""

import os
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from core.data import mapped
from core.data.imageset import ImageSet
from core.files import own_folder

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FASHION_CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
PUBLISHED = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "cifar10": "CIFAR10"}      # our key: torchvision's class
RAW_NAMES = tuple(f"{part}-{what}" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte"))
BATCH_NAMES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")


def datasets() -> ModuleType:
    """torchvision.datasets, imported when it is needed: the embedded digits do without."""
    from torchvision import datasets

    return datasets


def transforms() -> ModuleType:
    """torchvision.transforms.v2, as `datasets`."""
    from torchvision.transforms import v2

    return v2


def root() -> Path:
    """The folder that torchvision's `root=` means: FIRSTLIGHT_DATA/torchvision, or a folder of the user's own."""
    return Path(os.environ.get("FIRSTLIGHT_DATA") or own_folder() / "data").expanduser() / "torchvision"


def unpacked(key: str) -> list[Path]:
    """The files that make up a dataset, whether they are there or not."""
    if key == "cifar10":
        return [root() / "cifar-10-batches-py" / name for name in BATCH_NAMES]
    return [root() / PUBLISHED[key] / "raw" / name for name in RAW_NAMES]


def has_mnist() -> bool:
    return _complete("mnist")


def has_fashion_mnist() -> bool:
    return _complete("fashion_mnist")


def has_cifar10() -> bool:
    return _complete("cifar10")


def load_mnist(train: bool) -> ImageSet:
    return _idx("MNIST", train, tuple("0123456789"))


def load_fashion_mnist(train: bool) -> ImageSet:
    return _idx("FashionMNIST", train, FASHION_CLASSES)


def load_cifar10(train: bool) -> ImageSet:
    """The published files are pickles, which cannot be mapped: the first time, a copy is made of them."""
    sources = unpacked("cifar10")[:5] if train else unpacked("cifar10")[5:6]
    images, labels = mapped.kept(sources, f"firstlight-{'train' if train else 'test'}.bin", lambda: _read_cifar10(train))
    return ImageSet(images, labels.long(), CIFAR10_CLASSES)


def _read_cifar10(train: bool) -> tuple[Tensor, Tensor]:
    stored = datasets().CIFAR10(root(), train=train)                       # checks every byte
    images = torch.from_numpy(stored.data).permute(0, 3, 1, 2).contiguous()      # (N, H, W, C) -> (N, C, H, W)
    return images, torch.tensor(stored.targets, dtype=torch.uint8)


def _idx(folder: str, train: bool, classes: tuple[str, ...]) -> ImageSet:
    images, labels = RAW_NAMES[:2] if train else RAW_NAMES[2:]
    raw = root() / folder / "raw"
    pictures = ImageSet(mapped.idx(raw / images, 28, 28).unsqueeze(1), mapped.idx(raw / labels).long(), classes)     # (N, 1, 28, 28)
    if len(pictures.labels) != len(pictures):
        raise ValueError(f"{len(pictures)} pictures, {len(pictures.labels)} labels")
    return pictures


def _complete(key: str) -> bool:
    return all(path.is_file() for path in unpacked(key))
