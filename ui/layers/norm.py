"""What does a normalisation layer do?"""

import statistics
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.layers import norm as layer
from core.layers.norm import Normed, NormSpec
from figures import norm as figure
from figures.pixel import number
from ui import controls, picture, predict, source
from ui.fold import fold
from ui.layers import foot

PAGE, LATER = "layers.norm", ("batches_seen", "num_groups")         # drawn here, where the layer has a use for them
TOGETHER = {"BatchNorm1d": "per_channel", "BatchNorm2d": "per_channel", "LayerNorm": "per_row", "GroupNorm": "per_group"}
ANSWERS = ("per_channel", "per_row", "per_group", "whole")


def draw(t: Text, spec: NormSpec) -> None:
    more = {"GroupNorm": "num_groups", "LayerNorm": ""}.get(spec.norm, "batches_seen")
    if more:
        with st.columns(2)[0]:
            controls.control(PAGE, NormSpec, more, t)
    shown, written, truth = layer.norm(spec), layer.written(spec), TOGETHER[spec.norm]
    answers = {key: t(f"norm.together.{key}") for key in ANSWERS}
    rest = ", ".join(map(str, shown.x.shape[1:]))
    given = predict.ask(t, spec.norm, t("norm.predict", layer=written, rest=rest), answers, PAGE)
    if given is None:
        return
    picture.show(_picture(t, spec), PAGE)
    st.markdown(_sum(t, shown))
    st.markdown(_table(t, shown))
    st.markdown(t(f"norm.mode.{_mode(spec)}", batches=spec.batches_seen, share=f"{100 * (1 - 0.9**spec.batches_seen):.0f}"))
    predict.compare(t, given, truth, answers, t(f"norm.why.{truth}", layer=written, count=spec.num_groups), PAGE)
    if layer.is_text(spec) and spec.training:
        st.caption(t("norm.text"))
    if spec.samples == 1 and spec.norm.startswith("Batch"):
        st.caption(t("norm.alone"))
    foot.draw(t, "norm", shown, t("norm.formula"))
    with fold(t("norm.running.title"), f"{PAGE}.running", ":material/history:") as is_open:
        if is_open:
            st.markdown(_running(t, shown) if spec.norm.startswith("Batch") else t("norm.running.none"))
    with fold(t("norm.lr.title"), f"{PAGE}.lr", ":material/speed:") as is_open:
        if is_open:
            st.markdown(_higher_lr(t))
    source.show(t, PAGE, layer.norm, layer.groups, layer.moments)


@lru_cache(maxsize=64)
def _picture(t: Text, spec: NormSpec) -> str:
    shown = layer.norm(spec)
    x, y = (z.reshape(*z.shape[:2], *(z.shape[2:] if z.ndim == 4 else (1, 4))).numpy() for z in (shown.x, shown.y))
    about = {key: t("norm.about", shape=str(tuple(z.shape)), mean=mean) for key, z, mean in (
        ("about_before", shown.x, f"{float(shown.x.mean()):.4f}"), ("about_after", shown.y, number(float(shown.y.mean()))))}
    words = {"before": t("norm.before"), "after": t("norm.after"), "sample": t("norm.sample"), "hover": t("norm.hover"), **about}
    return figure.before_after(x, y, shown.group.numpy(), words | {"alt": t("norm.alt")})


def _sum(t: Text, shown: Normed) -> str:
    """The first number of x, which belongs to the first group."""
    values = {"x": shown.x.flatten()[0], "mean": shown.used_mean[0], "var": shown.used_var[0], "y": shown.y.flatten()[0]}
    return t("norm.sum", **{name: f"{float(value):.4f}".replace("-", "−") for name, value in values.items()})


def _table(t: Text, shown: Normed) -> str:
    """A line for each group; in eval with what BatchNorm remembers of it."""
    remembered = [] if shown.used_mean is shown.mean else [shown.used_mean, shown.used_var]
    columns = [shown.mean, shown.var, *remembered, shown.mean_after, shown.var_after]
    rows = zip(figure.LETTERS, *(column.tolist() for column in columns), strict=False)
    return "\n".join([t("norm.head_eval") if remembered else t("norm.head"),
                      *(f"| **{letter}** | {' | '.join(map(number, row))} |" for letter, *row in rows)])


def _mode(spec: NormSpec) -> str:
    if not spec.norm.startswith("Batch"):
        return "same"
    return "train" if spec.training else "eval" if spec.batches_seen else "new"


def _running(t: Text, shown: Normed) -> str:
    rows = [f"| {i} | {' | '.join(map(number, vars(met).values()))} |" for i, met in enumerate(shown.met, 1)]
    return "\n".join([t("norm.running.why"), t("norm.running.head"), *rows])


def _higher_lr(t: Text) -> str:
    facts = {name: layer.TRIED_WITH[name] for name in ("momentum", "batch_size", "epochs")}
    rows = [f"| {lr:g} | {_band(plain)} | {_band(with_norm)} |" for lr, (plain, with_norm) in layer.TRIED.items()]
    return "\n".join([t("norm.lr.why", **facts), t("norm.lr.head"), *rows, "", t("norm.lr.so")])


def _band(tried: tuple[float, ...]) -> str:
    low, middle, high = (f"{100 * share:.1f}" for share in (min(tried), statistics.median(tried), max(tried)))
    return f"{low} · **{middle}** · {high}"
