"""What the modelsyt text prints, to the last digit: all its draws follow one another from seed 42, which it does not say."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from core.seeded import seeded


class TinyModel(nn.Module):
    """The text's first network: 100 numbers in, 10 probabilities out, 22,210 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.linear1 = nn.Linear(100, 200)
        self.activation = nn.ReLU()
        self.linear2 = nn.Linear(200, 10)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 100) -> (B, 10), each row adds up to 1."""
        x = self.activation(self.linear1(x))
        return self.softmax(self.linear2(x))


@dataclass(frozen=True, eq=False)
class Chain:
    """In the order in which the text draws them. Shapes: x (1, 3), to_pool (1, 6, 6), to_norm and to_drop (1, 4, 4)."""

    tiny: TinyModel
    linear: nn.Linear
    x: Tensor
    to_pool: Tensor
    to_norm: Tensor
    to_drop: Tensor


TEXT_SEED = 42
DRAWS: tuple[tuple[str, Callable[[], object]], ...] = (                    # as a program writes them, and themselves
    ("nn.Linear(100, 200), nn.Linear(200, 10)", TinyModel),
    ("nn.Linear(3, 2)", lambda: nn.Linear(3, 2)),
    ("torch.rand(1, 3)", lambda: torch.rand(1, 3)),
    ("torch.rand(1, 6, 6)", lambda: torch.rand(1, 6, 6)),
    ("torch.rand(1, 4, 4) * 20 + 5", lambda: torch.rand(1, 4, 4) * 20 + 5),
    ("torch.rand(1, 4, 4)", lambda: torch.rand(1, 4, 4)),
)


@cache
def chain() -> Chain:
    """Shared by all who look, and never changed."""
    return Chain(*seeded(TEXT_SEED, lambda: drawn(len(DRAWS))))


def drawn(count: int) -> list:
    """The first of the text's draws, from the generator as it stands."""
    return [draw() for _, draw in DRAWS[:count]]


def before(count: int) -> str:
    """The lines of a program that draw the same; "" for none."""
    return "".join(["# the text's own draws come first\n", *(f"{line}\n" for line, _ in DRAWS[:count])]) if count else ""
