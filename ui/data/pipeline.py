"""A pipeline built step by step: add, open one to change, move or remove it, and undo."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from content.text import Text
from core import fields
from core.transforms import TRANSFORMS
from core.transforms.look import TransformsSpec
from core.transforms.pipeline import MOST, Pipeline, decoded, encoded, is_key, named
from ui import box, controls, link
from ui.link import key_of

PAGE = "data.transforms"
KEY = key_of(PAGE, "transforms")
ADD, OPEN, PAST = (f"{PAGE}.{name}" for name in ("add", "open", "past"))
MOST_UNDO = 50


def draw(t: Text, spec: TransformsSpec) -> tuple[TransformsSpec, DeltaGenerator]:
    """The widgets; the spec with the pipeline as they stand, and a place beside them."""
    link.forgets("data", OPEN, PAST)
    steps = decoded(spec.transforms)
    if spec.transforms and not is_key(spec.transforms):
        st.caption(t("data.pipeline.mended", most=MOST))
        st.session_state[KEY] = encoded(steps)
    if st.session_state.get(OPEN) not in range(len(steps)):
        st.session_state[OPEN] = None
    st.session_state[OPEN] = st.session_state[OPEN]  # else a changed row of steps would close the one that is open
    st.pills(t("data.pipeline.steps"), range(len(steps)), format_func=lambda i: f"{i + 1} {named(steps[i])}" if i < len(steps) else "",
             key=OPEN, help=t("data.pipeline.steps_help"), wrap=True)
    if not steps:
        st.caption(t("data.pipeline.empty"))
    if st.session_state[OPEN] is not None:
        _opened(t, steps, st.session_state[OPEN])
    adding, undoing, beside = st.columns([5, 3, 6], vertical_alignment="bottom")
    with adding:
        words = {key: f"{kind.__name__}: {t(f'data.step.{key}')}" for key, kind in TRANSFORMS.items()}
        box.choose(t, t("data.pipeline.add"), words, ADD, index=None, placeholder=t("data.pipeline.choose"), on_change=_add,
                   disabled=len(steps) == MOST, help=t("data.pipeline.most", most=MOST))
    with undoing:
        st.button(t("data.pipeline.undo"), key=f"{PAGE}.undo", icon=":material/undo:", on_click=_undo,
                  disabled=not st.session_state.get(PAST))
    return replace(spec, transforms=encoded(steps)), beside


def _opened(t: Text, steps: Pipeline, at: int) -> None:
    """One step: its parameters, and where it stands."""
    step = steps[at]
    part, kind = f"{PAGE}.{step.key}", type(step)
    controls.write(part, step)
    with st.container(border=True):
        st.markdown(f"**{kind.__name__}**: {t(f'data.step.{step.key}')}")
        for place, name in zip(st.columns(3), fields.rules(kind), strict=False):
            with place:
                controls.control(part, kind, name, t, on_change=_changed, args=(at,))
        with st.container(horizontal=True):
            _button(t, "earlier", "arrow_back", at == 0, _moved, at, at - 1)
            _button(t, "later", "arrow_forward", at == len(steps) - 1, _moved, at, at + 1)
            _button(t, "remove", "delete", False, _removed, at)


def _button(t: Text, what: str, icon: str, disabled: bool, act, *args: int) -> None:
    st.button(t(f"data.pipeline.{what}"), key=f"{PAGE}.{what}", icon=f":material/{icon}:", disabled=disabled, on_click=act, args=args)


def _add() -> None:
    """At the end, and open."""
    key, steps = st.session_state[ADD], decoded(st.session_state[KEY])
    st.session_state[ADD] = None
    if key in TRANSFORMS:
        _set((*steps, TRANSFORMS[key]()), len(steps))


def _changed(at: int) -> None:
    steps = decoded(st.session_state[KEY])
    if at < len(steps):
        changed = controls.read(f"{PAGE}.{steps[at].key}", type(steps[at]))
        _set((*steps[:at], changed, *steps[at + 1:]), at)


def _moved(at: int, to: int) -> None:
    steps = list(decoded(st.session_state[KEY]))
    steps.insert(to, steps.pop(at))
    _set(steps, to)


def _removed(at: int) -> None:
    steps = decoded(st.session_state[KEY])
    _set((*steps[:at], *steps[at + 1:]), None)


def _set(steps: Pipeline | list, opened: int | None) -> None:
    past = st.session_state.setdefault(PAST, [])
    past.append(st.session_state[KEY])
    del past[:-MOST_UNDO]
    st.session_state[KEY], st.session_state[OPEN] = encoded(steps[:MOST]), opened


def _undo() -> None:
    st.session_state[KEY], st.session_state[OPEN] = st.session_state[PAST].pop(), None
