"""Net, the CIFAR-10 network of the introyt1 introduction: 62,006 parameters, input 3 x 32 x 32."""

from torch import Tensor, nn
from torch.nn import functional as F


class Net(nn.Module):
    """LeNet for colour pictures; one pooling layer is used twice. Input (B, 3, 32, 32), output (B, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.conv1(x)))           # (B, 3, 32, 32) -> (B, 6, 28, 28) -> (B, 6, 14, 14)
        x = self.pool(F.relu(self.conv2(x)))           # -> (B, 16, 10, 10) -> (B, 16, 5, 5)
        x = x.view(len(x), -1)                         # -> (B, 400)
        x = F.relu(self.fc1(x))                        # -> (B, 120)
        x = F.relu(self.fc2(x))                        # -> (B, 84)
        return self.fc3(x)                             # -> (B, 10)
