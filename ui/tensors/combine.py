"""What happens when two shapes meet?"""

import streamlit as st

from content.text import Text
from core import tensors
from core.ops import combine
from figures import broadcast
from ui import picture, predict, source
from ui.fold import deeper
from ui.tensors import heat_map

WORDS = ("stretch", "missing", "clash", "same", "alt", "result")


def draw(t: Text, spec: tensors.CombineSpec) -> None:
    done = tensors.combine(spec)
    a_shape, b_shape = tuple(done.a.shape), tuple(done.b.shape)
    guesses = {guess: t("tensors.combine.error") if guess == "error" else guess for guess in tensors.shape_guesses(spec)}
    given = predict.ask(t, spec, t("tensors.combine.predict", a=a_shape, b=b_shape), guesses, "tensors.combine")
    if given is not None:
        axes = tensors.align(a_shape, b_shape)
        labels = {"a": "a", "b": "b"} | {name: t(f"tensors.combine.{name}") for name in WORDS}
        picture.show(broadcast.alignment(axes, labels), "tensors.alignment")
        _compare(t, done, axes, given, guesses)
    shown = [("a", done.a), ("b", done.b)]
    if given is not None and done.result is not None:
        shown.append((t("tensors.combine.result"), done.result))
    for column, (name, x) in zip(st.columns(3), shown, strict=False):
        with column:
            st.markdown(f"**{name}** · {tuple(x.shape)}")
            heat_map.show(t, x, f"tensors.combine.{name}")
    with deeper(t, "tensors.combine") as is_open:
        if is_open:
            st.markdown(t("tensors.combine.deeper"))
    source.show(t, "tensors.combine", getattr(combine, spec.op), tensors.align, tensors.Aligned)


def _compare(t: Text, done: tensors.Combined, axes: list[tensors.Aligned], given: str, guesses: dict[str, str]) -> None:
    if done.result is None:
        clash = next(axis for axis in reversed(axes) if not axis.fits)
        predict.compare(t, given, "error", guesses, t("tensors.combine.why_not", a=clash.a, b=clash.b), "tensors.combine")
        st.code(f"RuntimeError: {done.message}", language=None, wrap_lines=True)
    else:
        truth = tensors.write_size(tuple(done.result.shape))
        predict.compare(t, given, truth, guesses, t("tensors.combine.why", truth=truth), "tensors.combine")
