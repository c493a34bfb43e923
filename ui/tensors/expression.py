"""What does PyTorch do with what you type, and in which order?"""

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.expression.evaluate import Evaluation, Failure, evaluate
from core.expression.explore import EXAMPLES, ExpressionSpec, corner, explore, outcome, printed, written
from core.expression.parse import parse
from core.tensors import LARGEST, Tensor, counting
from figures import expression as figure
from ui import examples, link, picture, predict, source, underlined
from ui.fold import deeper
from ui.tensors import apart, heat_map

STEP = "tensors.expression.step"
TAKEN = "tensors.expression.taken"                   # the spec whose steps the slider counts


def draw(t: Text, spec: ExpressionSpec) -> None:
    link.forgets("tensors", STEP, TAKEN)
    examples.offer(t, "tensors.expression", {text: {"text": text} for text in EXAMPLES})
    try:
        done = explore(spec)
    except SpecError as error:
        underlined.show(t, spec.text, error, "tensors.refused")
        return
    guesses = apart.guesses(t, done)
    given = predict.ask(t, spec, t("tensors.expression.predict"), guesses, "tensors.expression")
    if given is None:
        return
    chosen = _chosen(spec, len(done.steps))
    apart.show(t, done, chosen, "tensors.expression")
    one = "_one" if len(done.steps) == 1 else ""
    _warned(t, done)
    if done.failure:
        predict.compare(t, given, "error", guesses, t(f"tensors.expression.why_not{one}", part=done.steps[-1].text), "tensors.expression")
        _failure(t, done, done.failure)
    else:
        why = t(f"tensors.expression.why{one}", count=len(done.steps), result=written(done.value))
        predict.compare(t, given, outcome(done), guesses, why, "tensors.expression")
        if len(done.steps) > 1:
            st.slider(t("tensors.expression.step", count=len(done.steps)), 1, len(done.steps), key=STEP)
        _step(t, done, chosen)
    with deeper(t, "tensors.expression") as is_open:
        if is_open:
            st.markdown(t("tensors.expression.deeper"))
    source.show(t, "tensors.expression", counting, explore, parse, evaluate)


def _chosen(spec: ExpressionSpec, count: int) -> int:
    """The step whose value is shown, counted from 0; of another expression the last."""
    if st.session_state.get(TAKEN) != spec or not 0 < st.session_state.get(STEP, 0) <= count:
        st.session_state[TAKEN], st.session_state[STEP] = spec, count
    return st.session_state[STEP] - 1


def _step(t: Text, done: Evaluation, i: int) -> None:
    """One value: where it lies, its picture, and how PyTorch prints it."""
    step = done.steps[i]
    if not isinstance(step.value, Tensor):
        st.markdown(f"**{i + 1}** `{step.text}`")
        st.code(printed(step.value), language=None, wrap_lines=True)
        return
    x = step.value
    st.markdown(f"**{i + 1}** `{step.text}` · {apart.facts(t, done, i)}")
    shown = corner(x, LARGEST)
    if x.is_complex():
        st.info(t("tensors.expression.complex"))
    elif shown.numel() < x.numel():
        heat_map.show(t, shown, "tensors.expression.value")
        st.caption(t("tensors.expression.corner", shown=tuple(shown.shape), shape=tuple(x.shape)))
    elif not figure.readable(shown.double().numpy()):    # else its card says it all
        heat_map.show(t, shown, "tensors.expression.value")
    st.code(printed(x), language=None, wrap_lines=True)


def _warned(t: Text, done: Evaluation) -> None:
    """PyTorch's own words about what it computed all the same."""
    for number, step in enumerate(done.steps, start=1):
        if step.warned:
            st.markdown(t("tensors.expression.warned", step=number, part=step.text))
            st.code("\n".join(step.warned), language=None, wrap_lines=True)


def _failure(t: Text, done: Evaluation, failure: Failure) -> None:
    """The two shapes, which of their axes do not fit, and PyTorch's own words."""
    last = done.steps[-1]
    if failure.misfit:
        found, names = failure.misfit, [f"{used + 1}: {done.steps[used].text}" for used in last.uses[:2]]
        st.markdown(t("tensors.expression.misfit", operation=last.operation, **vars(found)))
        if len(names) == 2:
            picture.show(figure.misfit(tuple(names), failure.shapes[:2], (found.a_axis, found.b_axis), t("tensors.expression.misfit_alt")),
                         "tensors.misfit")
    st.code(f"{failure.kind}: {failure.message}", language=None, wrap_lines=True)
