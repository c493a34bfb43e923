"""What do the copies look at? Three ways to ask which pixels count for one class."""

import numpy as np
import streamlit as st

from content.text import Text
from core import attribution
from core.look import Copy, Look
from figures import heat, pixel
from ui import box, picture, say
from ui.fold import fold

METHODS = ("saliency", "grad_cam", "occlusion")
ANSWER = "answer"                                    # the class that the trained copy says, whichever that is
SQUARE, STEP = 6, 2                                  # pixels: a stroke of a digit is hidden, and a redraw takes a few ms


def draw(t: Text, seen: Look, names: list[str]) -> None:
    """Under a fold, for it asks the networks many times; another method or class draws this part alone again. names: of the copies."""
    with fold(t("lenet.attention.title"), "lenet.attention", ":material/center_focus_weak:") as is_open:
        if is_open:
            st.fragment(_draw)(t, seen, names)


def _draw(t: Text, seen: Look, names: list[str]) -> None:
    said = int(seen.trained.logits.argmax())
    methods = {method: t(f"lenet.attention.method.{method}") for method in METHODS}
    classes = {ANSWER: t("lenet.attention.answer", name=names[1], digit=said), **{str(c): str(c) for c in range(len(seen.trained.logits))}}
    left, right = st.columns([3, 2])
    with left:
        method = st.segmented_control(t("lenet.attention.label.method"), METHODS, format_func=lambda key: methods.get(key, key),
                                      key="lenet.attention.method", required=True, wrap=True, persist_state="session", default=METHODS[0])
    with right:
        chosen = box.choose(t, t("lenet.attention.label.class"), classes, "lenet.attention.class", persist_state="session")
    target = said if chosen == ANSWER else int(chosen)
    layer, zero = _last_convolution(seen), "black" if seen.picture == "text" else "grey"
    margin = (SQUARE - STEP) / 2 if method == "occlusion" else 0           # a drop is painted in the middle of its square
    heats = [heat.Heat(title, _values(copy, method, target, layer), _about(t, copy, target), margin)
             for title, copy in zip(names, (seen.fresh, seen.trained), strict=True)]
    words = {"input": t("lenet.input_word"), "unit": t(f"lenet.attention.unit.{method}"), "zero": t("lenet.attention.zero"),
             "alt": t("lenet.attention.alt", method=methods[method], digit=target, left=names[0], right=names[1])}
    outlined = seen.picture != "text"                # noise has no outline but a maze
    picture.show(heat.beside(seen.image.numpy(), heats, method == "occlusion", words, outlined), "lenet.attention")
    facts = {"grad_cam": {"layer": f"`{layer}`", "size": " × ".join(map(str, heats[0].values.shape))},
             "occlusion": {"size": SQUARE, "step": STEP, "zero": t(f"lenet.attention.{zero}")}}
    st.markdown(t(f"lenet.attention.about.{method}", **facts.get(method, {})))
    st.caption(say.together(t, t("lenet.attention.scales"), t("lenet.attention.outline") if outlined else ""))


def _values(copy: Copy, method: str, target: int, layer: str) -> np.ndarray:
    """The heat of one copy. Grad-CAM's stays as coarse as the layer's maps, so that nobody takes it for finer than it is."""
    x = copy.traced.ops[0].x                         # (1, C, H, W), normalised
    match method:
        case "saliency":
            found = attribution.saliency(copy.model, x, target)
        case "grad_cam":
            found = attribution.grad_cam(copy.model, x, target, layer).coarse
        case "occlusion":
            found = attribution.occlusion(copy.model, x, target, SQUARE, STEP).logit_drop
    return found.numpy()


def _last_convolution(seen: Look) -> str:
    kernels = [name for name, parameter in seen.trained.model.named_parameters() if parameter.ndim == 4]
    return kernels[-1].removesuffix(".weight")


def _about(t: Text, copy: Copy, target: int) -> str:
    return t("lenet.attention.copy", logit=pixel.number(float(copy.logits[target])), prob=f"{float(copy.probs[target]):.0%}")
