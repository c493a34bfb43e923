"""Which word looks at which? Attention weights as heat maps, one of them computed by hand; and folds for what is built around it."""

import numpy as np
import streamlit as st

from content.text import Text
from core.layers import transformer as layer
from core.layers.sorter import Sorter
from core.layers.transformer import EMBED, Attended, TransformerSpec
from figures import attention as figure
from figures.pixel import added, factor, number
from ui import controls, picture, place, predict, say, source
from ui.fold import fold
from ui.layers import foot, sorter, stack

PAGE = "layers.transformer"
PLACES, ALONE = 12, 84                               # columns of the positional encoding; a cell's side where there is one map
LATER = ("seed", "head", "query", "key", "task", "sequence", "d_model", "nhead", "dim_feedforward", "num_layers", "norm_first")


def draw(t: Text, spec: TransformerSpec) -> None:
    found = layer.attend(spec)
    question = t("transformer.predict_causal") if spec.causal else t("transformer.predict")
    options = {answer: t(f"transformer.answer.{answer}") for answer in ("one", "share", "varies")}
    given = predict.ask(t, spec.causal, question, options, PAGE)
    if given is None:
        return
    st.caption(t("transformer.untrained"))
    drawn, chosen = st.container(), {"head": int(spec.heads), "query": len(found.words), "key": len(found.words)}
    *places, last = st.columns(len(chosen) + 1)
    for column, name in zip(places, chosen, strict=True):
        with column:
            chosen[name] = place.choose(t, PAGE, name, chosen[name])
    with last:
        controls.control(PAGE, TransformerSpec, "seed", t)
    head, query, key = chosen.values()
    with drawn:
        _maps(t, found, head, query, key)
    st.markdown(_sum(t, found, head, query, key))
    why = t("transformer.why_causal") if spec.causal else t("transformer.why", total=number(float(found.weights[head, query].sum())))
    predict.compare(t, given, "one", options, why, PAGE)
    if len(set(found.words)) < len(found.words):
        st.markdown(t("transformer.twice_placed") if spec.positions else t("transformer.twice_causal") if spec.causal
                    else t("transformer.twice"))
    foot.draw(t, "transformer", found.shown, t("transformer.formula", weights=str((1, *found.weights.shape))))
    with fold(t("transformer.places.title"), f"{PAGE}.places", ":material/waves:") as is_open:
        if is_open:
            _places(t)
    with fold(t("stack.title"), f"{PAGE}.stack", ":material/layers:") as is_open:
        if is_open:
            stack.draw(t, spec)
    with fold(t("sorter.title"), f"{PAGE}.sorter", ":material/model_training:") as is_open:
        if is_open:
            sorter.draw(t, spec)
    source.show(t, PAGE, layer.by_hand, layer.encoding, Sorter)


def _maps(t: Text, found: Attended, head: int, query: int, key: int) -> None:
    """One heat map per head; the chosen cell is framed in its head."""
    weights, hidden = found.weights.numpy(), np.isneginf(found.scores.numpy())
    row = [figure.Map(t("transformer.head", head=i), np.where(hidden[i], np.nan, weights[i]), (query, key) if i == head else None)
           for i in range(len(weights))]
    words = {name: t(f"transformer.{name}") for name in ("rows", "columns", "alt")}
    picture.show(figure.maps(row, found.words, found.words, words, largest=ALONE if len(row) == 1 else figure.LARGEST), PAGE)


def _sum(t: Text, found: Attended, head: int, query: int, key: int) -> str:
    """The cell's way: q · k, divided by √d, and its share of the row."""
    q, k, scores = found.q[head, query].tolist(), found.k[head, key].tolist(), found.scores[head, query].tolist()
    weight, d = float(found.weights[head, query, key]), len(q)
    names = {"asks": say.plain(found.words[query]), "asked": say.plain(found.words[key])}
    if scores[key] == float("-inf"):
        return t("transformer.hidden", **names)
    products = added([f"{number(a)} · {factor(b)}" for a, b in zip(q, k, strict=True)])
    powers = [number(float(np.exp(score))) for score in scores if score != float("-inf")]
    return t("transformer.sum", **names, products=products, d=d, dot=number(scores[key] * d**0.5), score=number(scores[key]),
             power=number(float(np.exp(scores[key]))), powers=" + ".join(powers), weight=number(weight))


def _places(t: Text) -> None:
    """A column for each place, so that the waves run from left to right."""
    st.markdown(t("transformer.places.about", numbers=EMBED))
    rows = [f"{name} {i}" for i in range(EMBED // 2) for name in ("sin", "cos")]
    words = {name: t(f"transformer.places.{name}") for name in ("rows", "columns", "alt")}
    drawn = figure.Map(t("transformer.places.name"), layer.encoding(PLACES, EMBED).numpy().T)
    picture.show(figure.maps([drawn], rows, [str(place) for place in range(PLACES)], words, top=1, signed=True), f"{PAGE}.places.picture")
