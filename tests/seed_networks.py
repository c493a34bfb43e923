"""The networks of the introductions that are not in core.models yet: small, for the tests only."""

from torch import Tensor, nn
from torch.nn import functional as F


class DigitsCNN(nn.Module):
    """nn_tutorial's network: three padded convolutions of stride 2, then the mean. Input (B, 1, 28, 28), output (B, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(16, 10, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv1(x))                      # (B, 1, 28, 28) -> (B, 16, 14, 14)
        x = F.relu(self.conv2(x))                      # -> (B, 16, 7, 7)
        x = F.relu(self.conv3(x))                      # -> (B, 10, 4, 4)
        x = F.avg_pool2d(x, 4)                         # -> (B, 10, 1, 1)
        return x.view(-1, x.size(1))                   # -> (B, 10)


class Tagger(nn.Module):
    """A tag for every word. Input (T,) word numbers, output (T, 3) log probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(9, 6)
        self.lstm = nn.LSTM(6, 6)
        self.tags = nn.Linear(6, 3)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embeddings(words)                     # (T,) -> (T, 6)
        x, _ = self.lstm(x.view(len(words), 1, -1))    # (T, 6) -> (T, 1, 6)
        x = self.tags(x.view(len(words), -1))          # -> (T, 3)
        return F.log_softmax(x, dim=1)


def encoder() -> nn.Module:
    """Two layers of a Transformer encoder. Input and output (B, T, 8)."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


def transformer() -> nn.Module:
    """Encoder and decoder of one layer each. Inputs (B, S, 8) and (B, T, 8), output (B, T, 8)."""
    return nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
