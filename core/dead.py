"""Channels that a network no longer uses: after the ReLU they are zero wherever one looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from core import data
from core.images import fit_to, normalise, scale
from core.trace import trace

CHUNK = 20                                           # pictures at a time: the trace keeps every map, 30 kB to 1 MB for each picture
MOST_FLOPS = 10**9                                   # about 0.1 s on one core at most; all test digits through LeNet are 3·10^8 and 0.03 s


def dead_channels(model: nn.Module, x: Tensor) -> dict[str, list[int]]:
    """For each convolution, the channels whose ReLU gave 0 at every place of every picture, in eval mode. Shapes: x (N, C, H, W).

    For these pictures nothing behind such a channel can tell that it exists. As long as that is so for the training pictures too, and
    with the batch's own mean and std where BatchNorm is at work, no gradient reaches its kernel.
    Raises RuntimeError when the network does not take the pictures, or when memory runs out.
    """
    alive: dict[str, Tensor] = {}
    was_training = model.training
    model.eval()
    for pictures in x.split(CHUNK):
        layer, traced = None, trace(model, pictures)
        if traced.error:
            model.train(was_training)
            raise RuntimeError(traced.error)
        for op in traced.ops:
            if op.name == "conv2d":
                layer = op.path.partition(".")[0]    # conv1 for conv1.0, the first module in a Sequential of that name
            elif op.name == "relu" and layer:
                seen = op.out.amax((0, 2, 3)) > 0    # (chunk, channels, H, W) -> (channels,)
                alive[layer], layer = alive.get(layer, seen) | seen, None
        if not alive:                                # no ReLU behind any convolution
            break
    model.train(was_training)
    return {layer: (~channels).nonzero().flatten().tolist() for layer, channels in alive.items()}


@dataclass(frozen=True)
class Dead:
    """By convolution, the channels that were 0 for each of `digits` pictures."""

    channels: dict[str, list[int]]
    digits: int


def dead_for_digits(model: nn.Module, mean: Sequence[float], std: Sequence[float], size: int, flops: int) -> Dead:
    """Of the embedded test digits, all 360 unless that costs too much; fitted and normalised as `core.look` does it.

    Units: size in pixels, flops for one picture. mean and std have one number for each channel.
    """
    digits = data.load("digits", train=False).images[:max(1, MOST_FLOPS // max(flops, 1))]
    x = normalise(scale(fit_to(digits, len(mean), size).images), mean, std)             # (N, C, size, size)
    return Dead(dead_channels(model, x), len(x))
