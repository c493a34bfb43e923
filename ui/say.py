"""Core's codes in the reader's words."""

import re
from collections.abc import Callable

import streamlit as st

from content.text import Text
from core import fields
from core.errors import SpecError
from ui import controls

CHOICES = ("network", "normalisation", "constants")  # facts that are shown in the words of their widgets
LONGEST = 200                                        # letters of a user's text, or of PyTorch's, that are worth repeating
MANY = 20                                            # keys that a note can list
ADDRESS = re.compile(r"(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)       # where Markdown finds one, also between escaped letters
BOLD_STOP = re.compile(r"([。！？])\*\*$")
JOINER = "\u2060"                                    # no width, and no letter of an address


def sentence(t: Text, code: str, facts: dict) -> str:
    """What broke which rule, and what to do. An unknown code is shown as it is, so that nothing is hidden."""
    key = f"errors.{code}"
    if not t.has(key):
        return f"{code} {facts}"
    return t(key, **{name: plain(_fact(t, name, value)) for name, value in facts.items()})


def _fact(t: Text, name: str, value: object) -> object:
    """Where it is a key of ours, in words."""
    if name == "reason" and t.has(f"data.own.reason.{value}"):
        return t(f"data.own.reason.{value}")
    return controls.option(t, name, value) if name in CHOICES else value


def together(t: Text, *sentences: str) -> str:
    """Sentences one after the other; Chinese puts no space between them, and then Markdown's bold must end before the full stop."""
    if t.lang != "zh":
        return " ".join(filter(None, sentences))
    return "".join(BOLD_STOP.sub(r"**\1", sentence) for sentence in sentences)


def refused(t: Text, error: SpecError) -> None:
    st.warning(sentence(t, error.code, error.facts), icon=":material/report:")


def fitting(t: Text, steps: tuple[tuple[str, int, int], ...]) -> list[str]:
    """What was done to pictures so that they fit a network, in words."""
    return [t(f"frame.fitting.{what}", before=before, after=after) for what, before, after in steps]


def changed(t: Text, spec: type, names: list[str], note: Callable[[str], object] = st.caption) -> None:
    """A note for values in a link that were out of range, a small one unless `note` is another element."""
    if names:
        rules = fields.rules(spec)
        listed = ", ".join(f"{t(f'fields.{name}.label')}: {_rule(t, name, rules[name][0])}" for name in names)
        note(t("frame.link_changed", listed=listed))


def _rule(t: Text, name: str, rule: fields.Rule) -> str:
    if isinstance(rule, fields.Number):
        return t("frame.between", low=f"{rule.low:g}", high=f"{rule.high:g}")
    if isinstance(rule, fields.Choice):
        words = [controls.option(t, name, key) for key in rule.keys[:MANY]]
        return ", ".join([*words, *(["…"] if len(rule.keys) > MANY else [])])
    return t("frame.at_most", n=rule.longest) if isinstance(rule, fields.Words) else "0, 1"


def plain(value: object) -> object:
    """User text is shown as text: Markdown's own characters lose their meaning, and what looks like an address becomes no link."""
    if isinstance(value, str):
        value = value if len(value) <= LONGEST else value[:LONGEST] + "…"
        return "".join("\\" + c if c in "\\`*_{}[]<>#+!|$~:" else c for c in ADDRESS.sub(JOINER, value))
    return tuple(value) if isinstance(value, list) else value
