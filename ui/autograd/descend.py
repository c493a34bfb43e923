"""Which learning rate reaches the valley?"""

import numpy as np
import streamlit as st

from content.text import Text
from core import descent
from core.descent import LANDSCAPES, VERDICTS, DescendSpec, Descent
from figures import descent as figure
from figures.descent import Path
from ui import chart, predict, say, source
from ui.fold import deeper

POINTS = {1: 241, 2: 51}                             # of each axis of the picture, for one dimension and two
PICTURE = ("path", "pull", "start", "end", "left", "play")


def draw(t: Text, spec: DescendSpec) -> None:
    land = LANDSCAPES[spec.landscape]
    walks = descent.descend(spec)
    done = walks["own"]
    answers = {verdict: t(f"descent.verdict.{verdict}") for verdict in VERDICTS}
    question = t("descent.predict", place=_place(descent.start(spec)), lr=f"{spec.lr:g}", momentum=f"{spec.momentum:g}", steps=spec.steps)
    st.markdown(f"${land.formula}$")
    given = predict.ask(t, spec, question, answers, "descent")
    _picture(t, spec, done, given is not None)
    if given is not None:
        predict.compare(t, given, done.verdict, answers, _why(t, spec, done), "descent")
        _values(t, spec, walks)
    with deeper(t, "descent") as is_open:
        if is_open:
            st.markdown(t("descent.deeper"))
    source.show(t, "descent", descent.walk, land.f, descent.judge)


def _picture(t: Text, spec: DescendSpec, done: Descent, whole: bool) -> None:
    """The landscape and the path; before the prediction only the start and its first arrow."""
    words = {name: t(f"descent.picture.{name}") for name in PICTURE}
    words["hover"] = t("descent.picture.hover")
    places = done.left if whole else 1
    path = Path(done.path[:places], done.values[:places], -spec.lr * done.gradients[:places], whole and done.left is not None)
    dims = LANDSCAPES[spec.landscape].dims
    drawing = {1: figure.curve, 2: figure.surface}[dims](*descent.grid(spec.landscape, POINTS[dims]), path, words)
    chart.show(drawing, f"descent.picture.{dims}", t(f"descent.alt.{spec.landscape}"))


def _values(t: Text, spec: DescendSpec, walks: dict[str, Descent]) -> None:
    """The value after each step, and with half and double the learning rate."""
    rates = {key: f"{spec.lr * factor:g}" for key, factor in descent.FACTORS.items()}
    lines = {key: (t(f"descent.values.{key}", lr=rates[key]), walked.values[:walked.left], walked.left is not None)
             for key, walked in walks.items()}
    words = {name: t(f"descent.values.{name}") for name in ("step", "value", "hover")}
    chart.show(figure.values(lines, words), "descent.values", t("descent.values.alt"))
    ends = [t(f"descent.values.{key}_end", lr=rates[key], verdict=t(f"descent.verdict.{walked.verdict}"))
            for key, walked in walks.items() if key != "own"]
    st.caption(say.together(t, *ends))


def _why(t: Text, spec: DescendSpec, done: Descent) -> str:
    facts = {"steps": spec.steps, "left": done.left, "arrived": done.arrived, "valley": _place(done.nearest)}
    end = len(done.path) - 1 if done.left is None else done.left - 1
    facts |= {"place": _place(done.path[end]), "value": f"{done.values[end]:.3g}", "slope": f"{np.linalg.norm(done.gradients[end]):.2g}"}
    return t(f"descent.why.{done.verdict}", **facts)


def _place(place: tuple[float, ...] | np.ndarray) -> str:
    """(-2.0, 1.0) -> "(x, y) = (-2, 1)", (-2.0,) -> "x = -2"."""
    numbers = [f"{round(float(n), 3) + 0:g}" for n in place]
    return f"x = {numbers[0]}" if len(numbers) == 1 else f"(x, y) = ({', '.join(numbers)})"
