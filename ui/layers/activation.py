"""What does an activation function do to a number, and to the gradient that comes back?"""

import streamlit as st

from content.text import Text
from core.layers import activation as layer
from core.layers.activation import ACTIVATIONS, FLAT, Activation, ActivationSpec
from core.layers.collapse import collapse
from figures import logits, slopes
from figures.grids import Grid, grids
from figures.palette import BLUE, GREY
from figures.pixel import number
from ui import chart, controls, picture, predict, source
from ui.fold import fold
from ui.layers import foot

PAGE = "layers.activation"
LATER = ("temperature",)                             # for Softmax only, above its bars
DEEP = 10                                            # layers one after the other, as the text says


def draw(t: Text, spec: ActivationSpec) -> None:
    softmax, name = spec.function == "softmax", ACTIVATIONS[spec.function]
    if softmax:
        options = {key: t(f"activation.{key}") for key in ("larger", "same", "smaller")}
        question, truth = t("activation.predict_softmax"), layer.cold_says(spec.at)
    else:
        options = {key: t(f"activation.{key}") for key in ("minus", "zero", "little", "one")}
        question, truth = t("activation.predict", name=name, at=number(layer.ASKED)), layer.slope_says(spec.function)
    given = predict.ask(t, spec.function, question, options, PAGE)
    if given is None:
        return
    found = layer.activation(spec)
    if softmax:
        _softmax(t, spec, found)
    else:
        _curve(t, spec, found)
    predict.compare(t, given, truth, options, t(f"activation.why.{spec.function}"), PAGE)
    foot.draw(t, "activation", found.shown, t("activation.formula_softmax") if softmax else t("activation.formula"))
    _collapse(t)
    source.show(t, PAGE, layer.layer, layer.activation, layer.curve, collapse)


def _curve(t: Text, spec: ActivationSpec, found: Activation) -> None:
    """Value and slope at x, and where the slope is so small that gradients vanish."""
    drawn, value = layer.curve(spec.function), float(found.shown.y[0])
    x, slope = drawn.x.numpy(), drawn.slope.numpy()
    name = ACTIVATIONS[spec.function]
    words = {"x": "x", "y": t("activation.y"), "value": f"{name}(x)", "slope": t("activation.slope"),
             "flat": t("activation.flat", limit=FLAT)}
    facts = {"name": name, "at": number(spec.at), "value": number(value), "slope": number(found.slope)}
    chart.show(slopes.chart(x, drawn.y.numpy(), slope, (spec.at, value, found.slope), words,
                            flat=slopes.ranges_below(x, slope, FLAT)), PAGE, t("activation.alt", **facts))
    st.markdown(t("activation.read", product=number(found.slope ** DEEP), **facts))


def _softmax(t: Text, spec: ActivationSpec, found: Activation) -> None:
    """The same logits at temperature 1 and at the chosen one."""
    controls.control(PAGE, ActivationSpec, "temperature", t)
    scores = found.shown.x.tolist()
    plain = layer.activation(ActivationSpec("softmax", spec.at)).shown
    groups = [(f"T = {number(spec.temperature)}", [score / spec.temperature for score in scores], found.shown.y.tolist())]
    if spec.temperature != 1:
        groups = [("T = 1", scores, plain.y.tolist()), *groups]
    classes = [f"x = {number(scores[0])}", *map(number, scores[1:])]
    chart.show(logits.bars(classes, groups, (t("activation.logits"), t("activation.probs")), None, (GREY, BLUE)[-len(groups):]),
               f"{PAGE}.softmax", t("activation.alt_softmax", temperature=number(spec.temperature)))
    probs = found.shown.y.tolist()
    st.markdown(t("activation.read_softmax", at=number(spec.at), temperature=number(spec.temperature), p=number(probs[0]),
                  slope=number(found.slope), probs=" + ".join(map(number, probs)), sum=number(sum(probs))))


def _collapse(t: Text) -> None:
    """Two linear layers, really multiplied."""
    with fold(t("activation.collapse.title"), f"{PAGE}.collapse", ":material/compress:") as is_open:
        if not is_open:
            return
        found = collapse()
        st.markdown(t("activation.collapse.text"))
        row = [Grid(title, weight.numpy(), sign=sign, signed=True, about=str(tuple(weight.shape)))
               for title, weight, sign in (("W₂", found.second, ""), ("W₁", found.first, "·"), ("W", found.product, "="))]
        picture.show(grids(row, t("activation.collapse.alt")), f"{PAGE}.product")
        st.markdown(t("activation.collapse.found", linear=number(found.linear_difference), relu=number(found.relu_difference)))
