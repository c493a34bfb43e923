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
    """The changes side by side; below them what came of the one that was chosen last."""
    st.markdown(f"##### {t('clinic.nothing') if card.sound else t('clinic.mend')}")
    for n, (name, column) in enumerate(zip(card.offered, st.columns(len(card.offered)), strict=True), start=1):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{t('clinic.change', n=n)}** {_sign(key, card, name)}".rstrip())
            st.html(changed(card.change(name)))
            _button(t, key, name)
    if latest := kept.latest(key):
        _result(t, key, card, latest)


def _button(t: Text, key: str, name: str) -> None:
    tried, now = name in kept.answers()[key].tries, kept.latest(key) == name
    label = t("clinic.now") if now else t("clinic.again") if tried else t("clinic.try")
    st.button(label, key=f"clinic.{key}.{name}", disabled=now, on_click=kept.tried, args=(key, name), width="stretch")


def _sign(key: str, card: Card, name: str) -> str:
    if name not in kept.answers()[key].tries:
        return ""
    return ":green[:material/check_circle:]" if card.repair(name).gives == "right" else ":orange[:material/close:]"


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
