"""The same five lines on LeNet-5: how large are weights, gradients and updates?"""

import math
from functools import lru_cache

import numpy as np
import streamlit as st

from content.text import Text
from core.models.lenet5 import LeNet5
from core.one_step import frame as frozen
from core.one_step import lenet as large
from core.one_step.frame import Frame, Tensor, lines, training_step
from core.one_step.lenet import KINDS, LAYERS, STEPS, LeNetSpec, Row, Run, weight_name
from figures import one_step_layers as figure
from figures.one_step import band
from figures.one_step_layers import Cell
from figures.pixel import number
from ui import controls, picture, place, predict, say, source
from ui.fold import fold
from ui.one_step import now, settings

PAGE, LATER = "step.lenet", ("optimizer", "lr", "forget", "in_batch", "moment")
LRS = {"sgd": 0.1, "momentum": 0.05, "adam": 0.002}  # with each the loss goes down from step to step
ASKED = "fc1"                                        # the layer with most parameters
SHARES = (10.0, 1.0, 0.1, 0.01, 0.001, 0.0001)       # an update as a part of its weights, to choose from
NOT_YET = "–"
LARGE = 0.2                                          # an update that is no small one any more
COLUMNS = {"conv1": 6, "conv2": 16}                  # kernels side by side; of conv2 a row for each input channel
MAPS = {"conv1": 6, "conv2": 8}                      # activation maps side by side
WRAPPED = {"fc1": 20, "fc2": 14, "fc3": 10}          # activations of a linear layer in a row


def draw(t: Text, spec: LeNetSpec) -> None:
    found = large.run(spec.optimizer, spec.lr, spec.forget)
    row = next(row for row in large.table(found.frames, len(frozen.PARTS)) if row.name == weight_name(ASKED))
    options = {f"{share:g}": _share(t, share) for share in SHARES}
    still = large.without_gradient(found.frames[len(frozen.PARTS)], row.name)
    facts = {"layer": ASKED, "lr": f"{spec.lr:g}", "update": number(row.update), "still": f"{100 * still:.0f}"}
    asked = t("step.lenet.predict", optimizer=t(f"options.optimizer.{spec.optimizer}"), count=f"{math.prod(row.shape):,}", **facts)
    given = predict.ask(t, (spec.optimizer, spec.lr), asked, options, PAGE)
    if given is None:
        settings.row(t, PAGE, LeNetSpec, LRS)
        return
    measured = t("step.lenet.why", weights=number(row.before), percent=number(100 * row.ratio), **facts)
    predict.beside(t, given, _nearest(row.ratio), options, measured, PAGE)
    place.walk(t, PAGE, LeNetSpec, "moment", len(found.frames), lambda at: _moment(t, spec, found, at))
    settings.row(t, PAGE, LeNetSpec, LRS)
    controls.row(PAGE, LeNetSpec, ("in_batch",), t, 2)
    st.markdown(say.together(t, t("step.lenet.large" if row.ratio > LARGE else "step.lenet.small"),
                             t(f"step.lenet.rule.{spec.optimizer}", gradient=number(row.gradient), **facts)))
    st.markdown(t("step.lenet.length"))
    st.caption(t("step.lenet.read"))
    if spec.forget:
        _accumulated(t, found)
    source.show(t, PAGE, training_step, frozen.record, frozen.freeze, frozen.forgetful, large.start, LeNet5)


def _share(t: Text, share: float) -> str:
    percent = f"{100 * share:g}"
    if share == SHARES[0]:
        return t("step.lenet.most", percent=percent)
    return t("step.lenet.least" if share == SHARES[-1] else "step.lenet.share", percent=percent)


def _nearest(ratio: float) -> str:
    """The choice that is nearest on a scale of powers."""
    return f"{min(SHARES, key=lambda share: abs(math.log(share / max(ratio, 1e-9)))):g}"


def _moment(t: Text, spec: LeNetSpec, found: Run, at: int) -> None:
    frame, words = found.frames[at], {"handed": t("step.handed"), "program": t("step.lenet.program")}
    now.tell(t, PAGE, band(lines(), frame.part, spec.forget, words), (1, 1.5), frame, STEPS, spec.forget)
    picture.show(_picture(t, spec.optimizer, spec.lr, spec.forget, spec.in_batch, at), PAGE)
    with fold(t("step.lenet.table"), f"{PAGE}.table", ":material/table:") as is_open:
        if is_open:
            st.markdown("\n".join([t("step.lenet.head"), *(_row(row) for row in large.table(found.frames, at))]))


