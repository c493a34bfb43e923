"""One card: the program, the prediction, what Python really says, and the changes."""

import streamlit as st

from content.text import Text
from core.lessons.clinic.card import KINDS, Card
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.runner import Outcome, run
from figures.listing import changed, listing
from ui import controls, picture, predict, say
from ui.clinic import kept


def draw(t: Text, key: str) -> None:
    card = CARDS[key]
    st.markdown(say.together(t, f"**{t('clinic.purpose')}**", t(f"clinic.card.{key}.want")))
    place = st.container()
    kinds = {kind: t(f"clinic.kind.{kind}") for kind in KINDS}
    said = predict.ask(t, key, t("clinic.predict"), kinds, f"clinic.{key}")
    if said is None:
        _program(t, place, card, 0)
    else:
        outcome = run(key)
        _program(t, place, card, outcome.line)
        st.markdown(t("clinic.said"))
        _came(t, card, outcome)
        predict.compare(t, said, card.kind, kinds, _how(t, key, card), f"clinic.{key}", who="Python")
        _repairs(t, key, card)
    st.caption(t("clinic.from", text=controls.option(t, "written_in", card.text)))


def _program(t: Text, place: st.delta_generator.DeltaGenerator, card: Card, failed: int) -> None:
    with place:
        alt = t("clinic.alt_failed", line=failed) if failed else t("clinic.alt")
        picture.show(listing(card.code, f"{alt}\n{card.code}", failed), "clinic.program")


def _came(t: Text, card: Card, outcome: Outcome) -> None:
    """Everything that a terminal would show, and the check."""
    lines = [*outcome.printed, *outcome.warnings, outcome.trace]
    st.code("\n".join(filter(None, lines)), language=None, wrap_lines=True)
    if outcome.holds is not None:
        st.markdown(t("clinic.check.true", check=card.check) if outcome.holds else t("clinic.check.false", check=card.check))


def _how(t: Text, key: str, card: Card) -> str:
    """How to read such a message, without the repair; a program that is right has none to give away."""
    outcome = card.outcome.lower()
    return t(f"clinic.card.{key}.read") if card.sound else t(f"clinic.how.{outcome}", line=card.line)


def _repairs(t: Text, key: str, card: Card) -> None:
    """The changes, each in a low row, since code needs the width; below them what came of the one that was chosen last."""
    st.markdown(f"##### {t('clinic.nothing') if card.sound else t('clinic.mend')}")
    for n, name in enumerate(card.offered, start=1):
        with st.container(border=True):
            code, button = st.columns([5, 1.8], vertical_alignment="center", wrap=False)
            code.html(changed(card.change(name)))
            with button:
                _button(t, key, card, name, n)
    if latest := kept.latest(key):
        _result(t, key, card, latest)


def _button(t: Text, key: str, card: Card, name: str, n: int) -> None:
    tried, now = name in kept.answers()[key].tries, kept.latest(key) == name
    label = t("clinic.now", n=n) if now else t("clinic.again", n=n) if tried else t("clinic.try", n=n)
    icon = (":material/check_circle:" if card.repair(name).gives == "right" else ":material/close:") if tried else None
    st.button(label, key=f"clinic.{key}.{name}", disabled=now, icon=icon, on_click=kept.tried, args=(key, name), width="stretch")


def _result(t: Text, key: str, card: Card, name: str) -> None:
    """What came of a change, why, and now that one was tried, what was wrong with the program."""
    outcome, words = run(key, name), t(f"clinic.card.{key}.{name}")
    st.markdown(t("clinic.after", n=card.offered.index(name) + 1))
    _came(t, card, outcome)
    if outcome.kind == "right":
        st.success(words, icon=":material/check_circle:")
    else:
        st.warning(words, icon=":material/close:")
    if not card.sound:
        title, why = t(f"clinic.card.{key}.title"), t(f"clinic.card.{key}.read")
        st.info(f"**{title}**\n\n{why}", icon=":material/lightbulb:")
