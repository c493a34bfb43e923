"""The optimizer's formula with the numbers of one weight, step by step, beside what the optimizer did."""

import streamlit as st

from content.text import Text
from core.one_step import formula as by_hand
from core.one_step.formula import BETA1, BETA2, FORMULAS, KEPT, Move
from core.one_step.frame import RULES, Frame
from core.one_step.points import PointsSpec
from figures.pixel import number
from ui import source
from ui.fold import fold

PAGE = "step.points"


def draw(t: Text, spec: PointsSpec, frames: tuple[Frame, ...]) -> None:
    with fold(t("step.formula.title"), f"{PAGE}.formula", ":material/function:") as is_open:
        if not is_open:
            return
        moves = list(by_hand.moves(frames, spec.optimizer, spec.lr, spec.parameter))
        st.markdown(t(f"step.formula.rule.{spec.optimizer}", name=spec.parameter))
        kept = "".join(f" `{name}` |" for name in KEPT[spec.optimizer])
        head = f"{t('step.formula.head')}{kept}\n|{'---|' * (5 + len(KEPT[spec.optimizer]))}"
        st.markdown("\n".join([head, *(_row(move, spec) for move in moves)]))
        st.markdown(t("step.formula.equal", far=number(max(move.far for move in moves)), steps=len(moves)))
        source.show(t, f"{PAGE}.formula", FORMULAS[spec.optimizer], by_hand.moves)


def _row(move: Move, spec: PointsSpec) -> str:
    kept = "".join(f" {_five(value)} |" for value in move.memory)
    numbers = f"{_written(move, spec)} | **{_five(move.by_hand[0])}** | {_five(move.after)}"
    return f"| {move.step} | {_five(move.gradient)} | {numbers} |{kept}"


def _written(move: Move, spec: PointsSpec) -> str:
    """The right side of the update, in numbers."""
    w, g, minus_lr = _five(move.before), _factor(move.gradient), f"− {spec.lr:g} ·"
    if spec.optimizer == "sgd":
        return f"{w} {minus_lr} {g}"
    if spec.optimizer == "momentum":
        v = move.by_hand[1]
        return f"v = {RULES['momentum'][1]:g} · {_factor(move.memory_before[0])} + {g} = {_five(v)}; {w} {minus_lr} {_factor(v)}"
    (m, first), (s, second) = ((value, 1 - beta**move.step) for value, beta in zip(move.by_hand[1:], (BETA1, BETA2), strict=True))
    hats = f"m̂ = {_five(m)} / {_five(first)} = {_five(m / first)}; ŝ = {_five(s)} / {_five(second)} = {_five(s / second)}"
    return f"{hats}; {w} {minus_lr} {_factor(m / first)} / √{_five(s / second)}"


def _five(value: float) -> str:
    """Five digits, so that a reader's sum comes out."""
    return f"{value + 0.0:.5g}".replace("-", "−")


def _factor(value: float) -> str:
    return f"({_five(value)})" if value < 0 else _five(value)
