"""One batch as a grid, the shape that the learner predicted, and the class counts."""

import streamlit as st

from content.text import Text
from core.data.imageset import ImageSet
from core.loading import Batch, LoaderSpec
from figures import batch as figure
from ui import chart, picture, predict


def names(t: Text, key: str, classes: tuple[str, ...]) -> list[str]:
    """Class names in the reader's language; digits are digits."""
    return [t(f"classes.{key}.{i}") if t.has(f"classes.{key}.{i}") else name for i, name in enumerate(classes)]


def draw(t: Text, data: ImageSet, spec: LoaderSpec, drawn: Batch) -> None:
    words = names(t, spec.dataset, data.classes)
    labels = [words[i] for i in drawn.labels.tolist()]
    hovers = [t("data.hover", label=label, index=index) for label, index in zip(labels, drawn.indices.tolist(), strict=True)]
    picture.show(figure.grid(drawn.images.numpy(), labels, hovers, t("data.grid_alt")), "data.grid")
    size, channels, high, wide = drawn.images.shape
    shapes = [(size, channels, high, wide), (size, high, wide, channels), (channels, high, wide), (size, channels * high * wide)]
    options = {str(shape): str(shape) for shape in sorted(set(shapes))}
    given = predict.ask(t, (spec.dataset, size), t("data.predict"), options, "data")
    if given is not None:
        why = t("data.why", batch=size, channels=channels, high=high, wide=wide)
        predict.compare(t, given, str(shapes[0]), options, why, "data")


def class_counts(t: Text, data: ImageSet, spec: LoaderSpec, drawn: Batch) -> None:
    """The whole training set above, this batch below: a small batch is never balanced."""
    words = names(t, spec.dataset, data.classes)
    for key, counted in (("all", data.class_counts()), ("batch", drawn.labels.bincount(minlength=len(words)))):
        st.markdown(t(f"data.counts.{key}", n=f"{int(counted.sum()):,}"))
        chart.show(figure.counts(words, counted.tolist(), t("data.pictures")), f"data.counts.{key}", t("data.counts_alt"))
