"""The few lines that give a program the same dataset: what it is told, as code that runs."""

import json

from core.data import fake, kept, vision

PUBLISHED = """\
from torchvision import datasets, transforms

train = datasets.{name}("{root}", train=True, download=True, transform=transforms.ToTensor())
test = datasets.{name}("{root}", train=False, download=True, transform=transforms.ToTensor())
"""
FAKE = """\
from torchvision import datasets, transforms

train = datasets.FakeData({train}, {shape}, {classes}, transform=transforms.ToTensor())
test = datasets.FakeData({test}, {shape}, {classes}, transform=transforms.ToTensor(), random_offset={train})
"""
SQUARE = "square = transforms.Compose([{grey}transforms.Resize({side}), transforms.CenterCrop({side}), transforms.ToTensor()])"
BY_FOLDERS = f"""\
from torchvision import datasets, transforms

{SQUARE}
train = datasets.ImageFolder({{train}}, transform=square)
test = datasets.ImageFolder({{test}}, transform=square)
"""
BY_CHANCE = f"""\
import torch
from torch.utils.data import Subset
from torchvision import datasets, transforms

from core.data.kept import split                                      # comes with Firstlight; of each class one picture in five

{SQUARE}
every = datasets.ImageFolder({{every}}, transform=square)
is_test = split(torch.tensor(every.targets))                          # the same pictures as here, unless files were left out
train, test = (Subset(every, part.nonzero().flatten().tolist()) for part in (~is_test, is_test))
"""
SCATTERED = """\
# ImageFolder wants all class folders in one folder. Here they lie in several: copy them into this one first.
"""
DIGITS = """\
import numpy as np
import torch
from torch.utils.data import Subset, TensorDataset

stored = np.load("core/data/digits.npz")                              # comes with Firstlight; made from scikit-learn's load_digits()
images = torch.from_numpy(stored["images"]).unsqueeze(1) / 255        # (1797, 8, 8) uint8 -> (1797, 1, 8, 8) in [0, 1]
labels = torch.from_numpy(stored["labels"]).long()
every = TensorDataset(images, labels)
"""
IN_ORDER = """
train, test = Subset(every, range(1437)), Subset(every, range(1437, 1797))
"""
AT_RANDOM = """
from core.data.digits import stratified                               # of every class its share

chosen = stratified(labels, 360, torch.Generator().manual_seed(0))
is_test = torch.zeros(1797, dtype=torch.bool).index_fill(0, chosen, True)
train, test = Subset(every, (~is_test).nonzero().flatten().tolist()), Subset(every, is_test.nonzero().flatten().tolist())
"""
PATCHES = """\
from core.data.patches import patches                                 # comes with Firstlight

train, test = patches(train=True), patches(train=False)
"""


def recipe(key: str, root: str = "data", side: int = 32) -> str:
    """Python that makes `train` and `test`. root: torchvision's folder, or where one's own pictures lie; side: theirs, if none are kept."""
    if key in vision.PUBLISHED:
        return PUBLISHED.format(name=vision.PUBLISHED[key], root=root)
    if key in ("digits", "digits_in_order"):
        return DIGITS + (AT_RANDOM if key == "digits" else IN_ORDER)
    if key == "fake":
        return FAKE.format(train=fake.TRAIN, test=fake.TEST, shape=fake.SHAPE, classes=fake.CLASSES)
    return PATCHES if key == "patches" else _own(kept.about(key), root, side)


def _own(about: kept.About | None, root: str, side: int) -> str:
    """As the class folders lie below `root`; while nothing is known of them: directly in it."""
    folders = about.folders if about else ("",)
    grey = "transforms.Grayscale(), " if about and about.channels == 1 else ""
    places = [_quoted(f"{root}/{folder}" if folder else root) for folder in folders or ("",)]
    values = {"grey": grey, "side": about.side if about else side}
    if len(places) == 2:
        return BY_FOLDERS.format(train=places[0], test=places[1], **values)
    return ("" if folders else SCATTERED) + BY_CHANCE.format(every=places[0], **values)


def _quoted(text: str) -> str:
    """As a string in Python, whatever a folder's name holds."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
