"""How wrong is the network, and which gradient does training start from?"""

import streamlit as st

from content.text import Text
from core.fields import rules
from core.layers import loss as layer
from core.layers import loss_facts as facts
from core.layers.loss import CRITERIA, Loss, LossSpec
from figures import slopes
from figures.pixel import factor, number
from ui import chart, controls, predict, source
from ui.fold import fold
from ui.layers import foot

PAGE = "layers.loss"
LATER = tuple(name for name in rules(LossSpec) if name != "criterion")     # which of them count depends on the criterion


def draw(t: Text, spec: LossSpec) -> None:
    kind = CRITERIA[spec.criterion]
    options = {key: t(f"loss.{key}") for key in ("grows", "levels", "fades")}
    given = predict.ask(t, spec.criterion, t("loss.predict", name=kind.name), options, PAGE)
    if given is None:
        return
    names = (kind.moved, *kind.others)
    controls.row(PAGE, LossSpec, names, t)
    found = layer.loss(spec)
    _curve(t, spec, found)
    st.markdown(t("loss.read", formula=_by_hand(spec, found), slope=_four(found.slope)))
    if spec.criterion == "cross_entropy" and spec.score == 0:
        st.caption(t("loss.start", classes=spec.classes, start=_four(facts.start_by_hand(spec.classes))))
    predict.compare(t, given, layer.far_says(spec.criterion), options, t(f"loss.why.{spec.criterion}"), PAGE)
    foot.draw(t, "loss", found.shown, t("loss.formula"))
    _two_ways(t, spec)
    _softmax_before(t)
    _reduction(t)
    source.show(t, PAGE, layer.loss, layer.curve, layer.inputs, facts.overflow)


def _curve(t: Text, spec: LossSpec, found: Loss) -> None:
    kind, drawn = CRITERIA[spec.criterion], layer.curve(spec)
    at, value = getattr(spec, kind.moved), float(found.shown.y)
    x_axis = t("loss.axis.cross_entropy") if spec.criterion == "cross_entropy" else t(f"loss.axis.{kind.moved}")
    words = {"x": x_axis, "y": t("loss.y"), "value": t("loss.value"), "slope": t("loss.slope"), "mark": t("loss.mark")}
    chart.show(slopes.chart(drawn.x.numpy(), drawn.y.numpy(), drawn.slope.numpy(), (at, value, found.slope), words,
                            mark=spec.target if "target" in kind.others else None),
               PAGE, t("loss.alt", name=kind.name, at=number(at), value=_four(value), slope=_four(found.slope)))


def _by_hand(spec: LossSpec, found: Loss) -> str:
    """The formula with its numbers, up to the loss."""
    loss, at = f"**{_four(float(found.shown.y))}**", getattr(spec, CRITERIA[spec.criterion].moved)
    error, limit = at - spec.target, number(spec.threshold)
    size = number(abs(error))
    match spec.criterion:
        case "mse":
            return f"(ŷ − y)² = ({number(at)} − {factor(spec.target)})² = {loss}"
        case "l1":
            return f"|ŷ − y| = |{number(at)} − {factor(spec.target)}| = {loss}"
        case "smooth_l1" if abs(error) < spec.threshold:
            return f"½ · (ŷ − y)² / beta = ½ · {size}² / {limit} = {loss}"
        case "smooth_l1":
            return f"|ŷ − y| − ½ · beta = {size} − ½ · {limit} = {loss}"
        case "huber" if abs(error) <= spec.threshold:
            return f"½ · (ŷ − y)² = ½ · {size}² = {loss}"
        case "huber":
            return f"delta · (|ŷ − y| − ½ · delta) = {limit} · ({size} − ½ · {limit}) = {loss}"
        case "cross_entropy":
            return f"−z + ln(eᶻ + {spec.classes - 1} · e⁰) = {number(-at)} + ln(e^{factor(at)} + {spec.classes - 1}) = {loss}"
        case "nll":
            return f"−log p = −({number(at)}) = {loss}"
        case "bce":
            return f"−ln p = −ln {number(at)} = {loss}" if spec.label == "1" else f"−ln(1 − p) = −ln(1 − {number(at)}) = {loss}"
        case _:
            sign = "−" if spec.label == "1" else ""
            return f"ln(1 + e^({sign}z)) = ln(1 + e^{factor(-at if sign else at)}) = {loss}"


def _four(value: float) -> str:
    """Four digits, so that ln(10) reads 2.303."""
    return f"{value + 0.0:.4g}".replace("-", "−")


def _two_ways(t: Text, spec: LossSpec) -> None:
    """log_softmax + NLL is cross-entropy; and why nobody should write log_softmax by hand."""
    with fold(t("loss.equal.title"), f"{PAGE}.equal", ":material/equal:") as is_open:
        if not is_open:
            return
        found = facts.equal()
        st.markdown(t("loss.equal.text", logits=_listed(found.logits.tolist()), log_probs=_listed(found.log_probs.tolist()),
                      first=number(float(found.log_probs[0])), nll=f"{found.nll:.7f}", cross_entropy=f"{found.cross_entropy:.7f}",
                      difference=number(abs(found.nll - found.cross_entropy))))
        controls.control(PAGE, LossSpec, "large", t)
        seen = facts.overflow(spec.large)
        rows = zip(*(column.tolist() for column in (seen.logits, seen.exp, seen.by_sum, seen.by_ratio, seen.stable)), strict=True)
        head = "| z | eᶻ | z − ln Σ eᶻ | ln(eᶻ / Σ eᶻ) | F.log_softmax(z) |\n|---|---|---|---|---|"
        st.markdown("\n".join([head, *("| " + " | ".join(map(_value, row)) + " |" for row in rows)]))
        st.markdown(t("loss.equal.overflow"))


def _softmax_before(t: Text) -> None:
    with fold(t("loss.floor.title"), f"{PAGE}.floor", ":material/vertical_align_bottom:") as is_open:
        if not is_open:
            return
        rows = [f"| {floor.classes} | {floor.start:.3f} | {floor.lowest:.3f} |" for floor in facts.floors()]
        st.markdown("\n".join([t("loss.floor.head"), *rows]))
        st.markdown(t("loss.floor.text"))


def _reduction(t: Text) -> None:
    with fold(t("loss.reduction.title"), f"{PAGE}.reduction", ":material/functions:") as is_open:
        if not is_open:
            return
        found = facts.reduced()
        rows = [f'| `reduction="none"` | {_listed(found.none.tolist())} |', f'| `reduction="sum"` | {number(found.sum)} |',
                f'| `reduction="mean"` | {number(found.mean)} |', f"| `torch.linalg.vector_norm` | {number(found.norm)} |"]
        st.markdown("\n".join([t("loss.reduction.head"), *rows]))
        st.markdown(t("loss.reduction.text"))


def _value(value: float) -> str:
    """Not a number is what PyTorch calls nan."""
    return "**nan**" if value != value else f"**{number(value)}**" if abs(value) == float("inf") else number(value)


def _listed(values: list[float]) -> str:
    return ", ".join(map(number, values))
