"""In what form do pictures reach a network? One batch as a grid, its shape, and the class counts."""

import streamlit as st

from content.text import Text
from core.data.imageset import ImageSet
from core.images import to_tensor
from core.loading import Batch, BatchSpec, batch
from figures import batch as figure
from ui import chart, controls, picture, predict, source
from ui.data import current
from ui.fold import deeper
from ui.link import key_of

PAGE = "data.batches"


def names(t: Text, key: str, classes: tuple[str, ...]) -> list[str]:
    """Class names in the reader's language; digits are digits."""
    return [t(f"classes.{key}.{i}") if t.has(f"classes.{key}.{i}") else name for i, name in enumerate(classes)]


def draw(t: Text, spec: BatchSpec) -> None:
    data = current.pictures(t)
    drawn = batch(data, _numbered(t, spec, len(data)))
    words = names(t, current.dataset(), data.classes)
    labels = [words[i] for i in drawn.labels.tolist()]
    hovers = [t("data.hover", label=label, index=index) for label, index in zip(labels, drawn.indices.tolist(), strict=True)]
    picture.show(figure.grid(drawn.images.numpy(), labels, hovers, t("data.grid_alt")), "data.grid")
    _shape(t, tuple(drawn.images.shape))
    st.caption(current.about(t))
    with deeper(t, PAGE) as is_open:
        if is_open:
            _class_counts(t, data, words, drawn)
    source.show(t, PAGE, ImageSet, batch, to_tensor)


def _numbered(t: Text, spec: BatchSpec, images: int) -> BatchSpec:
    """With the number of a batch that there is."""
    last, key = -(-images // spec.batch_size), key_of(PAGE, "number")
    if st.session_state[key] > last:
        st.session_state[key] = last
        st.caption(t("data.last", last=f"{last:,}"))
    st.number_input(t("data.number", last=f"{last:,}"), 1, last, key=key, help=t("data.number_help"), persist_state="session", width=260)
    return controls.read(PAGE, BatchSpec)


def _shape(t: Text, shape: tuple[int, int, int, int]) -> None:
    size, channels, high, wide = shape
    shapes = [(size, channels, high, wide), (size, high, wide, channels), (channels, high, wide), (size, channels * high * wide)]
    options = {str(shape): str(shape) for shape in sorted(set(shapes))}
    given = predict.ask(t, (current.dataset(), size), t("data.predict"), options, "data")
    if given is not None:
        why = t("data.why", batch=size, channels=channels, high=high, wide=wide)
        predict.compare(t, given, str(shapes[0]), options, why, "data")


def _class_counts(t: Text, data: ImageSet, words: list[str], drawn: Batch) -> None:
    """The whole training set above, this batch below: a small batch is never balanced."""
    for key, counted in (("all", data.class_counts()), ("batch", drawn.labels.bincount(minlength=len(words)))):
        st.markdown(t(f"data.counts.{key}", n=f"{int(counted.sum()):,}"))
        chart.show(figure.counts(words, counted.tolist(), t("data.pictures")), f"data.counts.{key}", t("data.counts_alt"))
