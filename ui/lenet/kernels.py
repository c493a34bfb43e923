"""The kernels, fresh beside trained."""

import streamlit as st

from content.text import Text
from core.look import Look
from figures import mosaic
from ui import chart


def draw(t: Text, seen: Look, names: list[str]) -> None:
    """The numbers that a convolution slides over its input: one tile for each kernel and input channel."""
    both = [dict(copy.model.named_parameters()) for copy in (seen.fresh, seen.trained)]
    for layer in (n for n, p in both[0].items() if p.ndim == 4):
        stacks = [parameters[layer].detach().flatten(0, 1).numpy() for parameters in both]     # (out·in, K, K)
        out_channels, in_channels = both[0][layer].shape[:2]
        st.markdown(t("lenet.kernels", layer=f"`{layer}`", out=out_channels, into=in_channels))
        groups = list(zip(names, stacks, strict=True))
        figure = mosaic.side_by_side(groups, 6 if len(stacks[0]) <= 18 else 16, t("lenet.map_hover"))
        chart.show(figure, f"lenet.kernels.{layer}", t("lenet.kernels_alt", layer=layer, left=names[0], right=names[1]))
