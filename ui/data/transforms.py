"""From stored bytes to network input, one step at a time, and the way back."""

import streamlit as st

from content.text import Text
from core.data import DATASETS
from core.images import Tensor, stages, to_tensor
from core.loading import Batch
from figures import batch as figure
from figures import ranges
from ui import chart, picture


def to_tensor_step(t: Text, drawn: Batch) -> None:
    """The first picture of the batch as it is stored, and as ToTensor hands it on."""
    stored = drawn.images[0].permute(1, 2, 0)                              # (C, H, W) -> (H, W, C), as files store it
    x = to_tensor(stored)
    row, column = divmod(int(stored[..., 0].argmax()), stored.shape[1])    # the brightest pixel
    byte, fraction = int(stored[row, column, 0]), float(x[0, row, column])
    st.markdown(t("data.to_tensor", stored=tuple(stored.shape), shape=tuple(x.shape), low=int(stored.min()), high=int(stored.max()),
                  x_low=f"{float(x.min()):.3f}", x_high=f"{float(x.max()):.3f}", row=row, column=column, byte=byte,
                  fraction=f"{fraction:.4f}"))


def normalise_step(t: Text, drawn: Batch, key: str) -> None:
    """Where the values lie at each stage, and what the wrong way back does to the pictures."""
    info = DATASETS[key]
    seen = stages(drawn.images, info.mean, info.std)
    st.markdown(t("data.normalise", mean=_listed(info.mean), std=_listed(info.std)))
    named = {"bytes": seen.stored, "scaled": seen.scaled, "normalised": seen.normalised, "back": seen.back}
    panels = [(f"{t(f'data.stage.{name}')}<br>{_range(values)}", values.numpy()) for name, values in named.items()]
    chart.show(ranges.histograms(panels, t("data.stage.count")), "data.ranges", t("data.ranges_alt"))
    st.markdown(t("data.back", right=_range(seen.back), wrong=_range(seen.wrong)))
    ways = {"stored": seen.scaled[:4], "back": seen.back[:4], "wrong": seen.wrong[:4]}
    labels = [t(f"data.way.{way}") if i == 0 else "" for way, part in ways.items() for i in range(len(part))]
    hovers = [_range(image) for part in ways.values() for image in part]
    pictures = [image.numpy() for part in ways.values() for image in part]
    picture.show(figure.grid(pictures, labels, hovers, t("data.grid_alt"), columns=12), "data.way_back")


def _range(values: Tensor) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.2f} … {high:.2f}" if values.is_floating_point() else f"{low:.0f} … {high:.0f}"


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(map(str, numbers))
