"""What does a pooling layer keep?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.layers import pool as layer
from core.layers.pool import SIDE, TEXT_SEED, PoolSpec, PoolWindow
from core.layers.shown import Shown
from figures.grids import Grid
from figures.palette import BLUE, GREEN
from figures.pixel import number
from figures.sliding import sliding
from ui import controls, picture, place, predict, say, source
from ui.layers import foot

PAGE = "layers.pool"
LATER = ("kernel", "pool_stride", "pad", "out_size", "place")
PLAIN, ADAPTIVE = LATER[:3], LATER[3:4]


def draw(t: Text, spec: PoolSpec) -> None:
    controls.row(PAGE, PoolSpec, ADAPTIVE if spec.adaptive else PLAIN, t, 3)
    try:
        shown = layer.pool(spec)
    except SpecError as error:
        say.refused(t, error)
    else:
        _show(t, spec, shown)
        source.show(t, PAGE, layer.pool, layer.windows, layer.window)


def _show(t: Text, spec: PoolSpec, shown: Shown) -> None:
    along = layer.windows(spec)
    written = shown.written
    if spec.adaptive:
        options = {answer: t(f"pool.{answer}") for answer in ("overlap", "apart")}
        question = t("pool.predict_adaptive", layer=written)
        truth = "overlap" if any(one.stop > other.start for one, other in zip(along, along[1:], strict=False)) else "apart"
    else:
        options = {str((1, n, n)): str((1, n, n)) for n in sorted({len(along), len(along) + 1, max(SIDE - spec.kernel, 0) + 1, SIDE})}
        question, truth = t("pool.predict", layer=written), str(tuple(shown.y.shape))
    given = predict.ask(t, replace(spec, place=0), question, options, PAGE)
    if given is None:
        return
    place.walk(t, PAGE, PoolSpec, "place", shown.y.numel(), lambda at: _window(t, replace(spec, place=at), shown))
    if spec.adaptive:
        filled = ", ".join(f"{each.start}–{each.stop - 1}" for each in along)
        why, formula = t("pool.why_adaptive", windows=filled), t("pool.formula_adaptive")
    else:
        filled = f"⌊({SIDE} + 2·{spec.pad} − {spec.kernel}) / {spec.stride} + 1⌋ = **{len(along)}**"
        why, formula = t("pool.why", filled=filled, stride=spec.stride), t("pool.formula")
    predict.compare(t, given, truth, options, why, PAGE)
    if spec.seed == TEXT_SEED and written == "nn.MaxPool2d(3)":
        st.caption(t("pool.text"))
    foot.draw(t, "pool", shown, formula)


def _window(t: Text, spec: PoolSpec, shown: Shown) -> None:
    """One output as a picture and as a sum."""
    found = layer.window(spec)
    picture.show(_picture(t, spec, shown, found), PAGE)
    st.markdown(_told(t, spec, found))


def _picture(t: Text, spec: PoolSpec, shown: Shown, found: PoolWindow) -> str:
    lit = {(i, j): BLUE for i in found.rows for j in found.columns} | ({found.won: GREEN} if found.won else {})
    sheet = Grid("x", found.padded.numpy(), lit, signed=True)
    output = Grid("y", shown.y[0].numpy(), {found.place: GREEN}, "→", signed=True, top=float(shown.x.max()))
    return sliding([(sheet,)], output, -np.inf if spec.largest else 0, t("pool.alt"))


def _told(t: Text, spec: PoolSpec, found: PoolWindow) -> str:
    listed = [number(value) for value in found.window.ravel().tolist()]
    name, value = f"y[0, {found.place[0]}, {found.place[1]}]", f"**{number(found.value)}**"
    if spec.largest:
        return f"{name} = max({', '.join(listed)}) = {value}"
    return f"{name} = ({' + '.join(listed)}) / {len(listed)} = {value}"
