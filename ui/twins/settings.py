"""What both twins share, and the one thing that differs."""

import dataclasses

import streamlit as st

from content.text import Text
from core import fields
from core.train import TrainSpec
from core.twins import CHANGES, Change, is_setting
from ui import controls, link
from ui.fold import fold
from ui.twins.current import PAGE, Asked

FIRST = ("optimizer", "lr", "batch_size")
MORE = (("network", "dataset"), ("epochs", "momentum"), ("train_images", "seed"))
OTHER = "twins.other"                                # the second twin's value has a widget of its own for each setting


def restore() -> list[tuple[type, list[str]]]:
    """Before the widgets, as `link.restore`, for each spec: the other value travels as text and is read by its setting's own rule."""
    anew = link.news(PAGE) or link.key_of(OTHER, "lr") not in st.session_state
    changed = [(spec, link.restore(PAGE, spec)) for spec in (TrainSpec, Change)]
    link.restore(OTHER, TrainSpec)
    if anew:
        asked, rules = controls.read(PAGE, Change), fields.rules(TrainSpec)
        for name in filter(is_setting, CHANGES):
            given = asked.other if name == asked.change else None
            st.session_state[link.key_of(OTHER, name)] = rules[name][0].read(given, CHANGES[name])
    return changed


def draw(t: Text) -> Asked:
    """The widgets, and what they ask for."""
    controls.row(PAGE, TrainSpec, FIRST, t)
    what, value = st.columns([1, 2])
    with what:
        change = controls.control(PAGE, Change, "change", t)
    with value:
        other = _other(t, change)
    with fold(t("twins.more"), "twins.more", ":material/tune:") as is_open:
        if is_open:
            for names in MORE:
                controls.row(PAGE, TrainSpec, names, t)
    first = dataclasses.replace(controls.read(PAGE, TrainSpec), device="cpu", stop_accuracy=0.0, stop_s=0)
    return Asked(first, change, other)


def _other(t: Text, change: str) -> object:
    """The second twin's value; a choice never offers the first one's."""
    if not is_setting(change):
        st.markdown(t(f"twins.instead.{change}"))
        return None
    rule, _ = fields.rules(TrainSpec)[change]
    own = st.session_state[link.key_of(PAGE, change)]
    choices = tuple(key for key in rule.keys if key != own) if isinstance(rule, fields.Choice) else None
    return controls.control(OTHER, TrainSpec, change, t, choices=choices, label=t("twins.other", setting=t(f"fields.{change}.label")))


def names(t: Text, asked: Asked) -> dict[str, str]:
    """Both twins with what tells them apart."""
    if asked.change == "nothing":
        return {"a": "A", "b": "B"}
    what = t(f"options.change.{asked.change}")
    if not is_setting(asked.change):
        return {"a": "A", "b": t("twins.name", who="B", what=what)}
    pair = {"A": getattr(asked.first, asked.change), "B": asked.other}
    return {who.lower(): t("twins.name", who=who, what=f"{what} = {controls.value(t, asked.change, one)}") for who, one in pair.items()}


def note(t: Text, asked: Asked) -> None:
    """What both share, in one line."""
    shared = {name: controls.value(t, name, getattr(asked.first, name)) for name in
              ("network", "dataset", "optimizer", "lr", "batch_size", "epochs", "seed")}
    st.caption(t("twins.shared_all", **shared) if asked.change == "nothing" else t("twins.shared", **shared))
