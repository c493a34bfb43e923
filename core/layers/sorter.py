"""A Transformer small enough to be trained while one watches: six digits in, the same digits reversed, sorted or copied out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.errors import SpecError
from core.seeded import seeded

T, DIGITS, E = 6, 10, 32                             # places, tokens, numbers per token
TESTED, BATCH, LR, EVERY = 1000, 64, 0.003, 20       # EVERY: steps between two reports


@dataclass(frozen=True)
class Task:
    """do: (B, T) -> (B, T). steps: batches of 64 that reach the goal. tried: what seeds 0 to 4 gave, of 1,000 unseen sequences."""

    do: Callable[[Tensor], Tensor]
    steps: int
    tried: tuple[float, ...]


TASKS: dict[str, Task] = {
    "reverse": Task(lambda x: x.flip(1), 200, (1.0,) * 5),
    "sort": Task(lambda x: x.sort(1).values, 500, (0.993, 0.999, 0.981, 0.989, 0.985)),
    "copy": Task(lambda x: x, 200, (1.0,) * 5),
}


@dataclass(frozen=True)
class SorterSpec:
    """What to learn; seed: of the first weights and of the sequences."""

    task: str = fields.choice("reverse", TASKS)
    seed: int = fields.number(0, 0, 9999)


class Sorter(nn.Module):
    """One encoder layer with one head, so that its weights are the whole story of who looks where."""

    def __init__(self) -> None:
        super().__init__()
        self.digit, self.place = nn.Embedding(DIGITS, E), nn.Embedding(T, E)
        self.layer = nn.TransformerEncoderLayer(E, nhead=1, dim_feedforward=64, dropout=0.0, batch_first=True)
        self.out = nn.Linear(E, DIGITS)

    def embed(self, x: Tensor) -> Tensor:
        """Which digit, and where it stands: (B, T) -> (B, T, E)."""
        return self.digit(x) + self.place.weight

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, T, 10), for each place the logits of ten digits."""
        return self.out(self.layer(self.embed(x)))

    def looks(self, x: Tensor) -> Tensor:
        """Which place looks where: (B, T) -> (B, T, T), a row for each place."""
        h = self.embed(x)
        return self.layer.self_attn(h, h, h, need_weights=True)[1]


@dataclass(eq=False)
class Training:
    """test, train: sequences as numbers from 0 to 999,999, none of them twice."""

    spec: SorterSpec
    model: Sorter
    test: Tensor
    train: Tensor
    step: int = 0

    @property
    def steps(self) -> int:
        return TASKS[self.spec.task].steps


@dataclass(frozen=True)
class Report:
    """loss: of the batch before; digits, sequences: shares of the unseen that are right, digit by digit and as a whole."""

    step: int
    loss: float
    digits: float
    sequences: float


def start(spec: SorterSpec) -> Training:
    """Shuffle all million sequences: the first thousand are for the test, and never trained on."""
    order = torch.randperm(DIGITS**T, generator=torch.Generator().manual_seed(spec.seed))
    steps = TASKS[spec.task].steps
    return Training(spec, seeded(spec.seed, Sorter), order[:TESTED].clone(), order[TESTED : TESTED + steps * BATCH].clone())


def train(state: Training) -> Iterator[Report]:
    do = TASKS[state.spec.task].do
    optimizer = torch.optim.Adam(state.model.parameters(), lr=LR)
    test = digits_of(state.test)
    for batch in state.train.split(BATCH):
        x = digits_of(batch)                                               # (B,) -> (B, T)
        loss = F.cross_entropy(state.model(x).flatten(0, 1), do(x).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        state.step += 1
        if state.step % EVERY == 0:
            yield Report(state.step, loss.item(), *judge(state.model, test, do(test)))


@torch.no_grad()
def judge(model: Sorter, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Shares of right digits and of sequences without any mistake. Shapes: x, y (N, T)."""
    right = model(x).argmax(2) == y                                        # (N, T, 10) -> (N, T)
    return right.float().mean().item(), right.all(1).float().mean().item()


def digits_of(numbers: Tensor) -> Tensor:
    """314159 -> [3, 1, 4, 1, 5, 9]. Shapes: (B,) -> (B, T)."""
    return numbers.unsqueeze(1) // DIGITS ** torch.arange(T - 1, -1, -1) % DIGITS


@dataclass(frozen=True, eq=False)
class Answer:
    """given, said, truth: digits. weights (T, T): place by place, where it looked. seen: whether it was trained on."""

    given: list[int]
    said: list[int]
    truth: list[int]
    weights: np.ndarray
    seen: bool


def kept(state: Training) -> bytes:
    """The trained weights, and which sequences were for what, as a safetensors file."""
    return save(state.model.state_dict() | {"seen": state.train[: state.step * BATCH].int().clone(), "unseen": state.test.int()})


@lru_cache(maxsize=8)
def _read(path: Path) -> tuple[Sorter, Tensor, Tensor]:
    """Raises SpecError("sorter_unreadable") for a file that is missing, damaged or of another version."""
    try:
        tensors = load_file(path)
        seen, unseen = tensors.pop("seen"), tensors.pop("unseen")
        if seen.dim() != 1 or unseen.shape != (TESTED,):
            raise ValueError("not two lists of sequences")
        model = Sorter()
        model.load_state_dict(tensors)
    except (SafetensorError, OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise SpecError("sorter_unreadable") from error
    return model.eval(), seen, unseen


def readable(path: Path) -> bool:
    """Whether `answer` and `unseen` can use the file."""
    try:
        _read(path)
    except SpecError:
        return False
    return True


@torch.no_grad()
def answer(path: Path, task: str, sequence: str) -> Answer:
    """What the network of a file makes of six digits, spaces aside. Raises SpecError("not_six_digits") or ("sorter_unreadable")."""
    sequence = sequence.replace(" ", "")
    if len(sequence) != T or not (sequence.isascii() and sequence.isdigit()):
        raise SpecError("not_six_digits", value=sequence)
    model, seen, _ = _read(path)
    x = digits_of(torch.tensor([int(sequence)]))
    return Answer(x[0].tolist(), model(x)[0].argmax(1).tolist(), TASKS[task].do(x)[0].tolist(), model.looks(x)[0].numpy(),
                  bool((seen == int(sequence)).any()))


def unseen(path: Path, nth: int) -> str:
    """A sequence that was never trained on, as six digits. Raises SpecError("sorter_unreadable")."""
    numbers = _read(path)[2]
    return f"{int(numbers[nth % len(numbers)]):0{T}}"
