"""What happens when two shapes meet?"""

import streamlit as st

from content.text import Text
from core import tensors
from core.broadcast import Aligned, align, stretch
from core.ops import combine
from figures import broadcast
from ui import link, picture, predict, source
from ui.fold import deeper
from ui.tensors import heat_map

WORDS = ("stretch", "missing", "clash", "same", "alt", "result")
PAGE = "tensors.combine"
STEP, TAKEN = f"{PAGE}.step", f"{PAGE}.taken"        # TAKEN: the spec whose steps the slider counts
SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷"}


def draw(t: Text, spec: tensors.CombineSpec) -> None:
    link.forgets("tensors", STEP, TAKEN)
    done = tensors.combine(spec)
    a_shape, b_shape = tuple(done.a.shape), tuple(done.b.shape)
    guesses = {guess: t("tensors.combine.error") if guess == "error" else guess for guess in tensors.shape_guesses(spec)}
    given = predict.ask(t, spec, t("tensors.combine.predict", a=a_shape, b=b_shape), guesses, PAGE)
    if given is None:
        _heat_maps(t, [("a", done.a), ("b", done.b)])
    else:
        axes = align(a_shape, b_shape)
        _compare(t, done, axes, given, guesses)
        _steps(t, spec, done, axes)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("tensors.combine.deeper"))
    source.show(t, PAGE, getattr(combine, spec.op), align, Aligned, stretch)


def _compare(t: Text, done: tensors.Combined, axes: list[Aligned], given: str, guesses: dict[str, str]) -> None:
    if done.result is None:
        clash = next(axis for axis in reversed(axes) if not axis.fits)
        predict.compare(t, given, "error", guesses, t("tensors.combine.why_not", a=clash.a, b=clash.b), PAGE)
        st.code(f"RuntimeError: {done.message}", language=None, wrap_lines=True)
    else:
        truth = tensors.write_size(tuple(done.result.shape))
        predict.compare(t, given, truth, guesses, t("tensors.combine.why", truth=truth), PAGE)


def _steps(t: Text, spec: tensors.CombineSpec, done: tensors.Combined, axes: list[Aligned]) -> None:
    """Align, compare axis by axis from the right until one does not fit, stretch."""
    fitting = next((i for i, axis in enumerate(reversed(axes)) if not axis.fits), len(axes))
    last = min(fitting + 1, len(axes)) if done.result is None else len(axes) + 1
    step = _slider(t, spec, last, "step_clash" if done.result is None else "step")
    labels = {"a": "a", "b": "b"} | {name: t(f"tensors.combine.{name}") for name in WORDS}
    picture.show(broadcast.alignment(axes, labels, min(step, len(axes))), "tensors.alignment")
    st.markdown(_said(t, axes, step))
    if step <= len(axes):
        _heat_maps(t, [("a", done.a), ("b", done.b)])
        return
    shape = tuple(done.result.shape)
    seen = [stretch(x, shape) for x in (done.a, done.b)]
    if broadcast.readable(done.result.numpy()):
        blocks = [(name, each.values.numpy(), each.stored.numpy()) for name, each in zip("ab", seen, strict=True)]
        blocks.append((t("tensors.combine.result"), done.result.numpy(), seen[0].stored.new_ones(shape).numpy()))
        words = {"sign": SIGNS[spec.op], "again": t("tensors.combine.again"), "alt": t("tensors.combine.stretched_alt")}
        picture.show(broadcast.stretched(blocks, words), "tensors.stretched")
    else:
        _heat_maps(t, [("a", seen[0].values), ("b", seen[1].values), (t("tensors.combine.result"), done.result)])


def _slider(t: Text, spec: tensors.CombineSpec, last: int, label: str) -> int:
    """Of other shapes it begins with the last step: all of it."""
    if st.session_state.get(TAKEN) != spec or not 0 <= st.session_state.get(STEP, 0) <= last:
        st.session_state[TAKEN], st.session_state[STEP] = spec, last
    return st.slider(t(f"tensors.combine.{label}", last=last), 0, last, key=STEP) if last else 0


def _said(t: Text, axes: list[Aligned], step: int) -> str:
    """What this step does, in words."""
    if step == 0:
        return t("tensors.combine.said.align")
    if step > len(axes):
        return t("tensors.combine.said.stretch_all")
    axis = axes[-step]
    how = "clash" if not axis.fits else "missing" if None in (axis.a, axis.b) else "same" if axis.a == axis.b else "stretch"
    sizes = {name: "–" if size is None else size for name, size in (("a", axis.a), ("b", axis.b))}
    return t(f"tensors.combine.said.{how}", dim=-step, out=axis.out, **sizes)


def _heat_maps(t: Text, shown: list[tuple[str, tensors.Tensor]]) -> None:
    for column, (name, x) in zip(st.columns(3), shown, strict=False):
        with column:
            st.markdown(f"**{name}** · {tuple(x.shape)}")
            heat_map.show(t, x, f"tensors.combine.{name}")
