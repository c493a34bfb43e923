"""Can chance be repeated?"""

import streamlit as st

from content.text import Text
from core import tensors
from ui import predict, source
from ui.fold import deeper
from ui.tensors import heat_map


def draw(t: Text, spec: tensors.SeedSpec) -> None:
    drawn = tensors.draws(spec)
    options = {key: t(f"tensors.seed.answers.{key}") for key in ("first", "second", "new")}
    truth = "first" if drawn[2].equal(drawn[0]) else "new"
    given = predict.ask(t, spec, t("tensors.seed.predict"), options, "tensors.seed")
    for column, name, x in zip(st.columns(3), ("first", "second", "third"), drawn, strict=True):
        with column:
            st.markdown(f"**{t(f'tensors.seed.{name}')}**")
            if name == "third" and given is None:
                st.markdown("## ?")
                continue
            heat_map.show(t, x, f"tensors.seed.{name}", 1.0)
            st.code(repr(x), language=None, wrap_lines=True)
    if given is not None:
        predict.compare(t, given, truth, options, t(f"tensors.seed.why_{truth}"), "tensors.seed")
    with deeper(t, "tensors.seed") as is_open:
        if is_open:
            st.markdown(t("tensors.seed.deeper"))
    source.show(t, "tensors.seed", tensors.draws)
