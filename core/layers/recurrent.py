"""nn.RNN, nn.LSTM, nn.GRU: one cell, used again for every word, that hands its hidden vector on."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.layers.shown import Shown, call, program
from core.seeded import seeded

CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
GATES = {"rnn": (), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}        # in the order of the weights' rows
INPUT_SIZE = 3                                       # numbers per word


@dataclass(frozen=True)
class RecurrentSpec:
    """length: words; time_step: the one that is written out, from 0; sentence: for the tagger that is trained with the same seed."""

    cell: str = fields.choice("lstm", CELLS)
    length: int = fields.number(4, 1, 5)
    hidden_size: int = fields.number(3, 1, 4)
    time_step: int = fields.number(1, 0, 4)
    seed: int = fields.number(0, 0, 9999)
    sentence: str = fields.words("the dog watches my plants", 80)


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of the cell. Shapes: x (I,), everything else (H,). gates: in the order of GATES, of an RNN its two sums; c: of an LSTM."""

    x: Tensor
    before: Tensor
    gates: dict[str, Tensor]
    h: Tensor
    c_before: Tensor | None = None
    c: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Recurrent:
    """far: how far the hidden vectors computed by hand are from PyTorch's, at most."""

    shown: Shown
    moments: tuple[Moment, ...]
    far: float


@lru_cache(maxsize=64)
def recurrent(cell: str, length: int, hidden_size: int, seed: int) -> Recurrent:
    """Shapes: x (length, 1, 3), y (length, 1, hidden_size)."""
    def drawn() -> tuple[nn.RNNBase, Tensor]:
        return getattr(nn, CELLS[cell])(INPUT_SIZE, hidden_size), torch.randn(length, 1, INPUT_SIZE)

    module, x = seeded(seed, drawn)
    use = "y, (h_n, c_n) = layer(x)" if cell == "lstm" else "y, h_n = layer(x)"
    code = program(seed, call(CELLS[cell], INPUT_SIZE, hidden_size), f"torch.randn({length}, 1, {INPUT_SIZE})", use)
    with torch.no_grad():
        y, _ = module(x)
        moments = unrolled(cell, module, x[:, 0])
        far = (torch.stack([moment.h for moment in moments]) - y[:, 0]).abs().max().item()
    return Recurrent(Shown(module, x, y, code), tuple(moments), far)


def unrolled(cell: str, module: nn.RNNBase, x: Tensor) -> list[Moment]:
    """The layer by hand, word by word; h and c begin with zeros. Shape: x (L, I)."""
    step = {"rnn": rnn_step, "lstm": lstm_step, "gru": gru_step}[cell]
    h = c = torch.zeros(module.hidden_size)
    moments = []
    for word in x:
        moments.append(step(module, word, h, c))
        h, c = moments[-1].h, moments[-1].c
    return moments


def rnn_step(module: nn.RNN, x: Tensor, h: Tensor, c: Tensor | None) -> Moment:
    from_x = module.weight_ih_l0 @ x + module.bias_ih_l0                   # (H, I) @ (I,) -> (H,)
    from_h = module.weight_hh_l0 @ h + module.bias_hh_l0                   # (H, H) @ (H,) -> (H,)
    return Moment(x, h, {"from_x": from_x, "from_h": from_h}, torch.tanh(from_x + from_h))


def lstm_step(module: nn.LSTM, x: Tensor, h: Tensor, c: Tensor) -> Moment:
    """f keeps some of the old memory c, i lets some of the new g in, o says how much of c is seen."""
    sums = module.weight_ih_l0 @ x + module.bias_ih_l0 + module.weight_hh_l0 @ h + module.bias_hh_l0               # (4·H,)
    i, f, g, o = sums.chunk(4)                                             # (H,) each
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    new = f * c + i * g
    return Moment(x, h, {"i": i, "f": f, "g": g, "o": o}, o * torch.tanh(new), c, new)


def gru_step(module: nn.GRU, x: Tensor, h: Tensor, c: Tensor | None) -> Moment:
    """z keeps some of the old h and takes the rest from n; r says how much of h is heard by n."""
    from_x = (module.weight_ih_l0 @ x + module.bias_ih_l0).chunk(3)        # (3·H,) -> (H,) each
    from_h = (module.weight_hh_l0 @ h + module.bias_hh_l0).chunk(3)
    r, z = torch.sigmoid(from_x[0] + from_h[0]), torch.sigmoid(from_x[1] + from_h[1])
    n = torch.tanh(from_x[2] + r * from_h[2])
    return Moment(x, h, {"r": r, "z": z, "n": n}, (1 - z) * n + z * h)


@dataclass(frozen=True)
class Part:
    """Half of a gate's sum before its sigmoid or tanh: weights · values + bias."""

    weights: list[float]
    values: list[float]
    bias: float


def parts(module: nn.RNNBase, cell: str, gate: str, moment: Moment) -> tuple[Part, Part]:
    """Row 0 of a gate of GATES[cell]: what the word adds to it, and what the memory adds."""
    row = GATES[cell].index(gate) * module.hidden_size
    from_x = Part(module.weight_ih_l0[row].tolist(), moment.x.tolist(), module.bias_ih_l0[row].item())
    from_h = Part(module.weight_hh_l0[row].tolist(), moment.before.tolist(), module.bias_hh_l0[row].item())
    return from_x, from_h
