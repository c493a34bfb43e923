"""From a spec class to widgets and back: one widget for each field, by the rule that the field carries."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from content.text import Text
from core import fields
from core.architecture.spec import decoded, short
from ui import box
from ui.link import key_of

LETTERS = 28                                         # so many fit side by side in a column; a Chinese one is twice as wide
WIDE_LETTERS = 80                                    # and on the whole page


def control(page: str, spec: type, name: str, t: Text, *, choices: tuple[str, ...] | None = None, narrow: bool = False,
            wide: bool = False, rows: int = 1, most: int | None = None, **more: Any) -> Any:
    """The widget of one field, keeping its value when the language or the page changes.

    narrow: a box; wide: it has the whole page; rows: of buttons that a choice may fill there. most: the highest number on offer, where
    that is less than the rule's; the value in the session must not be above it.
    """
    rule, _ = fields.rules(spec)[name]
    key = key_of(page, name)
    hint = t(f"fields.{name}.hint") if t.has(f"fields.{name}.hint") else ""      # about the widget's values, no part of the field's name
    label = t(f"fields.{name}.label") + hint
    shared = {"label": label, "help": t(f"fields.{name}.help"), "key": key, "persist_state": "session", **more}
    match rule:
        case fields.Choice():
            letters = 0 if narrow else WIDE_LETTERS * rows if wide else LETTERS
            return _choice(_offered(choices or rule.keys, rule, st.session_state[key]), rule.keys, name, t, shared, letters)
        case fields.Flag():
            return st.toggle(**shared)
        case fields.Words():
            return _words(rule, t, shared)
        case fields.Number(log=True) | fields.Number(doubling=True):
            values = _scale(rule, st.session_state[key])
            written = {value: f"{value:,}" if isinstance(value, int) else f"{value:g}" for value in values}
            return st.select_slider(options=values, format_func=lambda value: written.get(value, value), **shared)
        case fields.Number():
            whole = isinstance(st.session_state[key], int)
            kind = int if whole else float
            high = rule.high if most is None else most
            bounds = {"min_value": kind(rule.low), "max_value": kind(high), "step": kind(rule.step or 1)}
            if (high - rule.low) / (rule.step or 1) > 100 or high == rule.low:
                return st.number_input(**bounds, **shared)
            return st.slider(**bounds, **shared)


def row(page: str, spec: type, names: Sequence[str], t: Text, widths: int | Sequence[float] | None = None, **more: Any) -> None:
    """The widgets of several fields side by side; widths: of the columns, as many as there are names without."""
    for column, name in zip(st.columns(widths or len(names), **more), names, strict=False):
        with column:
            control(page, spec, name, t)


def read(page: str, spec: type) -> Any:
    """The spec as the widgets stand, shown or not."""
    return spec(**{name: _tidy(rule, st.session_state[key_of(page, name)]) for name, (rule, _) in fields.rules(spec).items()})


def _tidy(rule: fields.Rule, value: Any) -> Any:
    """A slider's steps of 0.1 come to 0.30000000000000004, and the value stands in programs; and long text counts up to its limit."""
    if isinstance(value, float):
        return round(value, 10)
    return value[: rule.longest] if isinstance(rule, fields.Words) else value


def _words(rule: fields.Words, t: Text, shared: dict) -> str:
    """Without the browser's own limit, which drops what is pasted too long and says nothing."""
    given = st.text_input(**shared)
    if len(given) > rule.longest:
        st.warning(t("frame.too_long", longest=f"{rule.longest:,}", given=f"{len(given):,}"))
    return given[: rule.longest]


def write(page: str, given: object, but: tuple[str, ...] = ()) -> None:
    """Set the widgets as a spec has it, before they are drawn; `but` some."""
    for name in fields.rules(type(given)):
        if name not in but:
            st.session_state[key_of(page, name)] = getattr(given, name)


def option(t: Text, field: str, key: str) -> str:
    """The words for one choice; names of code stand for themselves."""
    if field == "network" and (edited := decoded(key)):
        return t("options.network.edited", short=short(edited))
    if field == "transforms":
        return _pipeline(key) if key else t("options.transforms.none")
    if field == "dataset" and key.startswith(("folder.", "zip.")):
        return _title(key)
    text = f"options.{field}.{key}"
    return t(text) if t.has(text) else key


def _title(key: str) -> str:
    """The name of a learner's own pictures. Imported here, since pages without datasets do without torch."""
    from core.data import kept

    known = kept.about(key)
    return known.title if known else key


def _pipeline(key: str) -> str:
    """The steps as torchvision calls them. Imported here, as above."""
    from core.transforms.pipeline import decoded, named

    return " → ".join(map(named, decoded(key)))


def value(t: Text, field: str, given: object) -> str:
    """A field's value in words."""
    if isinstance(given, str):
        return option(t, field, given)
    return f"{given:g}" if isinstance(given, float) else f"{given:,}"


def _offered(keys: tuple[str, ...], rule: fields.Choice, current: str) -> tuple[str, ...]:
    """With the current one, when it is a key that no registry holds."""
    return keys if current in keys or rule.also is None or not rule.also(current) else (*keys, current)


def _choice(keys: tuple[str, ...], known: tuple[str, ...], name: str, t: Text, shared: dict, letters: int) -> str:
    """Buttons or a box, by all keys known: the browser would lose the value if fewer keys on offer turned the one into the other."""
    if st.session_state[shared["key"]] not in keys:
        st.session_state[shared["key"]] = keys[0]
    words = {key: option(t, name, key) for key in (*known, *keys)}
    if sum(len(word) + sum(c > "⺀" for c in word) for word in words.values()) <= letters:
        return st.segmented_control(options=keys, format_func=lambda key: words.get(key, key), required=True, wrap=True, **shared)
    return box.choose(t, words={key: words[key] for key in keys}, **shared)


def _scale(rule: fields.Number, current: float) -> list[float]:
    """1, 2, 4, 8 ... or 1, 2, 5, 10 ... within the rule, its two ends, and the value that a link brought."""
    kind = type(current)
    series = [2.0**n for n in range(20)] if rule.doubling else [float(f"{m}e{e}") for e in range(-6, 6) for m in (1, 2, 5)]
    return sorted({kind(n) for n in series if rule.low <= n <= rule.high} | {kind(rule.low), kind(rule.high), current})
