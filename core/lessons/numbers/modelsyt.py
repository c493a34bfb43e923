"""What the modelsyt text prints, one function for each value. Its random numbers follow from seed 42, which it does not say."""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.layers.chain import TinyModel, chain
from core.models import MODELS


def tiny() -> nn.Module:
    """With the text's Softmax, which is not told its dimension."""
    made = copy.deepcopy(chain().tiny)
    made.softmax = nn.Softmax()
    return made


def tiny_parameter(name: str) -> nn.Parameter:
    return chain().tiny.get_parameter(name)


def one_layer() -> nn.Linear:
    return chain().tiny.linear2


def inputs() -> Tensor:
    return chain().x


def weight() -> nn.Parameter:
    return chain().linear.weight


def bias() -> nn.Parameter:
    return chain().linear.bias


def output() -> Tensor:
    return chain().linear(chain().x)


def linear_layers() -> int:
    return sum(isinstance(module, nn.Linear) for module in TinyModel().modules())


def lenet() -> nn.Module:
    return MODELS["lenet_conv3"].build()


def sizes() -> dict[str, tuple[int, ...]]:
    """What each part of LeNet with the small second kernel hands on. Shapes: (C, H, W)."""
    made, x, seen = lenet(), torch.zeros(1, 1, 32, 32), {}
    for name in ("conv1", "conv2"):
        x = F.relu(getattr(made, name)(x))
        seen[name] = tuple(x.shape[1:])
        x = F.max_pool2d(x, 2)
        seen[f"pooled {name}"] = tuple(x.shape[1:])
    return seen


def size(after: str) -> str:
    return "x".join(map(str, sizes()[after]))


def places(wide: int = 32, kernel: int = 5) -> int:
    """Where a window fits into a row."""
    return sum(left + kernel <= wide for left in range(wide))


def first_conv() -> str:
    out, into, high, wide = lenet().conv1.weight.shape
    return f"{into}, {out}, {high}x{wide}"


def second_conv() -> str:
    out, into, high, wide = lenet().conv2.weight.shape
    return f"{into}, {out}, {high}x{wide}"


def before_linear() -> str:
    return "*".join(map(str, sizes()["pooled conv2"][1:]))


def flat() -> str:
    channels, high, wide = sizes()["pooled conv2"]
    return f"{channels} * {high} * {wide} = {channels * high * wide}"


def oblong() -> str:
    """The kernel of a convolution that is told a tuple."""
    return "x".join(map(str, nn.Conv2d(1, 6, (3, 5)).weight.shape[2:]))


def pooled_cells() -> int:
    """Cells that a pooling of 2 turns into one."""
    return nn.Unfold(2, stride=2)(torch.zeros(1, 1, 4, 4)).shape[1]


def to_pool() -> Tensor:
    return chain().to_pool


def pooled() -> Tensor:
    return nn.MaxPool2d(3)(to_pool())


def to_norm() -> Tensor:
    return chain().to_norm


def mean() -> Tensor:
    return to_norm().mean()


def normed() -> Tensor:
    return nn.BatchNorm1d(4)(to_norm())


def normed_mean() -> Tensor:
    return normed().mean()


def expected_mean() -> float:
    """rand lies between 0 and 1, so half of 20, and 5."""
    return round(torch.tensor([0.0, 1.0]).mul(20).add(5).mean().item())


def is_small() -> str:
    return "> 1e-8" if normed_mean() > 1e-8 else "not > 1e-8"


def to_drop() -> Tensor:
    return chain().to_drop


def dropped(time: int) -> Tensor:
    """The same Dropout, on the same tensor, for the first or the second time."""
    from core.layers.chain import DRAWS, TEXT_SEED, drawn
    from core.seeded import seeded

    dropout = nn.Dropout(p=0.4)
    return seeded(TEXT_SEED, lambda: (drawn(len(DRAWS)), [dropout(to_drop()) for _ in range(time)][-1]))[1]


def usual_p() -> float:
    return nn.Dropout().p
