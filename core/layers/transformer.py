"""nn.MultiheadAttention, the heart of a Transformer: every word asks all words, and mixes what they answer."""

import re
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from core import fields
from core.errors import SpecError
from core.layers.shown import Shown, call
from core.layers.sorter import TASKS
from core.seeded import seeded

EMBED, MOST = 8, 6                                   # numbers per word; words that fit into the picture
WORD = re.compile(r"[一-鿿]|[^\s一-鿿]+")               # Chinese has no spaces: each character is a word


@dataclass(frozen=True)
class TransformerSpec:
    """head, query, key: the cell of the weights whose sum is written out. Below them: what the folds ask for."""

    own_words: str = fields.words("the dog saw the cat")
    heads: str = fields.choice("2", ("1", "2", "4"))
    positions: bool = fields.flag(True)
    causal: bool = fields.flag(False)
    seed: int = fields.number(0, 0, 9999)
    head: int = fields.number(0, 0, 3)
    query: int = fields.number(1, 0, MOST - 1)
    key: int = fields.number(0, 0, MOST - 1)
    task: str = fields.choice("reverse", TASKS)
    sequence: str = fields.words("314159", 20)
    d_model: int = fields.number(512, 8, 1024, doubling=True)
    nhead: int = fields.number(8, 1, 16)
    dim_feedforward: int = fields.number(2048, 8, 4096, doubling=True)
    num_layers: int = fields.number(6, 1, 12)
    norm_first: bool = fields.flag(False)


@dataclass(frozen=True, eq=False)
class Attended:
    """Shapes: q, k (heads, T, d) with d = 8 / heads; scores, weights (heads, T, T), a row for each query, a column for each key."""

    shown: Shown
    words: list[str]
    q: Tensor
    k: Tensor
    scores: Tensor
    weights: Tensor


def attend(spec: TransformerSpec) -> Attended:
    """Raises SpecError("empty_sentence") for an empty sentence; words after the sixth are left out."""
    words = tuple(WORD.findall(spec.own_words)[:MOST])
    if not words:
        raise SpecError("empty_sentence")
    return _attend(words, int(spec.heads), spec.positions, spec.causal, spec.seed)


@lru_cache(maxsize=64)
def _attend(words: tuple[str, ...], heads: int, positions: bool, causal: bool, seed: int) -> Attended:
    known = list(dict.fromkeys(words))
    ids = [known.index(word) for word in words]      # the same word has the same vector
    embedding, layer = seeded(seed, lambda: (nn.Embedding(len(known), EMBED), nn.MultiheadAttention(EMBED, heads, batch_first=True)))
    T = len(words)
    with torch.no_grad():
        x = embedding(torch.tensor([ids]))           # (1, T) -> (1, T, 8)
        if positions:
            x = x + encoding(T, EMBED)
        mask = torch.ones(T, T, dtype=torch.bool).triu(1) if causal else None          # True: this query may not see this key
        y, weights = layer(x, x, x, attn_mask=mask, need_weights=True, average_attn_weights=False)
        q, k, scores = by_hand(layer, x[0], mask)
    return Attended(Shown(layer, x, y, _program(words, ids, heads, positions, causal, seed)), list(words), q, k, scores, weights[0])


def by_hand(layer: nn.MultiheadAttention, x: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and scores; their softmax over each row is the weights. Shapes: x (T, E) -> (heads, T, d) twice, (heads, T, T)."""
    T, E = x.shape
    d = E // layer.num_heads
    q, k, _ = (x @ layer.in_proj_weight.T + layer.in_proj_bias).chunk(3, dim=1)        # (T, 3E) -> three times (T, E)
    q, k = (z.view(T, layer.num_heads, d).transpose(0, 1) for z in (q, k))             # (T, E) -> (heads, T, d)
    scores = q @ k.transpose(1, 2) / d**0.5                                            # (heads, T, T)
    return q, k, scores if mask is None else scores.masked_fill(mask, -torch.inf)


def encoding(T: int, E: int) -> Tensor:
    """Sines and cosines that tell the places apart: (T, E), of slower waves to the right."""
    place = torch.arange(T).unsqueeze(1)                                               # (T, 1)
    angle = place * 10000 ** (-torch.arange(0, E, 2) / E)                              # (T, 1) * (E / 2,) -> (T, E / 2)
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)                   # (T, E / 2, 2) -> (T, E): sin, cos, sin, cos ...


def _program(words: tuple[str, ...], ids: list[int], heads: int, positions: bool, causal: bool, seed: int) -> str:
    T = len(words)
    lines = ["import torch", "from torch import nn", "", f"torch.manual_seed({seed})", f"word = nn.Embedding({len(set(ids))}, {EMBED})",
             f"layer = {call('MultiheadAttention', EMBED, heads, batch_first=True)}",
             f"# {' '.join(words)}", f"x = word(torch.tensor([{ids}]))  # (1, {T}, {EMBED})"]
    if positions:
        lines += [f"place = torch.arange({T}).unsqueeze(1)", f"angle = place * 10000 ** (-torch.arange(0, {EMBED}, 2) / {EMBED})",
                  "wave = torch.stack([angle.sin(), angle.cos()], dim=2)", "x = x + wave.flatten(1)"]
    if causal:
        lines += ["# True: not to be seen", f"mask = torch.ones({T}, {T}, dtype=torch.bool).triu(1)"]
    masked = "attn_mask=mask, " if causal else ""
    lines += [f"y, weights = layer(x, x, x, {masked}need_weights=True,", "                   average_attn_weights=False)",
              f"print(weights)  # (1, {heads}, {T}, {T})", "print(y)"]
    return "\n".join(lines)
