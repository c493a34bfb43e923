"""What a rung told: the text's measure beside the honest one, and what the text printed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.ladder import RUNGS, Told, source
from core.ladder.spec import LadderSpec, last_batch
from core.ladder.split import judging
from figures import batch
from figures.pixel import number
from jobs import client
from ui import picture

FIRST_BATCH = 64
ON_THE_FIRST = ("r1", "r2")                          # their first loss is that of the first batch, as in the text
CONVOLUTIONAL, LINEAR = ("r10", "r11", "r12", "r13"), 0.91               # what R1 to R7 reach, on MNIST and on the digits


@dataclass(frozen=True)
class Came:
    """What came out. learn, judge: how many pictures it learnt from, and how many judged it."""

    learn: int
    judge: int
    epochs: int
    told: tuple[Told, ...]
    seconds: float
    labels: tuple[int, ...]                          # of the first validation pictures,
    guesses: tuple[int, ...]                         # and what the rung takes these for
    below: Told | None                               # the whole validation set with the rung below; None for R1


def read(found: client.Status) -> Came:
    """Of a job that has ended well. Raises one of ui.watch.UNREADABLE for records of another version."""
    return _read(found.id)


@lru_cache(maxsize=64)
def _read(run: str) -> Came:
    records = [event.record for event in client.events(run)]
    told, below = _told(records, "told"), _told(records, "below")
    if told[-1].what != "whole":
        raise ValueError("no verdict was told")
    seen = [record for record in records if record["type"] == "seen"][-1]
    return Came(records[0]["learn"], records[0]["judge"], records[0]["epochs"], told, records[-1]["seconds"],
                tuple(seen["labels"]), tuple(seen["guesses"]), below[-1] if below else None)


def _told(records: list[dict], kind: str) -> tuple[Told, ...]:
    return tuple(Told(**{field.name: record[field.name] for field in fields(Told)}) for record in records if record["type"] == kind)


def draw(t: Text, spec: LadderSpec, result: Came) -> None:
    _large(t, result)
    _seen(t, spec, result)
    st.markdown(t("ladder.table") + "\n|---|---|---|---|\n" + "\n".join([*_rows(t, spec.rung, result), *_compared(t, spec.rung, result)]))
    if t.has(f"ladder.loss.{spec.rung}"):
        st.markdown(t(f"ladder.loss.{spec.rung}"))
    not_mnist = "" if spec.dataset == "mnist" else t("ladder.not_mnist")
    st.caption(t("ladder.took", seconds=f"{result.seconds:.1f}", epochs=result.epochs) + not_mnist)
    if spec.rung == "r13":
        st.caption(t("ladder.gpu.went_on"))
    if spec.rung in CONVOLUTIONAL and result.told[-1].accuracy < LINEAR:
        st.caption(t("ladder.maybe_dead"))


def _large(t: Text, result: Came) -> None:
    """Two figures that can be read from the last row: what the text looks at, and what counts."""
    *_, last, whole = result.told
    theirs, honest = st.columns(2, border=True)
    if last.what == "after":
        theirs.metric(t("ladder.large.theirs"), f"{last.accuracy:.1%}")
        theirs.markdown(t("ladder.large.after", n=last_batch(result.learn), loss=f"{last.loss:.4f}"))
        honest.metric(t("ladder.large.honest"), f"{whole.accuracy:.1%}")
    else:
        theirs.metric(t("ladder.large.theirs"), f"{last.loss:.4f}")
        theirs.markdown(t("ladder.large.epoch", epoch=last.epoch))
        honest.metric(t("ladder.large.share"), f"{whole.accuracy:.1%}")      # a loss on these pictures is honest too
    honest.markdown(t("ladder.large.whole", n=f"{result.judge:,}", loss=f"{whole.loss:.4f}"))


def _rows(t: Text, key: str, result: Came) -> Iterator[str]:
    """Every figure of the text beside ours; of many epochs those that the text prints, and the last."""
    for told in result.told:
        theirs = RUNGS[key].printed.get(told.what, ())
        if told.epoch:
            theirs = theirs[told.epoch - 1:told.epoch]
        if theirs or told.epoch in (None, result.epochs):
            accuracy = "–" if told.accuracy is None else f"{told.accuracy:.1%}"
            said = ", ".join((f"{theirs[0]:.4f}", *(f"{share:.1%}" for share in theirs[1:]))) if theirs else t("ladder.not_printed")
            yield f"| {_measured(t, key, told, result)} | {told.loss:.4f} | {accuracy} | {said} |"


def _measured(t: Text, key: str, told: Told, result: Came) -> str:
    """What was measured on which pictures, in words."""
    what = told.what
    if what == "epoch":
        return t("ladder.measured.epoch", epoch=told.epoch)
    if what == "whole":
        return t("ladder.measured.whole", n=f"{result.judge:,}")
    if what == "before" and key in ON_THE_FIRST:
        return t("ladder.measured.first", n=FIRST_BATCH)
    return t(f"ladder.measured.{what}", n=last_batch(result.learn))


def _compared(t: Text, key: str, result: Came) -> Iterator[str]:
    """The rung below on the same pictures from the same seed, and how far this one is from it."""
    if result.below:
        below, whole = result.below, result.told[-1]
        rung = t("ladder.measured.below", rung=source.before(key).upper(), n=f"{result.judge:,}")
        points = t("ladder.points", n=f"{100 * (whole.accuracy - below.accuracy):+.1f}".replace("-", "−"))
        yield f"| {rung} | {below.loss:.4f} | {below.accuracy:.1%} | |"
        yield f"| **{t('ladder.measured.away', rung=key.upper())}** | **{number(whole.loss - below.loss)}** | **{points}** | |"


def _seen(t: Text, spec: LadderSpec, result: Came) -> None:
    """The first validation pictures, each with its label and what the rung takes it for."""
    images = judging(spec.dataset).images[:len(result.labels)].numpy()
    pairs = list(zip(result.labels, result.guesses, strict=True))
    words = [t("ladder.seen.label", label=label, guess=guess) for label, guess in pairs]
    marked = [f"{label} → {guess} {'✓' if label == guess else '✗'}" for label, guess in pairs]
    picture.show(batch.grid(list(images), marked, words, t("ladder.seen.alt"), columns=len(words)), "ladder.seen")
    st.caption(t("ladder.seen.read", rung=spec.rung.upper(), right=sum(label == guess for label, guess in pairs), n=len(pairs)))
