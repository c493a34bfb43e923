"""What does dropout do to its input?"""

import streamlit as st

from content.text import Text
from core.layers import dropout as layer
from core.layers.dropout import DropoutSpec, Dropped
from figures import dropout as figure
from figures.grids import Grid, grids
from figures.pixel import number
from ui import picture, predict, source
from ui.fold import fold
from ui.layers import foot

PAGE = "layers.dropout"
ANSWERS = ("same", "smaller", "larger")


def draw(t: Text, spec: DropoutSpec) -> None:
    shown, p = layer.dropout(spec), spec.p
    answers = {key: t(f"dropout.answer.{key}") for key in ANSWERS}
    given = predict.ask(t, p, t("dropout.predict", p=p), answers, PAGE)
    if given is None:
        return
    factor = number(1 / (1 - p)) if spec.training else "1"
    words = {"mask": t("dropout.mask"), "pass": t("dropout.pass"), "alt": t("dropout.alt", factor=factor)}
    picture.show(figure.passes(shown.x[0].numpy(), shown.ys[:, 0].numpy(), factor, words), PAGE)
    dropped = (~shown.kept).sum(dim=(1, 2, 3)).tolist()
    st.markdown(t("dropout.count.train", n=shown.x.numel(), dropped=", ".join(map(str, dropped)), p=p, factor=factor)
                if spec.training else t("dropout.count.eval"))
    predict.compare(t, given, "larger", answers, t("dropout.why", p=p, left=round(1 - p, 2)), PAGE)
    if spec.seed == layer.TEXT_SEED:
        largest = float(shown.x.max())               # 0.799
        st.caption(t("dropout.text", left=round(1 - p, 2), value=number(largest / (1 - p))))
    foot.draw(t, "dropout", shown, t("dropout.formula"))
    with fold(t("dropout.mean.title"), f"{PAGE}.mean", ":material/functions:") as is_open:
        if is_open:
            _mean(t, spec, shown)
    with fold(t("dropout.whole.title"), f"{PAGE}.whole", ":material/grid_off:") as is_open:
        if is_open:
            _whole(t, spec)
    source.show(t, PAGE, layer.dropout, layer.averages)


def _mean(t: Text, spec: layer.DropoutSpec, shown: Dropped) -> None:
    """x beside the mean of more and more passes."""
    means = layer.averages(spec)
    distances = [t("dropout.mean.one", count=f"{n:,}", distance=number(float((mean - shown.x).abs().max()))) for n, mean in means.items()]
    st.markdown(t("dropout.mean.why", p=spec.p, distances=", ".join(distances)))
    row = [Grid("x", shown.x[0].numpy(), top=1), *(Grid(t("dropout.mean.of", count=f"{n:,}"), mean[0].numpy(), sign="≈", top=1)
                                                   for n, mean in means.items())]
    picture.show(grids(row, t("dropout.mean.alt")), f"{PAGE}.mean")


def _whole(t: Text, spec: layer.DropoutSpec) -> None:
    """Every sample's channels side by side, as (B·2, C·2)."""
    shown = layer.channels(spec)
    flat = [z.permute(0, 2, 1, 3).reshape(4, 8).numpy() for z in (shown.x, shown.y)]
    gone = int((shown.y.sum(dim=(2, 3)) == 0).sum())
    st.markdown(t("dropout.whole.why", p=spec.p, dropped=gone) if spec.training else t("dropout.whole.eval"))
    about, top = t("dropout.whole.about"), float(shown.y.max()) or 1.0
    picture.show(grids([Grid("x", flat[0], top=top, about=about), Grid("y", flat[1], figure.dropped(flat[1]), "→", top=top, about=about)],
                       t("dropout.whole.alt")), f"{PAGE}.whole")
