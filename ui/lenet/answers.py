"""What the two copies answer: logits beside softmax, below or beside the picture that they were asked about."""

import streamlit as st

from content.text import Text
from core.look import Look, LookSpec
from figures import batch, logits
from ui import chart, picture, predict, say

GUESSES = ("even", "right", "wrong")


def asked(t: Text, seen: Look) -> None:
    """The picture as the networks get it."""
    words = t(f"lenet.{seen.picture}_alt") if seen.answer is None else t("lenet.input_alt", digit=seen.answer)
    picture.show(batch.one(seen.image.numpy(), words), "lenet.input")
    st.caption(" · ".join([t("lenet.input", shape="×".join(map(str, seen.image.shape))), *say.fitting(t, seen.fitting)]))


def draw(t: Text, seen: Look, spec: LookSpec, names: list[str]) -> None:
    """The learner's guess, then both answers. names: of the copies. Of a drawing nobody but the learner knows the digit; noise has none."""
    options = {key: t(f"lenet.guess.{key}") for key in GUESSES}
    given = None
    if seen.answer is not None:
        given = predict.ask(t, spec, t("lenet.predict", digit=seen.answer, fresh=names[0]), options, "lenet")
        if given is None:
            return
    classes = [str(d) for d in range(len(seen.fresh.logits))]
    groups = [(name, copy.logits.tolist(), copy.probs.tolist()) for name, copy in zip(names, (seen.fresh, seen.trained), strict=True)]
    chart.show(logits.bars(classes, groups, (t("lenet.logits"), t("lenet.softmax")), seen.answer), "lenet.bars", t("lenet.bars_alt"))
    top, said = float(seen.fresh.probs.max()), int(seen.trained.probs.argmax())
    facts = {"fresh": names[0], "top": f"{top:.0%}", "guess": said, "sure": f"{float(seen.trained.probs.max()):.0%}"}
    if seen.answer is None:
        st.markdown(t(f"lenet.{seen.picture}_says", **facts))
        return
    truth = "even" if top < 0.3 else "right" if int(seen.fresh.probs.argmax()) == seen.answer else "wrong"
    why = t("lenet.why", **facts)
    if said != seen.answer and seen.picture == "real" and seen.dataset == "mnist":
        why = say.together(t, why, t("lenet.why_wrong"))
    predict.compare(t, given, truth, options, why, "lenet")


def raw(seen: Look, names: list[str]) -> None:
    """The raw outputs as Python prints them, to be held beside the text's own."""
    printed = [f">>> net(x)  # {name}\n{copy.logits.unsqueeze(0)}" for name, copy in zip(names, (seen.fresh, seen.trained), strict=True)]
    st.code("\n".join(printed), language=None, wrap_lines=True)
