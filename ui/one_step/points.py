"""Which of the five lines changes what? On a network of 17 parameters."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st

from content.text import Text
from core.one_step import frame as frozen
from core.one_step import points as small
from core.one_step.frame import PARTS, Frame, lines, training_step
from core.one_step.points import MANY, STEPS, PointsSpec, TinyNet, Y
from figures import one_step as figure
from figures import one_step_curves as curves
from figures.pixel import added, number
from ui import chart, controls, picture, place, predict, source
from ui.fold import fold
from ui.one_step import checked, formula, now, orders, settings

PAGE = "step.points"
LATER = ("optimizer", "lr", "forget", "in_batch", "activation", "moment", "parameter", "h")
LRS = {"sgd": 0.5, "momentum": 0.2, "adam": 0.1}     # with each the loss goes down from step to step


def draw(t: Text, spec: PointsSpec) -> None:
    frames = small.frames(spec.optimizer, spec.lr, spec.activation, spec.forget)
    about, question, options, truth, short = _accumulated(t, spec, frames) if spec.forget else _which_line(t, frames)
    given = predict.ask(t, about, question, options, PAGE)
    if given is None:
        settings.row(t, PAGE, PointsSpec, LRS)
        return
    predict.beside(t, given, truth, options, "" if given and not spec.forget else short, PAGE)
    place.walk(t, PAGE, PointsSpec, "moment", len(frames), lambda at: _moment(t, spec, frames, at))
    settings.row(t, PAGE, PointsSpec, LRS)
    controls.row(PAGE, PointsSpec, ("in_batch", "activation"), t)
    st.markdown(t("step.points.forgot_why") if spec.forget else t("step.points.why"))
    st.caption(t("step.points.read"))
    if spec.forget:
        _many(t, spec)
    orders.draw(t, spec)
    checked.draw(t, spec)
    formula.draw(t, spec, frames)
    source.show(t, PAGE, training_step, frozen.record, frozen.freeze, frozen.forgetful, TinyNet, small.fresh)


def _which_line(t: Text, frames: tuple[Frame, ...]) -> tuple:
    """Asked once: it holds for every setting, and is measured for this one."""
    truth = [part for part in PARTS if any("weights" in frame.changed for frame in frames if frame.part == part)]
    written = {part: f"`{line}`" for part, line in lines().items()}
    return "line", t("step.points.predict", steps=STEPS), written, ", ".join(truth), t("step.points.only", line=lines()["step"])


def _accumulated(t: Text, spec: PointsSpec, frames: tuple[Frame, ...]) -> tuple:
    """What stands in .grad after the second backward(), of the parameter that the sums are about."""
    first, second = (small.one(_frame(frames, step, "backward").grads, spec.parameter) for step in (1, 2))
    new = small.one(small.alone(spec.activation, _frame(frames, 2, "backward").weights), spec.parameter)
    options = {number(value): number(value) for value in (new, second, 0.0, 2 * first)}
    facts = {"name": spec.parameter, "first": number(first), "new": number(new)}
    about, question = (spec.optimizer, spec.lr, spec.activation, spec.parameter), t("step.points.forgot", **facts)
    return about, question, options, number(second), t("step.points.watch", name=spec.parameter)


def _frame(frames: tuple[Frame, ...], step: int, part: str) -> Frame:
    return next(frame for frame in frames if (frame.step, frame.part) == (step, part))


def _moment(t: Text, spec: PointsSpec, frames: tuple[Frame, ...], at: int) -> None:
    frame, shown = frames[at], replace(spec, moment=at, h=1.0)
    now.tell(t, PAGE, _program(t, shown), (1.06, 1), frame, STEPS, spec.forget)
    picture.show(_picture(t, shown), PAGE)
    if spec.forget:
        _sum(t, spec, frames, at)


@lru_cache(maxsize=128)
def _program(t: Text, spec: PointsSpec) -> str:
    """The same for everybody who stands here."""
    frame = small.frames(spec.optimizer, spec.lr, spec.activation, spec.forget)[spec.moment]
    words = {"handed": t("step.handed"), "program": t("step.points.program")}
    plane = small.decision(spec.activation, frame.weights).numpy()
    return figure.band(lines(), frame.part, spec.forget, words, plane, spec.in_batch)


@lru_cache(maxsize=128)
def _picture(t: Text, spec: PointsSpec) -> str:
    """The same for everybody who stands here."""
    frames = small.frames(spec.optimizer, spec.lr, spec.activation, spec.forget)
    frame, before = frames[spec.moment], None
    if frame.part == "step":
        before = {name: weight.numpy() for name, weight in frames[spec.moment - 1].weights.items()}
    look = figure.Look(frame, spec.in_batch, _top(frames, "weights"), _top(frames, "grads"), before, spec.parameter)
    return figure.picture(look, _words(t, spec, frame))


def _words(t: Text, spec: PointsSpec, frame: Frame) -> dict[str, str]:
    sample = t("step.points.sample", i=spec.in_batch, y=int(Y[spec.in_batch]))
    loss = t("step.loss", loss=number(frame.loss["loss"].item())) if frame.loss else t("step.no_loss")
    layers = {name: t("step.points.layer", name=name, weights=frame.weights[f"{name}.weight"].numel(),
                      biases=frame.weights[f"{name}.bias"].numel()) for name in ("hidden", "output")}
    return {"loss": loss, "sample": sample, "none": "grad None", "after": {"relu": "ReLU", "tanh": "tanh"}[spec.activation],
            "logit": t("step.points.logit"), "x": "x", "activation": t("step.points.units"), "logits": t("step.points.logits"),
            "alt": t("step.points.alt"), "watched": t("step.points.watched"), **layers, **now.legend(t)}


def _top(frames: tuple[Frame, ...], kind: str) -> float:
    """The end of a colour scale that serves all frames."""
    values = [value for frame in frames for value in getattr(frame, kind).values() if value is not None]
    return max(float(np.abs(value.numpy()).max()) for value in values) or 1.0


def _sum(t: Text, spec: PointsSpec, frames: tuple[Frame, ...], at: int) -> None:
    """From the second backward() on: what was there, and what the latest backward() alone would have found."""
    step = max((frame.step for frame in frames[: at + 1] if frame.part == "backward"), default=0)
    if step < 2:
        st.markdown(t("step.points.no_sum"))
        return
    frame, name = _frame(frames, step, "backward"), spec.parameter
    kept = small.one(_frame(frames, step - 1, "backward").grads, name)
    new = small.one(small.alone(spec.activation, frame.weights), name)
    st.markdown(t("step.points.sum", step=step, name=name, kept=number(kept), added=added([number(kept), number(new)]), new=number(new),
                  sum=number(small.one(frame.grads, name))))


def _many(t: Text, spec: PointsSpec) -> None:
    """Whether forgetting does harm: the loss of many steps with and without."""
    with fold(t("step.points.many", steps=MANY), f"{PAGE}.many", ":material/show_chart:") as is_open:
        if not is_open:
            return
        zeroed, forgotten = (small.losses(spec.optimizer, spec.lr, spec.activation, forget) for forget in (False, True))
        words = {"zeroed": t("step.points.zeroed"), "forgotten": t("step.points.forgotten"), "step": t("step.points.step"),
                 "loss": t("step.points.loss")}
        chart.show(curves.losses(zeroed, forgotten, words), f"{PAGE}.many.chart", t("step.points.many_alt"))
        st.markdown(t("step.points.many_read", steps=MANY, zeroed=number(zeroed[-1]), forgotten=number(forgotten[-1]),
                      most=number(max(forgotten))))
