"""What the modelsyt text prints, one function for each value. Its random numbers follow from seed 42, which it does not say."""

import copy
import inspect

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.layers.chain import DRAWS, TEXT_SEED, TinyModel, chain, drawn
from core.layers.tagger import LSTMTagger
from core.models import MODELS
from core.seeded import seeded


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


def activations() -> int:
    """The Softmax behind the last layer is the text's own, and it counts that apart."""
    return sum(isinstance(module, nn.ReLU) for module in TinyModel().modules())


def tagger_arguments() -> int:
    return len(inspect.signature(LSTMTagger).parameters)


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


def places() -> int:
    """Where a window of 5 fits into a row of 32."""
    return len(torch.zeros(32).unfold(0, 5, 1))


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


def pool_input() -> str:
    return "x".join(map(str, to_pool().shape[1:]))


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
    """Of a million such draws, where the text has 16."""
    return round((torch.rand(1_000_000, generator=torch.Generator().manual_seed(TEXT_SEED)) * 20 + 5).mean().item())


def is_small() -> str:
    return "> 1e-8" if normed_mean() > 1e-8 else "not > 1e-8"


def to_drop() -> Tensor:
    return chain().to_drop


def dropped(time: int) -> Tensor:
    """The same Dropout, on the same tensor, for the first or the second time."""
    dropout = nn.Dropout(p=0.4)
    return seeded(TEXT_SEED, lambda: (drawn(len(DRAWS)), [dropout(to_drop()) for _ in range(time)][-1]))[1]


def usual_p() -> float:
    return nn.Dropout().p
