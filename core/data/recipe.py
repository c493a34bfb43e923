"""The few lines that give a program the same dataset: what it is told, as code that runs."""

from core.data import fake, vision

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
FOLDER = """\
from torchvision import datasets, transforms

square = transforms.Compose([transforms.Resize({side}), transforms.CenterCrop({side}), transforms.ToTensor()])
train = datasets.ImageFolder("{root}", transform=square)
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
    """Python that makes `train`, and `test` where there is one. root: torchvision's folder, or that of one's own pictures; side: theirs."""
    if key in vision.PUBLISHED:
        return PUBLISHED.format(name=vision.PUBLISHED[key], root=root)
    if key in ("digits", "digits_in_order"):
        return DIGITS + (AT_RANDOM if key == "digits" else IN_ORDER)
    if key == "fake":
        return FAKE.format(train=fake.TRAIN, test=fake.TEST, shape=fake.SHAPE, classes=fake.CLASSES)
    return PATCHES if key == "patches" else FOLDER.format(root=root, side=side)
