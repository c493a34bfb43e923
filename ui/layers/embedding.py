"""How does a number that stands for a word become a vector?"""

from functools import lru_cache

import streamlit as st

from content.text import Text
from core.layers import embedding as layer
from core.layers import tagger
from core.layers.embedding import EmbeddingSpec, Looked
from figures.curves import COLOURS
from figures.grids import Grid, grids
from figures.pixel import number
from figures.word_map import word_map
from ui import chart, controls, picture, predict, source
from ui.fold import fold
from ui.layers import foot
from ui.layers.tagger import Trained, trained

PAGE, LATER = "layers.embedding", ("pad_zero",)
FOUR = tuple(COLOURS[i] for i in (1, 0, 2, 3, 4, 5))


def draw(t: Text, spec: EmbeddingSpec) -> None:
    controls.control(PAGE, EmbeddingSpec, "pad_zero", t)
    found = layer.embedding(spec)
    given_to = tuple(found.shown.x.tolist())
    truth, rows = tuple(found.shown.y.shape), spec.num_embeddings
    shapes = dict.fromkeys(map(str, (truth, (len(given_to), rows), (rows, spec.embedding_dim), (len(given_to),))))
    facts = {"num": rows, "dim": spec.embedding_dim, "x": str(list(given_to)), "length": len(given_to)}
    said = predict.ask(t, (rows, spec.embedding_dim, given_to), t("embedding.predict", **facts), {one: one for one in shapes}, PAGE)
    if said is None:
        return
    picture.show(_picture(t, found, given_to), PAGE)
    st.markdown(t("embedding.equal", far=number(found.far), x=str(list(given_to))))
    predict.compare(t, said, str(truth), {one: one for one in shapes}, t("embedding.why", **facts), PAGE)
    foot.draw(t, "embedding", found.shown, t("embedding.formula"))
    with fold(t("embedding.grad.title"), f"{PAGE}.grad", ":material/south:") as is_open:
        if is_open:
            _grad(t, found, given_to, spec.pad_zero)
    with fold(t("embedding.map.title"), f"{PAGE}.map", ":material/scatter_plot:") as is_open:
        if is_open:
            _map(t, spec.seed)
    source.show(t, PAGE, layer.embedding, layer.read, tagger.word_map)


def _picture(t: Text, found: Looked, given: tuple[int, ...]) -> str:
    """One-hot rows times the weight matrix; every index has a colour, its row too."""
    colour = {index: FOUR[place % len(FOUR)] for place, index in enumerate(dict.fromkeys(given))}
    one_hot, weight, y = found.one_hot.numpy(), found.shown.module.weight.detach().numpy(), found.shown.y.numpy()
    columns, ones = range(weight.shape[1]), {(i, index): colour[index] for i, index in enumerate(given)}
    return grids([
        Grid("one-hot", one_hot, ones, signed=False, top=1.0, about=str(one_hot.shape)),
        Grid("weight", weight, {(index, c): colour[index] for index in colour for c in columns}, "@", signed=True, about=str(weight.shape)),
        Grid("y", y, {(i, c): colour[index] for i, index in enumerate(given) for c in columns}, "=", signed=True, about=str(y.shape)),
    ], t("embedding.alt"))


def _grad(t: Text, found: Looked, given: tuple[int, ...], pad_zero: bool) -> None:
    grad = found.grad.numpy()
    used = sorted({index for index in given if index or not pad_zero})
    lit = {(index, c): FOUR[1] for index in used for c in range(grad.shape[1])}
    row = [Grid("weight.grad", grad, lit, signed=True, about=str(grad.shape))]
    picture.show(grids(row, t("embedding.grad.alt")), f"{PAGE}.grad.picture")
    st.code("y.sum().backward()\nlayer.weight.grad")
    st.markdown(t("embedding.grad.read"))
    if pad_zero:
        st.markdown(t("embedding.grad.padding"))


def _map(t: Text, seed: int) -> None:
    """Where the tagger's words lie. Nothing is drawn before it was trained."""
    st.markdown(t("embedding.map.about", words=len(tagger.VOCABULARY), size=tagger.SIZE))
    found = trained(t, seed, f"{PAGE}.tagger")
    if found is None:
        st.info(t("embedding.map.empty"), icon=":material/info:")
        return
    figure, drawn = _figure(t, found)
    chart.show(figure, f"{PAGE}.map.chart", t("embedding.map.alt"))
    st.markdown(t("embedding.map.read", words=len(tagger.VOCABULARY), close=drawn.close, before=drawn.close_before,
                  share=f"{drawn.share:.0%}", size=tagger.SIZE, seed=found.seed))


@lru_cache(maxsize=16)
def _figure(t: Text, found: Trained) -> tuple[dict, tagger.WordMap]:
    kinds = tagger.kinds()
    drawn = tagger.word_map(found.model, found.seed)
    names = {kind: t(f"tagger.tag.{kind}") for kind in (*tagger.TAGS, tagger.EITHER)}
    axes = (t("embedding.map.first"), t("embedding.map.second"))
    return word_map(drawn.at.numpy(), list(kinds), list(kinds.values()), names, axes), drawn
