"""What happens inside: activation maps layer by layer, and the kernels, fresh beside trained."""

import streamlit as st

from content.text import Text
from core.look import Look
from core.trace import layers
from figures import mosaic
from ui import chart

COLUMNS = {6: 6, 16: 8}                              # tiles in a row: both copies fit side by side


def activation_maps(t: Text, seen: Look, name: str) -> None:
    """One mosaic for each conv and pooling layer; its colour scale is shared by all maps of both copies."""
    pairs = zip(layers(seen.fresh.traced.ops), layers(seen.trained.traced.ops), strict=True)
    titles = (t("lenet.fresh"), name)
    for (role, fresh), (_, trained) in pairs:
        if len(fresh.out_shape) != 4:                # vectors are no pictures
            continue
        maps = [(title, op.out[0].numpy()) for title, op in zip(titles, (fresh, trained), strict=True)]
        _, channels, high, wide = fresh.out_shape
        st.markdown(f"**{role}** · `{fresh.name}` · {channels} × {high} × {wide}")
        figure = mosaic.side_by_side(maps, COLUMNS.get(channels, 8), t("lenet.map_hover"))
        chart.show(figure, f"lenet.maps.{role}", t("lenet.maps_alt", layer=role))
        titles = ("", "")                            # the first row names both columns


def kernels(t: Text, seen: Look, name: str) -> None:
    """The numbers that a convolution slides over its input: one tile for each kernel and input channel."""
    both = [dict(copy.model.named_parameters()) for copy in (seen.fresh, seen.trained)]
    for layer in (n for n, p in both[0].items() if p.ndim == 4):
        stacks = [parameters[layer].detach().flatten(0, 1).numpy() for parameters in both]     # (out·in, K, K)
        out_channels, in_channels = both[0][layer].shape[:2]
        st.markdown(t("lenet.kernels", layer=f"`{layer}`", out=out_channels, into=in_channels))
        groups = list(zip((t("lenet.fresh"), name), stacks, strict=True))
        figure = mosaic.side_by_side(groups, 6 if len(stacks[0]) <= 18 else 16, t("lenet.map_hover"))
        chart.show(figure, f"lenet.kernels.{layer}", t("lenet.kernels_alt", layer=layer))