@lru_cache(maxsize=64)
def _picture(t: Text, optimizer: str, lr: float, forget: bool, sample: int, at: int) -> str:
    """Twenty maps, the same for everybody who stands here."""
    found, tops = large.run(optimizer, lr, forget), _tops(optimizer, lr, forget)
    frame, updates = found.frames[at], frozen.moved(found.frames, at)
    kinds = {"weights": frame.weights, "grads": frame.grads, "updates": updates or {}}
    rows = {layer: [*(_map(frame, layer, kind, values.get(weight_name(layer)), tops[kind, layer]) for kind, values in kinds.items()),
                    _activation(frame, layer, sample, tops["outputs", layer])] for layer in LAYERS}
    words = {"alt": t("step.lenet.alt"), **now.legend(t), **{kind: t(f"step.lenet.{kind}") for kind in KINDS},
             "said": t("step.lenet.said", i=sample, y=int(found.y[sample]), guess=_guess(t, frame, sample)),
             "loss": t("step.loss", loss=number(frame.loss["loss"].item())) if frame.loss else t("step.no_loss")}
    return figure.picture(_digits(found), sample, rows, "loss" in frame.changed, words)


def _guess(t: Text, frame: Frame, sample: int) -> str:
    """The most probable digit, once there are logits."""
    if not frame.outputs:
        return NOT_YET
    probs = frame.outputs["fc3"][sample].softmax(0)
    return t("step.lenet.guess", digit=int(probs.argmax()), p=number(float(probs.max())))


def _map(frame: Frame, layer: str, kind: str, values: Tensor | None, top: float) -> Cell:
    """Kernels as tiles, a matrix as it is. An update stays in sight until the next one, pale."""
    if values is None:
        return Cell(None, top, "None" if kind == "grads" else NOT_YET, kind in frame.changed)
    shown = values.numpy()
    if shown.ndim == 4:
        shown = shown.transpose(1, 0, 2, 3).reshape(-1, *shown.shape[2:])  # (out, in, K, K) -> (in·out, K, K)
    new = frame.part == "step" if kind == "updates" else kind in frame.changed
    return Cell(shown, top, f"‖·‖ {number(float(values.norm()))}", new, kind == "updates" and not new, COLUMNS.get(layer, 0))


def _activation(frame: Frame, layer: str, sample: int, top: float) -> Cell:
    if not frame.outputs:
        return Cell(None, top, NOT_YET)
    values = frame.outputs[layer][sample].numpy()
    shown, about = values if values.ndim == 3 else values.reshape(-1, WRAPPED[layer]), " × ".join(map(str, values.shape))
    return Cell(shown, top, about, "outputs" in frame.changed, frame.part == "zero_grad", MAPS.get(layer, 0))


@lru_cache(maxsize=32)
def _tops(optimizer: str, lr: float, forget: bool) -> dict[tuple[str, str], float]:
    """The end of each colour scale, the same in all frames, so that they can be compared; a hundredth of the numbers lies beyond it."""
    frames, tops = large.run(optimizer, lr, forget).frames, {}
    updates = [frozen.moved(frames, at) for at, frame in enumerate(frames) if frame.part == "step"]
    for layer in LAYERS:
        name = weight_name(layer)
        every = {"weights": [frame.weights[name] for frame in frames if frame.part in (frozen.START, "step")],
                 "grads": [frame.grads[name] for frame in frames if frame.part == "backward"],
                 "updates": [update[name] for update in updates],
                 "outputs": [frame.outputs[layer] for frame in frames if frame.part == "forward"]}
        tops |= {(kind, layer): max(float(values.abs().quantile(0.99)) for values in found) or 1.0 for kind, found in every.items()}
    return tops


def _digits(run: Run) -> np.ndarray:
    """(B, 28, 28) uint8: the batch as pictures again."""
    x = run.x[:, 0]                                  # (B, 1, 28, 28) -> (B, 28, 28)
    return ((x - x.min()) / (x.max() - x.min()) * 255).round().byte().numpy()


def _row(row: Row) -> str:
    ratio = NOT_YET if row.ratio is None else f"{number(100 * row.ratio)} %"
    cells = [number(row.weight), "`None`" if row.gradient is None else number(row.gradient),
             NOT_YET if row.update is None else number(row.update), ratio]
    return f"| `{row.name}` | {' × '.join(map(str, row.shape))} | {' | '.join(cells)} |"


def _accumulated(t: Text, found: Run) -> None:
    """Without zero_grad: the gradient's length after each backward(), beside what that call alone found."""
    name = weight_name(ASKED)
    rows = [f"| {frame.step} | {number(float(large.alone(frame, found)[name].norm()))} | {number(float(frame.grads[name].norm()))} |"
            for frame in found.frames if frame.part == "backward"]
    st.markdown(t("step.lenet.forgot", name=name))
    st.markdown("\n".join([t("step.lenet.forgot_head"), *rows]))
