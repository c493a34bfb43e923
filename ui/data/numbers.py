"""What does Normalize subtract, and why? The two numbers of each channel, measured and printed, and three short runs with and without."""

from functools import lru_cache

import numpy as np
import streamlit as st

from content.text import Text
from core.data import info, load
from core.data.imageset import ImageSet
from core.data.summary import as_the_text, counting
from core.images import Tensor, byte_counts, counted_stats, normalise, told_counts
from core.normalising import TEXTS, NumbersSpec, texts_key
from figures.bytes import two_scales
from ui import chart, source, watch
from ui.data import current, normalising
from ui.fold import fold

PAGE = "data.numbers"
AT_ONCE = 10_000_000                                 # values that are counted while the page is drawn: 20 ms


def draw(t: Text, spec: NumbersSpec) -> None:
    data = current.pictures(t)
    st.markdown(t("data.numbers.about", n=f"{len(data):,}", pixels=f"{data.images[0, 0].numel() * len(data):,}"))
    counts = _counted(t, data)
    if counts is not None:
        _measured(t, counts, data)
    normalising.draw(t, spec)
    with fold(t("data.numbers.formula.title"), f"{PAGE}.formula", ":material/functions:") as is_open:
        if is_open:
            _formula(t, data)
    source.show(t, PAGE, byte_counts, counting, counted_stats, as_the_text, normalise)


def _counted(t: Text, data: ImageSet) -> Tensor | None:
    """How often each byte occurs, (C, 256): at once for a small set, else by a job, whose result stays."""
    key = current.dataset()
    if data.images.numel() <= AT_ONCE:
        return _count(current.version())
    asked = {"dataset": key, "images": len(data)}    # a folder that was read again is counted again
    slot, told = f"{PAGE}.counts.{key}.{len(data)}", []
    watch.again(slot, "byte_counts", asked)
    watch.panel(t, slot, told.append, lambda found: t("data.numbers.counting", done=f"{found.done:,}", total=f"{found.total:,}"))
    if told:
        return told_counts(told[0]["counts"])
    found = watch.found(slot)
    label = t("data.numbers.count", n=f"{len(data):,}")
    if not (found and found.active) and st.button(label, key=f"{PAGE}.count", icon=":material/calculate:"):
        watch.start(t, slot, "byte_counts", asked)
        st.rerun()
    return None


@lru_cache(maxsize=8)
def _count(version: tuple) -> Tensor:
    return byte_counts(load(version[0], train=True).images)


def _measured(t: Text, counts: Tensor, data: ImageSet) -> None:
    """The picture with its two scales, and the numbers beside those that are printed elsewhere."""
    key, names = current.dataset(), channels(t, len(counts))
    mean, std = (numbers.tolist() for numbers in counted_stats(counts))
    words = {name: t(f"data.numbers.{name}") for name in ("x", "z", "y", "hover")}
    chart.show(two_scales(counts.numpy(), mean, std, names, words), f"{PAGE}.scales", t("data.numbers.alt"))
    like = texts_key(key)
    printed, known = like in TEXTS, (info(like).mean, info(like).std)
    rows = [t("data.numbers.row", name=names[c], mean=f"{mean[c]:.5f}", std=f"{std[c]:.5f}", known_mean=f"{known[0][c]:.4f}",
              known_std=f"{known[1][c]:.4f}") for c in range(len(mean))]
    head = t("data.numbers.head_texts") if printed else t("data.numbers.head_ours")
    st.markdown("\n".join([head, *rows]))
    off = np.abs(np.array([mean, std]) - np.array(known)).max(1)           # of the means, of the standard deviations
    black, white = -mean[0] / std[0], (1 - mean[0]) / std[0]
    st.markdown(t("data.numbers.read", off=f"{off.max():.5f}", black=f"{black:.2f}".replace("-", "−"), white=f"{white:.2f}",
                  channel=names[0]))
    if like != key:
        st.caption(t("data.numbers.copies", mean=f"{off[0]:.4f}", std=f"{off[1]:.4f}"))


def channels(t: Text, count: int) -> list[str]:
    return [t("data.channel.grey")] if count == 1 else [t(f"data.channel.{name}") for name in ("red", "green", "blue")]


def _formula(t: Text, data: ImageSet) -> None:
    n, c, high, wide = data.images.shape
    st.markdown(t("data.numbers.formula.about", shape=f"({n}, {c}, {high}, {wide})", megabytes=f"{4 * data.images.numel() / 1e6:,.0f}"))
    st.code(f"images = torch.stack([image for image, _ in train])      # ({n}, {c}, {high}, {wide})\n"
            "mean = images.mean(dim=(0, 2, 3))                        # over pictures, rows and columns: one number per channel\n"
            "std = images.std(dim=(0, 2, 3))\n"
            "x = (images - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)  # what transforms.Normalize(mean, std) does")
