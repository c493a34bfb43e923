"""The proof that R1 to R7 end on one loss."""

from dataclasses import asdict

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.ladder import proof
from core.ladder.spec import EPOCHS, LadderSpec
from core.ladder.split import learns_from
from figures import ladder as figure
from figures.pixel import number
from jobs import client
from ui import picture, say
from ui.ladder import job

PLACE = "ladder.equal"


def draw(t: Text, spec: LadderSpec) -> None:
    st.markdown(t("ladder.equal.about"))
    try:
        learn = min(learns_from(spec.dataset), proof.IMAGES)
    except SpecError as missing:
        say.refused(t, missing)
        return
    asked = {name: value for name, value in asdict(spec).items() if name != "rung"}
    words = t("ladder.equal.go", n=f"{learn:,}", epochs=EPOCHS[spec.dataset], seed=spec.seed), t("ladder.equal.again")
    job_asked = job.Asked(PLACE, f"{PLACE}.{spec.dataset}.{spec.seed}", "ladder_equal", asked)
    _, losses = job.offer(t, job_asked, words, whole, lambda now: _grows(t, now))
    if losses:
        _proven(t, losses)
        st.markdown(t("ladder.equal.why"))


def _grows(t: Text, found: client.Status) -> None:
    """The picture grows with every rung that has ended."""
    job.progress(t, found, t("ladder.equal.progress", done=found.done, total=found.total))
    losses = _losses(found)
    if any(losses.values()):
        words = {"axis": t("ladder.equal.axis"), "alt": t("ladder.equal.alt")} | {dtype: t(f"ladder.equal.{dtype}") for dtype in losses}
        picture.show(figure.equal(losses, words), f"{PLACE}.picture")


def _losses(found: client.Status) -> dict[str, list[float]]:
    """By precision, as far as they are told."""
    losses: dict[str, list[float]] = {dtype: [] for dtype in proof.DTYPES}
    for event in client.events(found.id):
        if event.record["type"] == "ended" and event.record.get("dtype") in losses:
            losses[event.record["dtype"]].append(event.record["loss"])
    return losses


def whole(found: client.Status) -> dict[str, list[float]] | None:
    """None when a rung is missing."""
    losses = _losses(found)
    return losses if all(len(told) == len(proof.SAME) for told in losses.values()) else None


def _proven(t: Text, losses: dict[str, list[float]]) -> None:
    spreads = {dtype: proof.spread(found) for dtype, found in losses.items()}
    facts = {dtype: number(spread) for dtype, spread in spreads.items()} | {"loss": f"{losses['float64'][0]:.7f}"}
    if not spreads["float64"] <= proof.CLOSE:        # also for nan
        st.error(t("ladder.equal.failed", **facts), icon=":material/report:")
        return
    st.success(t("ladder.equal.proven", **facts), icon=":material/check_circle:")
    if spreads["float32"] > proof.CLOSE:
        st.warning(t("ladder.equal.far", **facts), icon=":material/lightbulb:")
