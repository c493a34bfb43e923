"""What a rung told: the text's measure beside the honest one, and what the text printed."""

import streamlit as st

from content.text import Text
from core.ladder import RUNGS
from core.ladder.spec import LadderSpec, last_batch
from jobs import client

FIRST_BATCH = 64
ON_THE_FIRST = ("r1", "r2")                          # their first loss is that of the first batch, as in the text


def draw(t: Text, spec: LadderSpec, found: client.Status) -> bool:
    """False while there is nothing to show."""
    records = [event.record for event in client.events(found.id)] if found.state == "done" else []
    told = [record for record in records if record["type"] == "told"]
    if not told:
        return False
    begun, ended = records[0], records[-1]
    _large(t, begun, told)
    _table(t, spec, begun, told)
    st.caption(t("ladder.took", seconds=f"{ended['seconds']:.1f}", epochs=begun["epochs"]) + _not_mnist(t, spec))
    return True


def _large(t: Text, begun: dict, told: list[dict]) -> None:
    """Two figures that can be read from the last row: what the text looks at, and what counts."""
    last, whole = told[-2], told[-1]
    theirs, honest = st.columns(2, border=True)
    if last["what"] == "after":
        theirs.metric(t("ladder.large.theirs"), f"{last['accuracy']:.1%}")
        theirs.markdown(t("ladder.large.after", n=last_batch(begun["learn"]), loss=f"{last['loss']:.4f}"))
    else:
        theirs.metric(t("ladder.large.theirs"), f"{last['loss']:.4f}")
        theirs.markdown(t("ladder.large.epoch", epoch=last["epoch"]))
    honest.metric(t("ladder.large.honest"), f"{whole['accuracy']:.1%}")
    honest.markdown(t("ladder.large.whole", n=_many(begun["judge"]), loss=f"{whole['loss']:.4f}"))


def _table(t: Text, spec: LadderSpec, begun: dict, told: list[dict]) -> None:
    """Every figure of the text beside ours; of many epochs those that the text prints, and the last."""
    printed = RUNGS[spec.rung].printed
    rows, last = [], max((record["epoch"] or 0 for record in told), default=0)
    for record in told:
        what, epoch = record["what"], record["epoch"]
        theirs = printed.get(what, ())
        if what == "epoch":
            if epoch > len(theirs) and epoch != last:
                continue
            theirs = theirs[epoch - 1:epoch]
        rows.append(_row(t, _measured(t, spec.rung, record, begun), record, theirs))
    st.markdown(t("ladder.table") + "\n|---|---|---|---|\n" + "\n".join(rows))


def _row(t: Text, measured: str, record: dict, theirs: tuple[float, ...]) -> str:
    accuracy = "–" if record["accuracy"] is None else f"{record['accuracy']:.1%}"
    said = _said(theirs) or t("ladder.not_printed")
    return f"| {measured} | {record['loss']:.4f} | {accuracy} | {said} |"


def _said(theirs: tuple[float, ...]) -> str:
    """A loss, or a loss and an accuracy."""
    return ", ".join((f"{theirs[0]:.4f}", *(f"{accuracy:.1%}" for accuracy in theirs[1:]))) if theirs else ""


def _measured(t: Text, key: str, record: dict, begun: dict) -> str:
    """What was measured on which pictures, in words."""
    what = record["what"]
    if what == "epoch":
        return t("ladder.measured.epoch", epoch=record["epoch"])
    if what == "whole":
        return f"**{t('ladder.measured.whole', n=_many(begun['judge']))}**"
    if what == "before" and key in ON_THE_FIRST:
        return t("ladder.measured.first", n=FIRST_BATCH)
    return t(f"ladder.measured.{what}", n=last_batch(begun["learn"]))


def _many(count: int) -> str:
    return f"{count:,}"


def _not_mnist(t: Text, spec: LadderSpec) -> str:
    return "" if spec.dataset == "mnist" else t("ladder.not_mnist")
