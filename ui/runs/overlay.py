"""The chosen runs on the same axes, and what the comparison is worth."""

from collections.abc import Sequence

import streamlit as st

from content.text import Text
from core.curves import as_csv, differing, running_mean
from core.evaluate import chance_loss, wilson
from figures import curves
from jobs import client
from ui import chart, controls, frame, learner
from ui.runs.choice import OverlaySpec, Run

CLASSES = 10                                         # until a run has told how many its dataset has
LONGEST = 28                                         # letters of a name in the legend
POLL_S = 2.0


def draw(t: Text, drawn: Sequence[Run], spec: OverlaySpec) -> None:
    """One curve of every chosen run."""
    lines = [_line(t, run, drawn, spec) for run in drawn if spec.curve in run.course.curves]
    classes = max((run.course.classes for run in drawn), default=0) or CLASSES
    share, bounds = spec.curve == "val_accuracy", {}
    if spec.curve != "lr":
        bounds = {"chance": 1 / classes} if share else {"chance": chance_loss(classes), "top": 1.5 * chance_loss(classes)}
    words = {"x": t(f"runs.axis.{spec.over}"), "y": t(f"runs.axis.{spec.curve}"), "hover": t(f"runs.hover.{spec.curve}"),
             "chance": t("runs.guessing", value=f"{1 / classes:.0%}" if share else f"{chance_loss(classes):.3f}")}
    figure = curves.overlay(lines, words, share=share, steps=spec.curve == "lr", **bounds)
    chart.show(figure, "runs.chart", t("runs.chart_alt"))


def _line(t: Text, run: Run, drawn: Sequence[Run], spec: OverlaySpec) -> curves.Line:
    curve, told = run.course.curves[spec.curve], run.course
    x = {"step": curve.step, "seconds": curve.at_s, "epoch": curve.step / max(told.steps_per_epoch, 1)}[spec.over]
    if spec.curve == "loss":
        return curves.Line(legend(t, run, drawn), run.place, x, running_mean(curve.value, told.steps, spec.mean_steps), curve.value)
    return curves.Line(legend(t, run, drawn), run.place, x, curve.value)


def legend(t: Text, run: Run, drawn: Sequence[Run]) -> str:
    """The run's name; without one of the learner's own, what sets it apart from the others."""
    if run.found.title:
        return run.found.title if len(run.found.title) <= LONGEST else run.found.title[:LONGEST] + "…"
    names = differing([other.spec for other in drawn])[:2]
    apart = [f"{t(f'fields.{name}.label')} {controls.value(t, name, getattr(run.spec, name))}" for name in names]
    return " · ".join([run.found.id[:4], *apart])


def verdict(t: Text, drawn: Sequence[Run]) -> None:
    """Which setting made the difference: one that differs alone, and only if the difference is larger than chance explains."""
    tested = [run for run in drawn if run.course.tested]
    if len(tested) < 2:
        st.caption(t("runs.verdict.few"))
        return
    changed = [name for run in tested for name in run.course.changed]      # while it ran, so the spec does not tell
    names = list(dict.fromkeys([*differing([run.spec for run in tested]), *changed]))
    worst, best = (end(tested, key=lambda run: run.course.tested["accuracy"]) for end in (min, max))
    ends = [wilson(run.course.tested["correct"], run.course.tested["images"]) for run in (worst, best)]
    facts = {"worst": f"{worst.course.tested['accuracy']:.1%}", "best": f"{best.course.tested['accuracy']:.1%}",
             "listed": t("runs.comma").join(f"{t(f'fields.{name}.label')} `{name}`" for name in names), "n": len(names)}
    facts["luck"] = t("runs.verdict.apart") if ends[0][1] < ends[1][0] else t("runs.verdict.overlap")
    if len(tested) > 2:
        facts["luck"] += t("runs.verdict.many", n=len(tested))
    if "dataset" in names:
        key = "datasets"
    elif len(names) > 1:
        key = "several"
    else:
        key = "none" if not names else "seed" if names == ["seed"] else "one"
    st.info(t(f"runs.verdict.{key}", **facts), icon=":material/balance:")


def still_running(t: Text, drawn: Sequence[Run]) -> None:
    """Curves of active runs stand still here, so that a zoom stays; the page is drawn anew when one of them ends."""
    active = [run.found for run in drawn if run.found.active]
    if active:
        st.fragment(_watch, run_every=POLL_S)([found.id for found in active])
        words, link = st.columns([3, 1], vertical_alignment="center")
        words.caption(t("runs.active", n=len(active)))
        with link:
            frame.page_link("train", t("runs.live"), run=active[0].id)


def _watch(active: list[str]) -> None:
    found = [client.status(run, learner.token()) for run in active]
    if not all(each and each.active for each in found):
        st.rerun()


def download(t: Text, drawn: Sequence[Run]) -> None:
    """Every number that the chosen runs have told, computed when the button is pressed."""
    st.download_button(t("runs.csv"), lambda: as_csv([(run.found.id, run.found.title, run.course) for run in drawn]).encode(),
                       "firstlight-runs.csv", "text/csv", key="runs.csv", on_click="ignore", icon=":material/download:", width="stretch")
