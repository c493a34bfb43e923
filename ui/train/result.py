"""What came out: the whole test set against chance, against what the learner expected, and against five other seeds."""

import streamlit as st

from content.text import Text
from jobs import client
from ui import frame, predict
from ui.train import current, presets
from ui.train.history import History

BANDS = {"chance": (0.0, 0.2), "some": (0.2, 0.7), "most": (0.7, 0.95), "nearly": (0.95, 1.01)}


def options(t: Text) -> dict[str, str]:
    return {key: t(f"train.band.{key}") for key in BANDS}


def band(accuracy: float) -> str:
    return next(key for key, (low, high) in BANDS.items() if low <= accuracy < high)


def draw(t: Text, found: client.Status, past: History, given: str | None) -> None:
    tested = past.tested
    if not tested:
        return
    classes = past.started["classes"]
    why = t("train.result", accuracy=f"{tested['accuracy']:.1%}", correct=f"{tested['correct']:,}", images=f"{tested['images']:,}",
            chance=f"{1 / classes:.0%}")
    predict.compare(t, given, band(tested["accuracy"]), options(t), why, "train")
    presets.outcome(t, current.spec_of(found))
    frame.page_link("runs", t("train.to_runs"), run=found.id)


def deeper(t: Text, past: History | None) -> None:
    """The five parts of a training step in words, and the epochs as numbers."""
    st.markdown(t("train.roles"))
    if past and past.epochs:
        rows = ["| " + " | ".join([str(epoch["epoch"]), f"{epoch['step']:,}", _number(epoch.get("train_loss"), ".4f"),
                                   _number(epoch.get("train_accuracy"), ".1%"), _number(epoch["val_loss"], ".4f"),
                                   _number(epoch["val_accuracy"], ".1%")]) + " |" for epoch in past.epochs]
        st.markdown("\n".join([t("train.epochs"), *rows]))


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
