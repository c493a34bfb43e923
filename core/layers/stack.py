"""Encoder and decoder layers: what is in them, really counted, on a device that holds no numbers."""

from dataclasses import dataclass
from functools import lru_cache

from torch import nn

from core.errors import SpecError


@dataclass(frozen=True)
class Stack:
    """Parameters by part, in the order in which PyTorch lists them, and of nn.Transformer as a whole."""

    encoder: dict[str, int]
    decoder: dict[str, int]
    total: int


@lru_cache(maxsize=64)
def stack(d_model: int, nhead: int, dim_feedforward: int, num_layers: int, norm_first: bool) -> Stack:
    """num_layers: in the encoder, and as many in the decoder. Raises SpecError("heads_do_not_fit")."""
    if d_model % nhead:
        raise SpecError("heads_do_not_fit", d_model=d_model, nhead=nhead)
    encoder, decoder = (_counted(layer(d_model, nhead, dim_feedforward, norm_first=norm_first, device="meta"))
                        for layer in (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer))
    last = _counted(nn.ModuleDict({"norm": nn.LayerNorm(d_model, device="meta")}))["norm"]     # one at the end of each half
    return Stack(encoder, decoder, num_layers * (sum(encoder.values()) + sum(decoder.values())) + 2 * last)


def program(d_model: int, nhead: int, dim_feedforward: int, num_layers: int, norm_first: bool) -> str:
    """Both halves at work: a sequence of 5 is read, one of 3 looks back at it."""
    size = f"{d_model}, {nhead}, {dim_feedforward}, batch_first=True" + (", norm_first=True" if norm_first else "")
    return f"""import torch
from torch import nn

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer({size})
encoder = nn.TransformerEncoder(layer, {num_layers}, enable_nested_tensor=False)
layer = nn.TransformerDecoderLayer({size})
decoder = nn.TransformerDecoder(layer, {num_layers})

memory = encoder(torch.rand(1, 5, {d_model}))         # (B, T, d_model) -> (B, T, d_model)
y = decoder(torch.rand(1, 3, {d_model}), memory)      # as long as its own input
print(y.shape)"""


def _counted(module: nn.Module) -> dict[str, int]:
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in module.named_children()}
    return {name: count for name, count in counts.items() if count}
