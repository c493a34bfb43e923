"""LeNet-5 with BatchNorm behind each convolution: 44,470 parameters, input 1 x 28 x 28."""

from torch import Tensor, nn


class LeNet5BatchNorm(nn.Module):
    """As `core.models.lenet5`, and each convolution's channels are normalised over the batch. Input (B, 1, 28, 28), output (B, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2))
        self.conv2 = nn.Sequential(nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
        self.fc1 = nn.Sequential(nn.Linear(16 * 4 * 4, 120), nn.ReLU())
        self.fc2 = nn.Sequential(nn.Linear(120, 84), nn.ReLU())
        self.fc3 = nn.Sequential(nn.Linear(84, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)                              # (B, 1, 28, 28) -> (B, 6, 12, 12)
        x = self.conv2(x)                              # -> (B, 16, 4, 4)
        x = x.view(len(x), -1)                         # -> (B, 256)
        x = self.fc1(x)                                # -> (B, 120)
        x = self.fc2(x)                                # -> (B, 84)
        return self.fc3(x)                             # -> (B, 10)
