"""How does a convolution slide over its input?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.layers import conv as layer
from core.layers.conv import AXES, ConvSpec, ConvWindow
from core.layers.shown import Shown
from figures.grids import Grid, grids
from figures.palette import BLUE, GREEN, ORANGE
from figures.pixel import added, factor, number
from figures.sliding import LARGEST, sliding
from ui import controls, picture, place, predict, say, source
from ui.fold import fold
from ui.layers import foot

PAGE = "layers.conv"
LATER = ("in_channels", "out_channels", "groups", "place")
MOST, FEW = 25, 9                                    # products that are written out; of more than MOST only FEW
SMALLER = 54                                         # a cell's side in three dimensions, where sheets lie below one another


def draw(t: Text, spec: ConvSpec) -> None:
    shown = None
    try:
        shown = layer.conv(spec)
    except SpecError as error:
        say.refused(t, error)
    else:
        _show(t, spec, shown)
    with fold(t("conv.channels"), f"{PAGE}.channels", ":material/layers:") as is_open:
        if is_open:
            st.markdown(t("conv.about_channels"))
            controls.row(PAGE, ConvSpec, LATER[:3], t)
    if shown:
        source.show(t, PAGE, layer.conv, layer.size, layer.window, layer.as_linear)


def _show(t: Text, spec: ConvSpec, shown: Shown) -> None:
    size, written = layer.size(spec), shown.written
    shapes = [str((1, spec.out_channels, *[n] * AXES[spec.conv])) for n in sorted({size - 1, size, size + 1, spec.side}) if n > 0]
    options = {shape: shape for shape in shapes}
    given = predict.ask(t, replace(spec, place=0), t("conv.predict", layer=written, shape=str(tuple(shown.x.shape))), options, PAGE)
    if given is None:
        return
    place.walk(t, PAGE, ConvSpec, "place", shown.y.numel(), lambda at: _window(t, replace(spec, place=at), shown))
    filled = f"⌊({spec.side} + 2·{spec.pad} − {spec.dilation}·({spec.kernel} − 1) − 1) / {spec.stride} + 1⌋ = **{size}**"
    why = t("conv.why", filled=filled, channels=spec.out_channels)
    predict.compare(t, given, str(tuple(shown.y.shape)), options, why, PAGE)
    foot.draw(t, "conv", shown, t("conv.formula"))
    with fold(t("conv.shared"), f"{PAGE}.shared", ":material/grid_on:") as is_open:
        if is_open:
            _shared(t, spec, shown)


def _window(t: Text, spec: ConvSpec, shown: Shown) -> None:
    """One output as a picture and as a sum."""
    found = layer.window(spec)
    picture.show(_picture(t, spec, shown, found), PAGE)
    st.markdown(_sum(t, found))
    if len(found.along) == 3 and len(found.channels) > 1:
        st.caption(t("conv.one_drawn", channel=found.channels.start))


def _picture(t: Text, spec: ConvSpec, shown: Shown, found: ConvWindow) -> str:
    """Every sheet of the window beside its piece of the kernel; in three dimensions those of the group's first channel only."""
    padded, kernel, y = (_sheets(maps.numpy().round(3)) for maps in (found.padded, found.kernel, shown.y[0]))
    axes = len(found.along)
    deep, high, wide = (*[range(1)] * (3 - axes), *found.along)
    channel, slice_, row, column = (found.place[0], *[0] * (3 - axes), *found.place[1:])
    strongest = float(np.abs(kernel).max())

    def named(tensor: str, *at: int) -> str:
        """The part of a tensor that a grid shows, as Python writes it; only in three dimensions its last index is one of the tensor."""
        return f"{tensor}[{', '.join(map(str, at if axes == 3 else at[:-1]))}]"

    covered = {(i, j): BLUE for i in high for j in wide}
    whole = dict.fromkeys(np.ndindex(kernel.shape[2:]), ORANGE)
    lines = []
    for i, its_channel in list(enumerate(found.channels))[: 1 if axes == 3 else None]:
        for tap, at in enumerate(deep):
            depth = at - spec.pad
            beyond = axes == 3 and not 0 <= depth < spec.side
            name = t("conv.padding") if beyond else named("x", 0, its_channel, depth)
            weight = named("weight", channel, i, tap)
            lines.append((Grid(name, padded[i, at], covered, signed=True, top=float(shown.x.max())),
                          Grid(weight, kernel[i, tap], whole, "·", signed=True, top=strongest)))
    output = Grid(named("y", 0, channel, slice_), y[channel, slice_], {(row, column): GREEN}, "=",
                  signed=True, top=float(np.abs(y).max()))
    return sliding(lines, output, 0, t("conv.alt"), SMALLER if axes == 3 else LARGEST)


def _sheets(maps: np.ndarray) -> np.ndarray:
    """(C, n), (C, n, n) or (C, n, n, n) -> (C, depth, height, width)."""
    return maps.reshape(maps.shape[0], *[1] * (4 - maps.ndim), *maps.shape[1:])


def _sum(t: Text, found: ConvWindow) -> str:
    """All products of the first channel, what each further channel gives, and the bias."""
    windows, kernels = _sheets(found.window.numpy()), _sheets(found.kernel.numpy())
    products, sums, bias = (windows[0] * kernels[0]).ravel(), (windows * kernels).sum((1, 2, 3)).tolist(), _short(found.bias)
    told = [f"{number(float(x))} · {factor(round(float(w), 3))}" for x, w in zip(windows[0].ravel(), kernels[0].ravel(), strict=True)]
    if len(told) > MOST:
        told[FEW:] = [t("conv.rest", count=len(told) - FEW, value=_short(products[FEW:].sum()))]
    name = f"y[0, {', '.join(map(str, found.place))}]"
    if len(sums) == 1:
        return f"{name} = {added([*told, bias])} ≈ **{_short(found.value)}**"
    one = t("conv.channel", channel=found.channels.start, sum=added(told), value=_short(sums[0]))
    more = [t("conv.further", channel=c, value=_short(value)) for c, value in zip(found.channels[1:], sums[1:], strict=True)]
    whole = f"{name} = {added([*map(_short, sums), bias])} ≈ **{_short(found.value)}**"
    return "\n\n".join([one, *more, whole])


def _short(value: float) -> str:
    """As in the picture's cells: a third decimal is the last."""
    return number(round(float(value), 3))


def _shared(t: Text, spec: ConvSpec, shown: Shown) -> None:
    """The matrix of the linear layer that a one-dimensional convolution is, and how many numbers a free one would need."""
    matrix = layer.as_linear(spec).numpy().round(3)
    st.markdown(t("conv.as_linear", high=matrix.shape[0], wide=matrix.shape[1]))
    lit = dict.fromkeys(map(tuple, np.argwhere(matrix)), ORANGE)
    picture.show(grids([Grid("weight", matrix, lit, signed=True)], t("conv.matrix")), f"{PAGE}.matrix")
    ours, free = sum(count for *_, count in shown.parameters), (shown.x.numel() + 1) * shown.y.numel()
    st.markdown(t("conv.counted", ours=f"{ours:,}", free=f"{free:,}", x=shown.x.numel(), y=shown.y.numel()))
