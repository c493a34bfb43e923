"""LeNet of the models introduction, whose second kernel is 3 x 3: 81,290 parameters, input 1 x 32 x 32."""

from torch import Tensor, nn
from torch.nn import functional as F


class LeNet(nn.Module):
    """As `core.models.lenet`, but a smaller kernel leaves larger maps. Input (B, 1, 32, 32), output (B, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(16 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)     # (B, 1, 32, 32) -> (B, 6, 28, 28) -> (B, 6, 14, 14)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)     # -> (B, 16, 12, 12) -> (B, 16, 6, 6)
        x = x.view(len(x), -1)                         # -> (B, 576)
        x = F.relu(self.fc1(x))                        # -> (B, 120)
        x = F.relu(self.fc2(x))                        # -> (B, 84)
        return self.fc3(x)                             # -> (B, 10)
