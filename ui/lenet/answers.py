"""What the two copies answer: logits beside softmax."""

import streamlit as st

from content.text import Text
from core.look import Look, LookSpec
from figures import batch, logits
from ui import chart, picture, predict, say

GUESSES = ("even", "right", "wrong")


def draw(t: Text, seen: Look, spec: LookSpec, name: str) -> None:
    """The picture, the learner's guess, then both answers. name: of the copy that learned."""
    left, words = st.columns([1, 3])
    with left:
        picture.show(batch.one(seen.image.numpy(), t("lenet.input_alt", digit=seen.answer)), "lenet.input")
        st.caption(" · ".join([t("lenet.input", shape="×".join(map(str, seen.image.shape))), *say.fitting(t, seen.fitting)]))
    with words:
        options = {key: t(f"lenet.guess.{key}") for key in GUESSES}
        given = predict.ask(t, spec, t("lenet.predict", digit=seen.answer), options, "lenet")
        if given is None:
            return
        classes = [str(d) for d in range(len(seen.fresh.logits))]
        groups = [(label, copy.logits.tolist(), copy.probs.tolist())
                  for label, copy in ((t("lenet.fresh"), seen.fresh), (name, seen.trained))]
        titles = (t("lenet.logits"), t("lenet.softmax"))
        chart.show(logits.bars(classes, groups, titles, seen.answer), "lenet.bars", t("lenet.bars_alt"))
    top = float(seen.fresh.probs.max())
    truth = "even" if top < 0.3 else "right" if int(seen.fresh.probs.argmax()) == seen.answer else "wrong"
    why = t("lenet.why", top=f"{top:.0%}", guess=int(seen.trained.probs.argmax()), sure=f"{float(seen.trained.probs.max()):.0%}")
    if int(seen.trained.probs.argmax()) != seen.answer and spec.picture == "real":
        why = say.together(t, why, t("lenet.why_wrong"))
    predict.compare(t, given, truth, options, why, "lenet")
