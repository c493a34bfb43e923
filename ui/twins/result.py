"""What came out: where the numbers parted, which twin does better on the test set, and what the learner had said."""

import streamlit as st

from content.text import Text
from core.twins import PARTS, is_setting
from figures import twins
from jobs import client
from jobs.artifacts import TWIN_WEIGHTS
from ui import frame, picture, predict, say
from ui.twins import current
from ui.twins.current import Asked
from ui.twins.history import History

CLOSE = 0.02                                         # accuracies less far apart than this name no winner
WHO = ("a", "b", "same")
LUCK = ("one_bit", "loop")                           # changes that make neither twin better
TRIALS = {                                           # pairs worth trying: the words' key -> the link
    "one_bit": {"change": "one_bit", "optimizer": "sgd", "lr": "0.05"},
    "momentum": {"change": "momentum"},
    "late": {"change": "momentum", "optimizer": "sgd", "lr": "0.05"},
    "softmax": {"change": "output"},
    "by_hand": {"change": "loop"},
    "nothing": {"change": "nothing"},
}


def places(t: Text) -> dict[str, str]:
    return {part: t(f"twins.part.{part}") for part in (*PARTS, "never")}


def winners(t: Text) -> dict[str, str]:
    return {who: t(f"twins.who.{who}") for who in WHO}


def ask(t: Text, asked: Asked) -> bool:
    """Both questions, one after the other; True when they are answered or were not wanted."""
    where = predict.ask(t, asked, t("twins.predict"), places(t), "twins")
    predict.remind(t, where, places(t), "twins")
    if where is None:
        return False
    if where and is_setting(asked.change):           # else there is nothing that could be better
        who = predict.ask(t, asked, t("twins.predict_who"), winners(t), "twins.who")
        predict.remind(t, who, winners(t), "twins.who")
        return who is not None
    return True


def place(t: Text, found: client.Status, past: History) -> None:
    """Where the first difference is and why, as soon as that is known."""
    asked = current.asked_of(found)
    truth = past.first.part if past.first else "never" if past.tested else None
    if truth is None:
        return
    key = f"twins.why.{asked.change}.{truth}"
    why = t(key) if t.has(key) else t("twins.why.any")
    if truth == "never":
        why = say.together(t, t("twins.all_equal", n=f"{past.equal:,}"), why)
    elif past.equal:
        why = say.together(t, why, t("twins.before", n=f"{past.equal:,}"))
    predict.compare(t, predict.given("twins", asked), truth, places(t), why, "twins")


def winner(t: Text, found: client.Status, past: History) -> None:
    """The whole test set, once both are done with it."""
    for who, record in past.broken.items():
        st.warning(t("twins.broken", who=who.upper(), step=f"{record['step']:,}", value=record["value"], lr=f"{record['lr']:g}"),
                   icon=":material/report:")
    a, b = past.tested.get("a"), past.tested.get("b")
    if not (a or b):
        return
    asked = current.asked_of(found)
    said = predict.given("twins.who", asked) if is_setting(asked.change) else None
    if not (a and b):
        why = t("twins.alone", who="A" if a else "B", accuracy=f"{(a or b)['accuracy']:.1%}")
        predict.compare(t, said, "a" if a else "b", winners(t), why, "twins.who")
        return
    facts = {"a": f"{a['accuracy']:.1%}", "b": f"{b['accuracy']:.1%}", "a_right": f"{a['correct']:,}", "b_right": f"{b['correct']:,}",
             "images": f"{a['images']:,}"}
    kind = "equal" if past.first is None else "luck" if asked.change in LUCK else "setting"
    predict.compare(t, said, better(a["accuracy"], b["accuracy"]), winners(t), t(f"twins.result.{kind}", **facts), "twins.who")


def better(a: float, b: float) -> str:
    return "same" if abs(a - b) < CLOSE else "a" if a > b else "b"


def deeper(t: Text, found: client.Status | None, past: History | None) -> None:
    """Which setting acts where, the bits of the two numbers, and pairs worth trying."""
    st.markdown(t("twins.where"))
    first = past and past.first
    if first and isinstance(first.a, float):
        st.markdown(t("twins.bits.about"))
        words = {name: t(f"twins.bits.{name}") for name in ("sign", "exponent", "fraction", "alt")} | {"a": "A", "b": "B"}
        picture.show(twins.bits(first.a, first.b, words), "twins.bits")
    st.markdown(t("twins.chaos"))
    for key, query in TRIALS.items():
        frame.page_link("twins", t(f"twins.try.{key}"), **query)
    if found and not found.active:
        _weights(t, found)


def _weights(t: Text, found: client.Status) -> None:
    files = {who: client.artifact(found.id, name) for who, name in TWIN_WEIGHTS.items()}
    for column, (who, path) in zip(st.columns(2), files.items(), strict=True):
        with column:
            if path:
                st.download_button(t("twins.save", who=who.upper()), path.read_bytes, path.name, key=f"twins.save.{who}", on_click="ignore",
                                   icon=":material/download:")
