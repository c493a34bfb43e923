"""Encoder, decoder and their layers: the parts of each, with their parameters, and the arguments."""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.layers import stack as counted
from core.layers.transformer import TransformerSpec
from figures.stack import stack
from ui import controls, picture, say

PAGE = "layers.transformer"
NAMES = ("d_model", "nhead", "dim_feedforward", "num_layers", "norm_first")


def draw(t: Text, spec: TransformerSpec) -> None:
    st.markdown(t("stack.about"))
    for row in (NAMES[:3], NAMES[3:]):
        controls.row(PAGE, TransformerSpec, row, t, vertical_alignment="bottom")
    try:
        found = counted.stack(*(getattr(spec, name) for name in NAMES))
    except SpecError as refused:
        say.refused(t, refused)
        return
    words = {name: t(f"stack.{name}") for name in ("encoder", "decoder", "memory", "alt")}
    picture.show(stack(found.encoder, found.decoder, spec.norm_first, words), f"{PAGE}.stack.picture")
    encoder, decoder = sum(found.encoder.values()), sum(found.decoder.values())
    st.markdown(t("stack.total", layers=spec.num_layers, encoder=f"{encoder:,}", decoder=f"{decoder:,}", total=f"{found.total:,}",
                  norm=f"{2 * spec.d_model:,}"))
    st.code(counted.program(*(getattr(spec, name) for name in NAMES)))
    st.markdown(t("stack.arguments"))
    st.markdown(t("stack.notes"))
