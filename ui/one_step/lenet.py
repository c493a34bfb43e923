"""The same five lines on LeNet-5: how large are weights, gradients and updates?"""

from functools import lru_cache

import numpy as np
import streamlit as st

from content.text import Text
from core.models.lenet5 import LeNet5
from core.one_step import frame as frozen
from core.one_step import lenet as large
from core.one_step.frame import lines, training_step
from core.one_step.lenet import LAYERS, STEPS, LeNetSpec, Run, weight_name
from figures import one_step_layers as figure
from figures.one_step_layers import Cell
from figures.pixel import number
from ui import picture, place, predict, source
from ui.fold import fold
from ui.one_step import now

PAGE, LATER = "step.lenet", ("moment",)
ASKED = "fc1"                                        # the layer with most parameters
SHARES = (1.0, 0.1, 0.01, 0.001, 0.0001)             # an update as a part of its weights, to choose from
COLUMNS = {"conv1": 6, "conv2": 16}                  # kernels side by side; of conv2 a row for each input channel


def draw(t: Text, spec: LeNetSpec) -> None:
    found = large.run(spec.optimizer, spec.lr, spec.forget)
    row = next(row for row in large.table(found.frames, 5) if row.name == weight_name(ASKED))
    options = {f"{share:g}": t("step.lenet.share", percent=f"{100 * share:g}") for share in SHARES}
    truth = f"{min(SHARES, key=lambda share: abs(np.log(share / max(row.ratio, 1e-9)))):g}"
    facts = {"layer": ASKED, "count": f"{np.prod(row.shape):,}", "optimizer": t(f"options.optimizer.{spec.optimizer}"), "lr": f"{spec.lr:g}"}
    given = predict.ask(t, (spec.optimizer, spec.lr), t("step.lenet.predict", **facts), options, PAGE)
    if given is None:
        return
    place.walk(t, PAGE, LeNetSpec, "moment", len(found.frames), lambda at: _moment(t, spec, found, at))
    why = t("step.lenet.why", weights=number(row.weight), update=number(row.update), percent=number(100 * row.ratio), **facts)
    predict.compare(t, given, truth, options, why, PAGE)
    st.caption(t("step.lenet.read"))
    if spec.forget:
        _accumulated(t, found)
    source.show(t, PAGE, training_step, frozen.record, frozen.freeze, frozen.forgetful, large.start, LeNet5)


def _moment(t: Text, spec: LeNetSpec, found: Run, at: int) -> None:
    frame, program = found.frames[at], lines()
    now.say(t, frame, STEPS, spec.forget, program)
    picture.show(_picture(t, spec, at), PAGE)
    with fold(t("step.lenet.table"), f"{PAGE}.table", ":material/table:") as is_open:
        if is_open:
            st.markdown("\n".join([t("step.lenet.head"), *(_row(row) for row in large.table(found.frames, at))]))


@lru_cache(maxsize=64)
def _picture(t: Text, spec: LeNetSpec, at: int) -> str:
    """Twenty maps, the same for everybody who stands here."""
    found, program = large.run(spec.optimizer, spec.lr, spec.forget), lines()
    frame, updates = found.frames[at], frozen.moved(found.frames, at)
    kinds = {"weights": frame.weights, "grads": frame.grads, "updates": updates or {}}
    rows = {}
    for layer in LAYERS:
        name = weight_name(layer)
        cells = [_map(layer, kind, values.get(name), _tops(spec)[kind, layer], kind in frame.changed or kind == "updates" and frame.part == "step",
                      stale=kind == "updates" and frame.part != "step") for kind, values in kinds.items()]
        rows[layer] = [*cells, _activation(spec, found, layer, at)]
    said = t("step.lenet.said", i=spec.in_batch, y=int(found.y[spec.in_batch]), guess=_guess(t, frame, spec.in_batch))
    loss = t("step.loss", loss=number(frame.loss["loss"].item())) if frame.loss else t("step.no_loss")
    words = {"loss": loss, "said": said, "none": "None", "alt": t("step.lenet.alt"), **{kind: t(f"step.lenet.{kind}") for kind in large.KINDS}}
    return figure.picture(program, frame.part, spec.forget, _digits(found), spec.in_batch, rows, "loss" in frame.changed, words)


