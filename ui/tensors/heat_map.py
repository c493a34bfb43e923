"""A tensor on the page: its heat map, or a sentence when it has no elements."""

import streamlit as st

from content.text import Text
from core.tensors import Tensor
from figures.tensor import heat_map
from ui import chart


def show(t: Text, x: Tensor, key: str, limit: float | None = None) -> None:
    """limit fixes both ends of the colour scale, so that several pictures can be compared."""
    if not x.numel():
        st.info(t("tensors.empty", shape=tuple(x.shape)))
        return
    figure = heat_map(x.double().numpy(), t("tensors.hover"), limit)
    chart.show(figure, key, t("tensors.heat_map_alt", shape=tuple(x.shape)))
