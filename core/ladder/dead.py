"""The trap of a ReLU on the logits: a stored start from which one class dies, and the same start without that ReLU."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn, optim
from torch.utils.data import DataLoader, TensorDataset

from core.ladder.r10_cnn import ConvNet, bs, fit, loss_func, lr
from core.ladder.split import Split
from core.seeded import seeded

START = Path(__file__).with_name("dead.npz")         # the 3,930 first weights, so that no other version of PyTorch draws others
ORDER = 0                                            # the seed of the generator that shuffles
EPOCHS = 20


class OpenEnd(ConvNet):
    """The same network without the ReLU on the logits."""

    def forward(self, xb):
        maps = xb.view(-1, 1, 28, 28)                # (B, 784) -> (B, 1, 28, 28)
        maps = F.relu(self.conv1(maps))              # -> (B, 16, 14, 14)
        maps = F.relu(self.conv2(maps))              # -> (B, 16, 7, 7)
        maps = self.conv3(maps)                      # -> (B, 10, 4, 4), negative ones stay
        return F.avg_pool2d(maps, 4).flatten(1)      # -> (B, 10)


WAYS: dict[str, type[nn.Module]] = {"relu": ConvNet, "open": OpenEnd}


@dataclass(frozen=True)
class Verdict:
    """After `epoch` epochs. By class: accuracy and recall on the validation set; largest: the logit at its largest; gradient: of the
    channel's own weights and bias, at its largest, over all training pictures."""

    way: str
    epoch: int
    accuracy: float
    loss: float
    by_class: tuple[float, ...]
    largest: tuple[float, ...]
    gradient: tuple[float, ...]

    @property
    def dead(self) -> tuple[int, ...]:
        """Classes whose logit is 0 for every picture."""
        return tuple(c for c, value in enumerate(self.largest) if value == 0)


def train(way: str, split: Split, epochs: int = EPOCHS) -> Iterator[Verdict | None]:
    """A verdict before the first epoch and after each. None: a sign of life."""
    model = first(way)
    opt = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    train_dl, valid_dl = loaders(split)
    epoch = 0
    yield verdict(way, epoch, model, split)
    for what, *_ in fit(epochs, model, loss_func, opt, train_dl, valid_dl):
        epoch += what == "epoch"
        yield verdict(way, epoch, model, split) if what == "epoch" else None


def first(way: str) -> nn.Module:
    """The network with the stored first weights."""
    model = seeded(0, WAYS[way])
    with np.load(START) as stored:
        model.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files})
    return model


def loaders(split: Split) -> tuple[DataLoader, DataLoader]:
    """As get_data makes them, with a generator of their own."""
    generator = torch.Generator().manual_seed(ORDER)
    train_ds, valid_ds = TensorDataset(split.x_train, split.y_train), TensorDataset(split.x_valid, split.y_valid)
    return (DataLoader(train_ds, batch_size=bs, shuffle=True, generator=generator),
            DataLoader(valid_ds, batch_size=bs * 2, generator=torch.Generator()))


def verdict(way: str, epoch: int, model: nn.Module, split: Split) -> Verdict:
    with torch.no_grad():
        out = model(split.x_valid)                   # (N, 10)
    right, classes = out.argmax(1) == split.y_valid, range(out.shape[1])
    by_class = tuple(right[split.y_valid == c].float().mean().item() for c in classes)
    return Verdict(way, epoch, right.float().mean().item(), loss_func(out, split.y_valid).item(), by_class,
                   *_channels(model, split.x_train, split.y_train))


def _channels(model: nn.Module, x: Tensor, y: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of each logit: its largest value over these pictures, and the largest gradient among its own weights and bias."""
    out = model(x)
    weight, bias = torch.autograd.grad(loss_func(out, y), (model.conv3.weight, model.conv3.bias))      # (10, 16, 3, 3), (10,)
    gradient = torch.cat([weight.flatten(1), bias[:, None]], 1).abs().amax(1)
    return tuple(out.detach().amax(0).tolist()), tuple(gradient.tolist())
