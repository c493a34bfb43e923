"""What an edit comes to: what changed with it, or what no longer fits and the repair; then train it, or take its code home."""

from dataclasses import replace

import streamlit as st

from content.text import Text
from core.architecture.plan import Plan
from core.architecture.repair import Repair
from core.architecture.source import source
from core.architecture.spec import network_key
from core.architecture.steps import PlanStep
from core.errors import SpecError
from core.fields import rules
from figures.lenet import shape
from ui import controls, frame, say
from ui.architecture import current


def draw(t: Text, whole: Plan, start: Plan) -> None:
    """Nothing while something does not fit."""
    if whole.misfit:
        return
    name = controls.option(t, "origin", current.origin())
    flat = next(step for step in whole.steps if step.name == "flatten")
    first = next(step for step in whole.steps if step.name == "fc1")
    st.markdown(say.together(t, t("architecture.parameters", sum=whole.arithmetic),
                             _compared(t, whole.parameter_count - start.parameter_count, name),
                             t("architecture.flat", sum=flat.formula, code=first.setting)))
    frame.page_link("train", t("architecture.train"), network=network_key(whole.spec))
    _changed(t, whole, start, name)


def _compared(t: Text, more: int, name: str) -> str:
    if more == 0:
        return ""
    return t("architecture.more", n=f"{more:,}", name=name) if more > 0 else t("architecture.less", n=f"{-more:,}", name=name)


def code(t: Text, whole: Plan) -> None:
    """The class, to be copied. Nothing while something does not fit."""
    if whole.misfit:
        return
    st.subheader(t("architecture.code"), anchor=False)
    st.caption(t("architecture.code_help"))
    st.code(source(whole.spec))


def misfit(t: Text, whole: Plan) -> None:
    """PyTorch would refuse it here: why, and what mends it, each at a click."""
    say.refused(t, SpecError(whole.misfit.code, **{**whole.misfit.facts, "repair": _words(t, whole, whole.repairs[0])}))
    with st.container(horizontal=True):
        for i, repair in enumerate(whole.repairs):
            st.button(_words(t, whole, repair), key=f"architecture.repair.{i}", icon=":material/healing:", on_click=current.edit,
                      args=(replace(whole.spec, **repair),))


def _words(t: Text, whole: Plan, repair: Repair) -> str:
    """"conv2 Kernel 7 → 3, Pooling window 4 → 2"."""
    return t("architecture.comma").join(_change(t, name, getattr(whole.spec, name), value) for name, value in repair.items())


def _change(t: Text, name: str, before: int | str, after: int | str) -> str:
    layer = name.partition("_")[0] if name.startswith("conv") else ""
    return f"{layer} {t(f'fields.{name}.label')} {controls.value(t, name, before)} → {controls.value(t, name, after)}".lstrip()


def _changed(t: Text, whole: Plan, start: Plan, name: str) -> None:
    """Setting by setting what was edited, and shape by shape what changed with it."""
    edited = [field for field in rules(type(whole.spec)) if getattr(whole.spec, field) != getattr(start.spec, field)]
    if not edited:
        st.caption(t("architecture.unchanged", name=name))
        return
    listed = _words(t, start, {field: getattr(whole.spec, field) for field in edited})
    before, after = ({step.name: step for step in each.steps if not step.name.startswith("activation")} for each in (start, whole))
    rows = [row for slot in before if (row := _row(t, before[slot], after.get(slot)))]
    if rows:
        st.markdown("\n".join([t("architecture.changed", listed=listed) + t("architecture.with_it", name=name), *rows]))
    else:
        st.markdown(t("architecture.alone", listed=listed))


def _row(t: Text, before: PlanStep, after: PlanStep | None) -> str:
    """A row of the table for a step that is gone, has another shape or other parameters; nothing for any other."""
    if after is None:
        return f"| `{before.name}` | {shape(before.out_shape)} → {t('architecture.none')} | – | – |"
    if (before.out_shape, before.weight) == (after.out_shape, after.weight):
        return ""
    return (f"| `{after.name}` | {_both(shape(before.out_shape), shape(after.out_shape))} | {after.formula or '–'} "
            f"| {_both(f'{before.parameter_count:,}', f'{after.parameter_count:,}')} |")


def _both(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"
