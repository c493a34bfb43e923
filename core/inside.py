"""What a snapshot of a run shows: kernels, their gradients, and what they make of one picture."""

from dataclasses import dataclass

from torch import Tensor, nn

from core import data
from core.data.imageset import ImageSet
from core.images import fit_to, normalise, scale
from core.models import named
from core.snapshot import Snapshot
from core.trace import layers, trace
from core.train import TrainSpec, normalisation


@dataclass(frozen=True)
class Inside:
    """By convolution, under the name that the network gives it: "conv1". grads are empty before the first step.

    Shapes: kernels and grads (out, in, K, K), maps (out, H, W) after the activation function, as the next layer sees them.
    """

    kernels: dict[str, Tensor]
    grads: dict[str, Tensor]
    maps: dict[str, Tensor]


def inside(model: nn.Module, taken: Snapshot, x: Tensor) -> Inside:
    """Fill the network with a snapshot's weights and show it one picture, in eval mode. Shapes: x (1, C, H, W).

    Of an empty snapshot, whose file was torn, there is nothing to show.
    """
    if not taken.weights:
        return Inside({}, {}, {})
    model.load_state_dict(taken.weights)
    maps = {_layer(op.path): op.out[0] for _, op in layers(trace(model.eval(), x).ops) if op.name == "conv2d"}
    return Inside(_convolutions(taken.weights), _convolutions(taken.grads), maps)


def one_picture(spec: TrainSpec, label: int) -> ImageSet:
    """The first test picture of a class, fitted to the network, as a set of one."""
    test, network = data.load(spec.dataset, train=False), named(spec.network)
    one = test.pick((test.labels == label).nonzero()[:1, 0])
    return ImageSet(fit_to(one.images, network.channels, network.size).images, one.labels, test.classes)


def as_input(spec: TrainSpec, picture: ImageSet, numbers: tuple[tuple[float, ...], tuple[float, ...]] | None = None) -> Tensor | None:
    """A picture as the run's network gets it, (1, C, H, W). numbers: mean and std that the run's weights file names.

    None where they are needed and unknown: colours that became grey have a mean that only the run itself has measured.
    """
    greyed = spec.normalisation == "measured" and data.info(spec.dataset).channels > picture.images.shape[1]
    if numbers is None and greyed:
        return None
    return normalise(scale(picture.images), *(numbers or normalisation(spec, picture)))


def _convolutions(named: dict[str, Tensor]) -> dict[str, Tensor]:
    return {_layer(name): tensor.clone() for name, tensor in named.items() if tensor.ndim == 4}   # else the whole file stays in memory


def _layer(path: str) -> str:
    return path.partition(".")[0]
