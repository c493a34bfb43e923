"""What does a linear layer compute?"""

import numpy as np
import streamlit as st

from content.text import Text
from core.layers import linear as layer
from core.layers.linear import LinearSpec
from figures.grids import Grid, grids
from figures.palette import BLUE, GREEN, ORANGE
from figures.pixel import added, factor, number
from ui import picture, place, predict, source
from ui.layers import foot

PAGE, LATER = "layers.linear", ("unit",)


def draw(t: Text, spec: LinearSpec) -> None:
    shown = layer.linear(spec)
    sizes = {str(size): str(size) for size in ((spec.out_features, spec.in_features), (spec.in_features, spec.out_features),
                                               (spec.in_features,))}
    given = predict.ask(t, (spec.in_features, spec.out_features), t("linear.predict", **vars(spec)), sizes, PAGE)
    if given is None:
        return
    place.walk(t, PAGE, LinearSpec, "unit", spec.out_features, lambda output: _unit(t, shown, output))
    predict.compare(t, given, str(tuple(shown.module.weight.shape)), sizes, t("linear.why", **vars(spec)), PAGE)
    if layer.is_text(spec):
        st.caption(t("linear.text"))
    foot.draw(t, "linear", shown, t("linear.formula"))
    source.show(t, PAGE, layer.linear)


def _unit(t: Text, shown: layer.Shown, output: int) -> None:
    """One output as a picture and as a sum."""
    weight, bias = shown.module.weight.tolist(), shown.module.bias
    picture.show(_picture(t, shown, output), PAGE)
    products = [f"{number(x)} · {factor(w)}" for x, w in zip(shown.x[0].tolist(), weight[output], strict=True)]
    summed = added([*products, *([] if bias is None else [number(bias[output].item())])])
    st.markdown(t("linear.sum", output=output, sum=summed, y=number(float(shown.y[0, output]))))


def _picture(t: Text, shown: layer.Shown, output: int) -> str:
    """x times a row of the weight matrix, plus one bias, is one output."""
    x, y, weight = shown.x.numpy(), shown.y.numpy(), shown.module.weight.detach().numpy()
    inputs = range(x.shape[1])
    row = [Grid("x", x.T, {(i, 0): BLUE for i in inputs}, signed=True, about=str(x.shape)),
           Grid("weight", weight, {(output, i): ORANGE for i in inputs}, "·", signed=True, about=str(weight.shape))]
    if shown.module.bias is not None:
        bias = shown.module.bias.detach().numpy()
        row.append(Grid("bias", bias[:, np.newaxis], {(output, 0): ORANGE}, "+", signed=True, about=str(bias.shape)))
    return grids([*row, Grid("y", y.T, {(output, 0): GREEN}, "=", signed=True, about=str(y.shape))], t("linear.alt"))
