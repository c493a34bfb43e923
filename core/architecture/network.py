"""The edited LeNet as a module."""

from torch import Tensor, nn
from torch.nn import functional as F

from core.architecture.plan import checked
from core.architecture.spec import CLASSES, INPUTS, ArchitectureSpec

ACTIVATIONS = {"relu": F.relu, "tanh": F.tanh, "sigmoid": F.sigmoid, "gelu": F.gelu, "none": lambda x: x}
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d, "none": lambda x, _size: x}


class EditedLeNet(nn.Module):
    """LeNet with the settings of a spec; `source` writes it out. Input (B, channels, H, W), output (B, 10) logits."""

    def __init__(self, spec: ArchitectureSpec, flat: int) -> None:
        super().__init__()
        self.spec = spec
        channels, _ = INPUTS[spec.input]
        self.conv1 = nn.Conv2d(channels, spec.conv1_channels, spec.conv1_kernel, spec.conv1_stride, spec.conv1_padding)
        self.conv2 = nn.Conv2d(spec.conv1_channels, spec.conv2_channels, spec.conv2_kernel, spec.conv2_stride, spec.conv2_padding)
        self.fc1 = nn.Linear(flat, spec.hidden1)
        self.fc2 = nn.Linear(spec.hidden1, spec.hidden2)
        self.fc3 = nn.Linear(spec.hidden2, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        activation, pooling = ACTIVATIONS[self.spec.activation], POOLINGS[self.spec.pooling]
        x = pooling(activation(self.conv1(x)), self.spec.pool_size)
        x = pooling(activation(self.conv2(x)), self.spec.pool_size)
        x = x.view(len(x), -1)                       # (B, C, H, W) -> (B, C·H·W)
        x = activation(self.fc1(x))
        x = activation(self.fc2(x))
        return self.fc3(x)                           # -> (B, 10)


def build(spec: ArchitectureSpec) -> nn.Module:
    """The network, with random weights.

    Raises SpecError("kernel_too_large") or ("pooling_too_large") when a step does not fit, ("network_too_large") or ("network_too_slow")
    beyond the limits.
    """
    return EditedLeNet(spec, checked(spec).flat)
