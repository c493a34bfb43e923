"""The dead channels of both copies: looked for once for each set of weights, for every rerun asks again."""

from hashlib import blake2b

import streamlit as st

from core.dead import Dead, dead_for_digits
from core.look import Copy, Look


def of(seen: Look) -> list[Dead]:
    """Of the fresh and of the trained copy, which get the digits normalised alike."""
    return [_dead(copy, _fingerprint(copy), seen.mean, seen.std, seen.image.shape[-1], sum(op.flops for op in copy.traced.ops))
            for copy in (seen.fresh, seen.trained)]


@st.cache_data(max_entries=64, show_spinner=False)
def _dead(_copy: Copy, fingerprint: str, mean: tuple[float, ...], std: tuple[float, ...], size: int, flops: int) -> Dead:
    return dead_for_digits(_copy.model, mean, std, size, flops)


def _fingerprint(copy: Copy) -> str:
    """Of the weights and of what is done with them. A run that goes on has other weights under the same name."""
    digest = blake2b(repr([(op.name, op.window) for op in copy.traced.ops]).encode(), digest_size=16)
    for tensor in copy.model.state_dict().values():
        digest.update(tensor.contiguous().numpy())
    return digest.hexdigest()
