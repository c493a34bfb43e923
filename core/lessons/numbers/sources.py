"""Which data a value needs, and whether it is here."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from core import data
from core.data import kept, vision
from core.ladder.split import Split
from core.ladder.split import data as ladder_data

FOLDER = "folder.cifar10"                            # CIFAR-10's pictures as files of their own, once the data page has read them


def pictures_key() -> str:
    """The dataset that holds CIFAR-10's pictures, in the published order or in another; "" without any."""
    if data.info("cifar10").present():
        return "cifar10"
    known = kept.about(FOLDER)
    return FOLDER if known and (known.train, known.test) == (50_000, 10_000) else ""


def archive() -> Path:
    """What the download brings, and fetching leaves beside the pictures."""
    return vision.root() / "cifar-10-python.tar.gz"


SOURCES: dict[str, Callable[[], bool]] = {
    "mnist": lambda: data.info("mnist").present(),
    "cifar10": lambda: data.info("cifar10").present(),
    "archive": lambda: archive().is_file(),
    "pictures": lambda: bool(pictures_key()),
}


@cache
def mnist() -> Split:
    """As the torch.nn text divides it; its file has bytes divided by 256."""
    return ladder_data("mnist")
