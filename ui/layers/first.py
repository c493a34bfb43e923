"""What do the first weights do to a signal that goes through ten layers?"""

import streamlit as st

from content.text import Text
from core.layers import first as layer
from core.layers.first import FirstSpec
from figures import first as figure
from figures.grids import Grid, grids
from ui import controls, picture, predict, source
from ui.fold import deeper, fold

PAGE = "layers.first"
WORDS = ("weights", "spread", "activations", "forward", "back", "layer", "std", "std_gradient", "alt")


def draw(t: Text, spec: FirstSpec) -> None:
    name, answers = controls.option(t, "scheme", spec.scheme), {verdict: t(f"first.verdict.{verdict}") for verdict in layer.VERDICTS}
    given = predict.ask(t, (spec.scheme, spec.nonlinearity), t("first.predict", scheme=name, nonlinearity=spec.nonlinearity), answers, PAGE)
    if given is None:
        return
    found, verdict, kind = layer.deep(spec), layer.deep(spec).verdict, spec.nonlinearity
    words = {word: t(f"first.picture.{word}") for word in WORDS} | {"hover": t("first.picture.hover"), "idle": t(f"first.idle.{kind}"),
                                                                  "scale": t(f"first.scale.{kind}")}
    picture.show(figure.layers(found.weight.numpy(), found.spreads, found.gradients, found.counts.numpy(), found.idle, words), PAGE)
    why = t(f"first.why.{verdict}", last=figure.short(found.spreads[-1]), gradient=figure.short(found.gradients[0]))
    predict.compare(t, given, verdict, answers, why, PAGE)
    st.markdown(t(f"first.formula.{spec.scheme}"))
    st.markdown(t("first.use"))
    st.code(layer.program(spec))
    _alike(t, spec)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("first.deeper"))
    source.show(t, PAGE, layer.deep, layer.start, layer.alike)


def _alike(t: Text, spec: FirstSpec) -> None:
    """Whether units that begin alike ever become different."""
    with fold(t("first.alike.title"), f"{PAGE}.alike", ":material/content_copy:") as is_open:
        if is_open:
            found = layer.alike(spec.scheme, spec.seed)
            row = [Grid(t(f"first.alike.{name}"), values.numpy(), sign="→", signed=True, about=str(tuple(values.shape)))
                   for name, values in (("before", found.before), ("gradient", found.gradient), ("after", found.after))]
            picture.show(grids(row, t("first.alike.alt")), f"{PAGE}.alike")
            st.markdown(t("first.alike.told", different=found.different, units=layer.UNITS, steps=layer.STEPS))