def _guess(t: Text, frame: frozen.Frame, sample: int) -> str:
    """The most probable digit, once there are logits."""
    if not frame.outputs:
        return "–"
    probs = frame.outputs["fc3"][sample].softmax(0)
    return t("step.lenet.guess", digit=int(probs.argmax()), p=number(float(probs.max())))


def _map(layer: str, kind: str, values: frozen.Tensor | None, top: float, new: bool, stale: bool) -> Cell:
    """Kernels as tiles, a matrix as it is, the longer side across."""
    if values is None:
        return Cell(None, top, "")
    shown = values.numpy()
    if shown.ndim == 4:
        shown = shown.transpose(1, 0, 2, 3).reshape(-1, *shown.shape[2:])  # (out, in, K, K) -> (in·out, K, K)
    about = f"‖·‖ {number(float(values.norm()))}"
    return Cell(shown, top, about, new, stale, COLUMNS.get(layer, 0))


def _activation(spec: LeNetSpec, found: Run, layer: str, at: int) -> Cell:
    frame, top = found.frames[at], _tops(spec)["outputs", layer]
    if not frame.outputs:
        return Cell(None, top, "")
    values = frame.outputs[layer][spec.in_batch].numpy()
    shown = values if values.ndim == 3 else values.reshape({"fc1": 6, "fc2": 6, "fc3": 1}[layer], -1)
    return Cell(shown, top, " × ".join(map(str, values.shape)), "outputs" in frame.changed, frame.part == "zero_grad", 8 if layer == "conv2" else 6)


@lru_cache(maxsize=32)
def _scales(optimizer: str, lr: float, forget: bool) -> dict[tuple[str, str], float]:
    """The end of each colour scale, the same in all frames, so that they can be compared."""
    frames, tops = large.run(optimizer, lr, forget).frames, {}
    for layer in LAYERS:
        name = weight_name(layer)
        every = {"weights": [f.weights[name] for f in frames if "weights" in f.changed], "grads": [f.grads[name] for f in frames],
                 "updates": [(frozen.moved(frames, at) or {}).get(name) for at, f in enumerate(frames) if f.part == "step"],
                 "outputs": [f.outputs.get(layer) for f in frames if "outputs" in f.changed]}
        tops |= {(kind, layer): max(float(v.abs().max()) for v in values if v is not None) or 1.0 for kind, values in every.items()}
    return tops


def _tops(spec: LeNetSpec) -> dict[tuple[str, str], float]:
    return _scales(spec.optimizer, spec.lr, spec.forget)


def _digits(run: Run) -> np.ndarray:
    """(B, 28, 28) uint8: the batch as pictures again."""
    x = run.x[:, 0]                                  # (B, 1, 28, 28) -> (B, 28, 28)
    return ((x - x.min()) / (x.max() - x.min()) * 255).round().byte().numpy()


def _row(row: large.Row) -> str:
    ratio = "–" if row.ratio is None else f"{number(100 * row.ratio)} %"
    cells = [number(row.weight), *("`None`" if value is None else number(value) for value in (row.gradient, row.update)), ratio]
    return f"| `{row.name}` | {' × '.join(map(str, row.shape))} | {' | '.join(cells)} |"


def _accumulated(t: Text, found: Run) -> None:
    """Without zero_grad: the gradient's length after each backward(), beside what that call alone found."""
    name = weight_name(ASKED)
    rows = [f"| {frame.step} | {number(float(large.alone(frame, found)[name].norm()))} | {number(float(frame.grads[name].norm()))} |"
            for frame in found.frames if frame.part == "backward"]
    st.markdown("\n".join([t("step.lenet.forgot", name=name), "", t("step.lenet.forgot_head"), *rows]))
