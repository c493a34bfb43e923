"""One card: the program, the prediction, what Python really says, and the three changes."""

import streamlit as st

from content.text import Text
from core.lessons.clinic.card import KINDS, TRIES, Card
from core.lessons.clinic.cards import CARDS
from core.lessons.clinic.runner import Outcome, run
from figures.listing import listing
from ui import controls, picture, predict, say
from ui.clinic import kept


def draw(t: Text, key: str, n: int, cards: int) -> None:
    card = CARDS[key]
    asked = predict.given(f"clinic.{key}", key) is None        # a title would give the defect away
    title = controls.option(t, "topic", card.topic) if asked else t(f"clinic.card.{key}.title")
    st.subheader(t("clinic.heading", n=n, all=cards, title=title), anchor=False)
    st.markdown(say.together(t, f"**{t('clinic.purpose')}**", t(f"clinic.card.{key}.want")))
    place = st.container()
    kinds = {kind: t(f"clinic.kind.{kind}") for kind in KINDS}
    said = predict.ask(t, key, t("clinic.predict"), kinds, f"clinic.{key}")
    if said is None:
        _program(t, place, card, 0)
    else:
        kept.predicted(key, said)
        outcome = run(key)
        _program(t, place, card, outcome.line)
        st.markdown(t("clinic.said"))
        _came(t, card, outcome)
        predict.compare(t, said, card.kind, kinds, t(f"clinic.card.{key}.read"), f"clinic.{key}", who="Python")
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
        st.caption(t("clinic.check.true", check=card.check) if outcome.holds else t("clinic.check.false", check=card.check))


def _repairs(t: Text, key: str, card: Card) -> None:
    st.markdown(f"##### {t('clinic.mend')}")
    for name in TRIES:
        tried = name in kept.answers()[key].tries
        with st.container(border=True):
            words, button = st.columns([5, 1], vertical_alignment="center")
            change = card.change(name)
            words.code(change or t("clinic.leave"), language="diff" if change else None, wrap_lines=True)
            label = t("clinic.tried") if tried else t("clinic.try")
            button.button(label, key=f"clinic.{key}.{name}", disabled=tried, on_click=kept.tried, args=(key, name), width="stretch")
            if tried:
                _result(t, key, card, name)


def _result(t: Text, key: str, card: Card, name: str) -> None:
    outcome, words = run(key, name), t(f"clinic.card.{key}.{name}")
    _came(t, card, outcome)
    if name == card.right:
        st.success(words, icon=":material/check_circle:")
    else:
        st.warning(words, icon=":material/close:")
