"""What proves the answers of the review: small programs, and what they find. They run when a learner asks for them."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data import load
from core.models import fresh
from core.seeded import seeded

Found = dict[str, object]                            # what was looked at -> what it was


def default_dtype() -> Found:
    whole, plain = torch.ones((5, 3), dtype=torch.int16), torch.zeros(5, 3)
    return {"whole.dtype": whole.dtype, "plain.dtype": plain.dtype, "(whole + plain).dtype": (whole + plain).dtype}


def same_seed() -> Found:
    chance = torch.Generator().manual_seed(1729)
    r1 = torch.rand(2, 2, generator=chance)
    r2 = torch.rand(2, 2, generator=chance)
    chance.manual_seed(1729)
    r3 = torch.rand(2, 2, generator=chance)
    return {"r1": r1, "r2": r2, "r3": r3, "r1.equal(r2)": r1.equal(r2), "r1.equal(r3)": r1.equal(r3)}


def unlike_shapes() -> Found:
    a, b = torch.ones(2, 3), torch.ones(3, 2)
    try:
        a + b
    except RuntimeError as refused:
        return {"a + b": refused, "(a @ b).shape": (a @ b).shape}
    return {"a + b": a + b}


def first_convolution() -> Found:
    c1 = seeded(0, lambda: nn.Conv2d(1, 6, 5))
    x = torch.zeros(1, 1, 32, 32)
    x[0, 0, 10:15, 8:12] = 1                         # a small bright patch
    moved = x.roll(3, dims=3)                        # the same patch, three pixels further right
    with torch.no_grad():
        maps, maps_moved = c1(x), c1(moved)
    return {"maps.shape": maps.shape, "the maps moved along with it": torch.allclose(maps.roll(3, dims=3), maps_moved, atol=1e-6)}


def third_layer() -> Found:
    c3 = seeded(0, lambda: nn.Conv2d(6, 16, 5))
    maps = torch.rand(1, 6, 14, 14, generator=torch.Generator().manual_seed(0))
    one_less = maps.clone()
    one_less[0, 2] = 0                               # without the third of the six maps
    with torch.no_grad():
        changed = (c3(maps) - c3(one_less)).abs().amax((0, 2, 3)) > 0
    return {"c3.weight.shape": c3.weight.shape, "output maps that changed": changed.sum().item()}


def first_linear() -> Found:
    net, x = fresh("lenet", 0), torch.zeros(1, 1, 32, 32)
    with torch.no_grad():
        x = F.max_pool2d(F.relu(net.conv1(x)), 2)
        x = F.max_pool2d(F.relu(net.conv2(x)), 2)
    return {"x.shape": x.shape, "x.flatten(1).shape[1]": x.flatten(1).shape[1]}


def batch_axis() -> Found:
    net, found = fresh("lenet", 0), {}
    for shape in ((32, 32), (1, 32, 32), (32, 32, 1), (1, 1, 32, 32)):
        try:
            found[str(shape)] = net(torch.zeros(shape)).shape
        except RuntimeError as refused:
            found[str(shape)] = refused
    return found


def reading_outputs() -> Found:
    net, test = trained(1437, 60).net, load("digits", False)
    outputs, labels = net(_flat(test.images[:16])), test.labels[:16]
    ways = {"outputs.argmax(1)": outputs.argmax(1), "outputs.argmax(0)": outputs.argmax(0), "outputs.max()": outputs.max(),
            "outputs.sum(1)": outputs.sum(1)}
    right = {f"{way} is right for": sum(answer.equal(label) for answer, label in zip(found, labels, strict=True))
             for way, found in ways.items() if found.shape == labels.shape}
    return {"outputs.shape": outputs.shape} | {f"{way}, shape": tuple(found.shape) for way, found in ways.items()} | right


def inference() -> Found:
    net, x = fresh("lenet", 0), torch.zeros(1, 1, 32, 32)
    before = [p.clone() for p in net.parameters()]
    net.eval()
    with torch.no_grad():
        y = net(x)
    same = all(p.equal(old) for p, old in zip(net.parameters(), before, strict=True))
    return {"y.shape": y.shape, "y.requires_grad": y.requires_grad, "weights unchanged": same}


def to_tensor() -> Found:
    import numpy as np
    from torchvision import transforms

    picture = np.full((28, 20, 3), 255, dtype=np.uint8)                   # 28 high, 20 wide, three colours, all white
    x = transforms.ToTensor()(picture)
    return {"x.shape": x.shape, "x.dtype": x.dtype, "x.max()": x.max().item()}


def bytes_into_a_network() -> Found:
    net, picture = fresh("lenet", 0), torch.full((1, 1, 32, 32), 255, dtype=torch.uint8)
    found: Found = {"net(picture.float() / 255).shape": net(picture.float() / 255).shape}
    try:
        net(picture)
    except RuntimeError as refused:
        found["net(picture)"] = refused
    return found


def loading_weights() -> Found:
    trained, net = fresh("lenet", 1), fresh("lenet", 2)                    # two networks with different weights
    x = torch.ones(1, 1, 32, 32)
    before = net(x).equal(trained(x))
    net.load_state_dict(trained.state_dict())
    return {"same answer before": before, "same answer after": net(x).equal(trained(x)), "keys": list(trained.state_dict())[:3]}


def normalising() -> Found:
    from torchvision import transforms

    x = torch.tensor([0.0, 0.5, 1.0]).view(1, 1, 3)
    y = transforms.Normalize(0.5, 0.5)(x)
    return {"y": y.flatten(), "back, y / 2 + 0.5": (y / 2 + 0.5).flatten()}


def to_thirty_two() -> Found:
    from torchvision import transforms

    picture = torch.zeros(1, 28, 28)
    ways = {"Pad(2)": transforms.Pad(2), "Pad(4)": transforms.Pad(4), "CenterCrop(24)": transforms.CenterCrop(24),
            "Resize(30)": transforms.Resize(30)}
    return {name: way(picture).shape for name, way in ways.items()}


def flipping() -> Found:
    from torchvision import transforms

    x = torch.arange(4.0).view(1, 2, 2)
    flipped = seeded(0, lambda: transforms.RandomHorizontalFlip(p=1)(x))      # it draws a number, even where p is 1
    return {"x": x, "flipped": flipped, "flipped.shape == x.shape": flipped.shape == x.shape,
            "flipped.equal(x.flip(2))": flipped.equal(x.flip(2))}


def batches() -> Found:
    from torch.utils.data import DataLoader

    loader = DataLoader(range(60_000), batch_size=64)                      # numbers stand for MNIST's pictures
    return {"len(loader.dataset)": len(loader.dataset), "len(loader)": len(loader), "60000 - 937 * 64": 60_000 - 937 * 64}


def one_batch() -> Found:
    from torch.utils.data import DataLoader, TensorDataset

    dataset = TensorDataset(torch.zeros(100, 3, 32, 32), torch.zeros(100, dtype=torch.long))
    one, label = dataset[0]
    images, labels = next(iter(DataLoader(dataset, batch_size=4, generator=torch.Generator())))
    return {"one.shape": one.shape, "images.shape": images.shape, "labels.shape": labels.shape}


def showing() -> Found:
    picture = torch.rand(32, 20, 3, generator=torch.Generator().manual_seed(0))        # as matplotlib wants it
    x = (picture.permute(2, 0, 1) - 0.5) / 0.5                                         # as Normalize(0.5, 0.5) leaves it
    ways = {"(x / 2 + 0.5).permute(1, 2, 0)": (x / 2 + 0.5).permute(1, 2, 0), "x / 2 + 0.5": x / 2 + 0.5,
            "x.permute(1, 2, 0)": x.permute(1, 2, 0), "(x / 2 + 0.5).permute(2, 1, 0)": (x / 2 + 0.5).permute(2, 1, 0)}
    return {f"{way} is the picture": found.shape == picture.shape and torch.allclose(found, picture, atol=1e-6)
            for way, found in ways.items()}


def what_moves_the_weights() -> Found:
    net, x, y = seeded(0, lambda: nn.Linear(3, 2)), torch.ones(4, 3), torch.tensor([0, 1, 0, 0])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    loss = F.cross_entropy(net(x), y)
    lines = {"loss.backward()": loss.backward, "optimizer.step()": optimizer.step, "optimizer.zero_grad()": optimizer.zero_grad}
    moved: Found = {}
    for line, run in lines.items():
        before = net.weight.detach().clone()
        run()
        moved[f"{line} moved the weights"] = not net.weight.equal(before)
    return moved | {"loss before": round(loss.item(), 4), "loss after": round(F.cross_entropy(net(x), y).item(), 4)}


def gradients_add_up() -> Found:
    net, x, y = seeded(0, lambda: nn.Linear(3, 2)), torch.ones(4, 3), torch.tensor([0, 1, 0, 1])
    F.cross_entropy(net(x), y).backward()
    once = net.weight.grad.clone()
    F.cross_entropy(net(x), y).backward()            # no zero_grad() between
    return {"once": once, "after the second": net.weight.grad, "twice as large": torch.allclose(net.weight.grad, 2 * once)}


def judging() -> Found:
    """Thirty digits that were learned by heart. Five seeds, 2026-11-30: 100 % on them, 57 to 75 % on others."""
    found = trained(30, 60)
    return {"training accuracy": round(found.training, 3), "test accuracy": round(found.test, 3)}


def how_much_data() -> Found:
    """Thirty digits, or all. Five seeds, 2026-11-30: with all 99.4 to 99.7 % on them, 96.3 to 97.0 % on others."""
    few, every = trained(30, 60), trained(1437, 60)
    return {"30 pictures, training accuracy": round(few.training, 3), "30 pictures, test accuracy": round(few.test, 3),
            "1437 pictures, training accuracy": round(every.training, 3), "1437 pictures, test accuracy": round(every.test, 3)}


def labels_by_chance() -> Found:
    """The labels of fifty digits are drawn by chance. Five seeds, 2026-11-30: 100 % on them, 3 to 15 % on others."""
    found = trained(50, 60, by_chance=True)
    return {"training accuracy": round(found.training, 3), "test accuracy": round(found.test, 3)}


def gap_while_training() -> Found:
    """The losses after 15 and after 60 steps on thirty digits. Five seeds of five, 2026-11-30: the one falls, the other rises."""
    early, late = trained(30, 15), trained(30, 60)
    return {"15 steps, training loss": round(early.training_loss, 4), "15 steps, test loss": round(early.test_loss, 4),
            "60 steps, training loss": round(late.training_loss, 4), "60 steps, test loss": round(late.test_loss, 4)}


@dataclass(frozen=True, eq=False)
class Trained:
    """A network of 4,810 parameters, and how it does on its own pictures and on 360 others. Shared: never to be changed."""

    net: nn.Module
    training: float
    test: float
    training_loss: float
    test_loss: float


@lru_cache(maxsize=32)
def trained(pictures: int, steps: int, seed: int = 2, by_chance: bool = False) -> Trained:
    """By all of its pictures at once in every step; at most 0.1 s."""
    chance, every, test = torch.Generator().manual_seed(seed), load("digits", True), load("digits", False)
    picked = torch.randperm(len(every), generator=chance)[:pictures]
    x, y = _flat(every.images[picked]), every.labels[picked]
    if by_chance:
        y = torch.randint(10, y.shape, generator=chance)
    net = seeded(seed, lambda: nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    for _ in range(steps):
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    net.requires_grad_(False)
    outputs, others = net(x), net(_flat(test.images))
    return Trained(net, _accuracy(outputs, y), _accuracy(others, test.labels), F.cross_entropy(outputs, y).item(),
                   F.cross_entropy(others, test.labels).item())


def _flat(images: Tensor) -> Tensor:
    return images.flatten(1) / 255                   # (N, 1, 8, 8) -> (N, 64)


def _accuracy(outputs: Tensor, y: Tensor) -> float:
    return (outputs.argmax(1) == y).float().mean().item()
