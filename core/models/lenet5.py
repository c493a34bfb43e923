"""LeNet-5 of the student notes, made for MNIST's 28 x 28 pixels: 44,426 parameters."""

from torch import Tensor, nn


class LeNet5(nn.Module):
    """The same idea in five Sequential blocks. Input (B, 1, 28, 28), output (B, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.conv2 = nn.Sequential(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
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
