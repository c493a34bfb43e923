"""What is inside a tensor?"""

import streamlit as st

from content.text import Text
from core import tensors
from core.ops import create
from ui import predict, source
from ui.fold import deeper
from ui.tensors import heat_map


def draw(t: Text, spec: tensors.CreateSpec) -> None:
    x = tensors.create(spec)
    known = tensors.facts(x)
    sizes = {str(x.numel() * each): f"{x.numel() * each}" for each in (1, 2, 4, 8)}
    picture, words = st.columns([3, 2])
    with picture:
        heat_map.show(t, x, "tensors.create.picture")
    with words:
        st.code(f">>> x = {tensors.call(spec)}", language="python", wrap_lines=True)
        st.code(known.text, language=None, wrap_lines=True)
        st.markdown(t("tensors.create.facts", shape=known.shape, dtype=known.dtype, stride=known.stride))
        given = predict.ask(t, (spec.size, spec.dtype), t("tensors.create.predict"), sizes, "tensors.create")
        if given is not None:
            why = t("tensors.create.why", n=x.numel(), each=known.element_bytes, total=known.total_bytes)
            predict.compare(t, given, str(known.total_bytes), sizes, why, "tensors.create")
    with deeper(t, "tensors.create") as is_open:
        if is_open:
            st.markdown(t(f"ops.{spec.op}"))
            st.markdown(t("tensors.create.deeper"))
    source.show(t, "tensors.create", tensors.create, getattr(create, spec.op), tensors.facts)
