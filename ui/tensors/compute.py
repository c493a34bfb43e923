"""What does a function keep of a matrix?"""

import streamlit as st

from content.text import Text
from core import tensors
from core.ops import OPS
from ui import predict, source
from ui.fold import deeper
from ui.tensors import heat_map

ANSWERS = ("matrix", "number", "two", "three")


def draw(t: Text, spec: tensors.ComputeSpec) -> None:
    results = tensors.compute(spec)
    options = {key: t(f"tensors.compute.answers.{key}") for key in ANSWERS}
    truth = {1: "matrix" if results[0].ndim == 2 else "number", 2: "two", 3: "three"}[len(results)]
    given = predict.ask(t, spec.op, t("tensors.compute.predict", op=OPS[spec.op].reference), options, "tensors.compute")
    names = t(f"tensors.compute.names.{spec.op}").split("|")
    shown = [("r", tensors.text_matrix(spec.seed))] + (list(zip(names, results, strict=True)) if given is not None else [])
    for column, (name, x) in zip(st.columns(max(len(shown), 2)), shown, strict=False):
        with column:
            st.markdown(f"**{name}** · {tuple(x.shape)}")
            heat_map.show(t, x, f"tensors.compute.{name}")
            st.code(repr(x), language=None, wrap_lines=True)
    if given is not None:
        predict.compare(t, given, truth, options, t(f"ops.{spec.op}"), "tensors.compute")
    if given is not None and spec.op == "svd":
        u, s, v = results
        st.markdown(t("tensors.compute.rebuilt"))
        st.code(f">>> U @ torch.diag(S) @ V.T\n{u @ s.diag() @ v.T!r}", language=None)
    with deeper(t, "tensors.compute") as is_open:
        if is_open:
            st.markdown(t("tensors.compute.deeper"))
    source.show(t, "tensors.compute", tensors.text_matrix, tensors.compute)
