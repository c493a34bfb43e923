"""A page that asks several questions, one at a time: a row of buttons, the fields of the chosen one, and what it draws."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.fields import rules
from ui import controls, link, say
from ui.frame import question

Part = tuple[type, Callable[[Text, Any], None]]      # what a view's widgets make, and what draws it


def show(t: Text, page: str, kind: type, parts: Mapping[str, Part], asked: Callable[[str], str], *,
         wide: Mapping[str, float] | None = None, later: Mapping[str, tuple[str, ...]] | None = None,
         offered: Mapping[str, Mapping[str, Callable[[Text], tuple[str, ...]]]] | None = None) -> None:
    """kind: the spec whose field link.VIEW names a part; its other fields are of all parts. asked: the question of a view, in words.

    wide: a field takes so many times another's place. later: by view, fields that their part draws or needs not. offered: by view and
    field, choices that depend on the other fields; by "" and field for those of all parts.
    """
    strange = link.restore(page, kind)
    view = controls.control(page, kind, link.VIEW, t, wide=True, label_visibility="collapsed")
    spec_kind, draw = parts[view]
    part = f"{page}.{view}"
    changed = link.restore(part, spec_kind)
    question(asked(view))
    not_here = (link.VIEW, *(later or {}).get(view, ()))
    drawn = [(page, kind, name, "") for name in rules(kind) if name not in not_here]
    drawn += [(part, spec_kind, name, view) for name in rules(spec_kind) if name not in not_here]
    columns = st.columns([(wide or {}).get(name, 1) for _, _, name, _ in drawn]) if drawn else []
    for column, (place, its_kind, name, key) in zip(columns, drawn, strict=True):
        with column:
            choices = (offered or {}).get(key, {}).get(name)
            controls.control(place, its_kind, name, t, choices=choices and choices(t))
    spec = controls.read(part, spec_kind)
    link.keep(page, controls.read(page, kind), spec)
    say.changed(t, kind, strange)
    say.changed(t, spec_kind, changed)
    try:
        draw(t, spec)
    except SpecError as error:
        say.refused(t, error)
