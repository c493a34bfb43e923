"""nn.Embedding: a table of learned vectors; an index picks a row."""

import re
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import fields
from core.errors import SpecError
from core.layers.shown import Shown, call, program
from core.seeded import seeded

WHOLE = re.compile("-?[0-9]+")                    # int() takes "1_0" and "٣" too
LONGEST = 6                                          # indices that are looked up at once


@dataclass(frozen=True)
class EmbeddingSpec:
    """indices: as written, "1, 4, 1"; pad_zero: whether padding_idx=0 is given."""

    num_embeddings: int = fields.number(6, 2, 8)
    embedding_dim: int = fields.number(3, 1, 5)
    indices: str = fields.words("1, 4, 1", 30)
    pad_zero: bool = fields.flag(False)
    seed: int = fields.number(0, 0, 9999)


@dataclass(frozen=True, eq=False)
class Looked:
    """Shapes: one_hot (L, num), product (L, dim), grad (num, dim). far: between product and y, at most; grad: of y.sum()."""

    shown: Shown
    one_hot: Tensor
    far: float
    grad: Tensor


@lru_cache(maxsize=64)
def embedding(spec: EmbeddingSpec) -> Looked:
    """Shapes: x (L,) int64, weight (num_embeddings, embedding_dim), y (L, embedding_dim). Raises SpecError, see `read`."""
    given = read(spec.indices, spec.num_embeddings)
    more = {"padding_idx": 0} if spec.pad_zero else {}
    module = seeded(spec.seed, lambda: nn.Embedding(spec.num_embeddings, spec.embedding_dim, **more))
    x = torch.tensor(given)
    y = module(x)                                                          # (L,) -> (L, dim)
    one_hot = F.one_hot(x, spec.num_embeddings).float()                    # (L, num), a single 1 in each row
    far = (one_hot @ module.weight - y).abs().max().item()                 # (L, num) @ (num, dim) -> (L, dim)
    grad = torch.autograd.grad(y.sum(), module.weight)[0]                  # (num, dim)
    layer = call("Embedding", spec.num_embeddings, spec.embedding_dim, **more)
    code = program(spec.seed, layer, f"torch.tensor({list(given)})")
    return Looked(Shown(module, x, y.detach(), code), one_hot, far, grad)


def read(text: str, rows: int) -> tuple[int, ...]:
    """"1, 4, 1" -> (1, 4, 1). Raises SpecError("indices_unreadable"), ("too_many_indices") or ("index_out_of_range")."""
    written = text.replace("，", ",").replace(",", " ").split()
    for word in written or [text]:
        if not WHOLE.fullmatch(word):
            raise SpecError("indices_unreadable", value=word)
    given = tuple(map(int, written))
    if len(given) > LONGEST:
        raise SpecError("too_many_indices", value=len(given), limit=LONGEST)
    for index in given:
        if not 0 <= index < rows:
            raise SpecError("index_out_of_range", value=index, rows=rows, last=rows - 1)
    return given
