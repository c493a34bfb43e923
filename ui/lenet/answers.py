"""What the two copies answer: logits beside softmax, below or beside the picture that they were asked about."""

import streamlit as st

from content.text import Text
from core.look import Look, LookSpec
from figures import batch, logits
from ui import chart, picture, predict, say

GUESSES = ("even", "right", "wrong")


def asked(t: Text, seen: Look) -> None:
    """The picture as the networks get it."""
    words = t("lenet.drawn_alt") if seen.answer is None else t("lenet.input_alt", digit=seen.answer)
    picture.show(batch.one(seen.image.numpy(), words), "lenet.input")
    st.caption(" · ".join([t("lenet.input", shape="×".join(map(str, seen.image.shape))), *say.fitting(t, seen.fitting)]))


def draw(t: Text, seen: Look, spec: LookSpec, name: str) -> None:
    """The learner's guess, then both answers. name: of the copy that learned. Of a drawing nobody but the learner knows the digit."""
    options = {key: t(f"lenet.guess.{key}") for key in GUESSES}
    given = None
    if seen.answer is not None:
        given = predict.ask(t, spec, t("lenet.predict", digit=seen.answer), options, "lenet")
        if given is None:
            return
    classes = [str(d) for d in range(len(seen.fresh.logits))]
    groups = [(label, copy.logits.tolist(), copy.probs.tolist())
              for label, copy in ((t("lenet.fresh"), seen.fresh), (name, seen.trained))]
    chart.show(logits.bars(classes, groups, (t("lenet.logits"), t("lenet.softmax")), seen.answer), "lenet.bars", t("lenet.bars_alt"))
    top, said = float(seen.fresh.probs.max()), int(seen.trained.probs.argmax())
    facts = {"top": f"{top:.0%}", "guess": said, "sure": f"{float(seen.trained.probs.max()):.0%}"}
    if seen.answer is None:
        st.markdown(t("lenet.drawn_says", **facts))
        return
    truth = "even" if top < 0.3 else "right" if int(seen.fresh.probs.argmax()) == seen.answer else "wrong"
    why = t("lenet.why", **facts)
    if said != seen.answer and spec.picture == "real":
        why = say.together(t, why, t("lenet.why_wrong"))
    predict.compare(t, given, truth, options, why, "lenet")
