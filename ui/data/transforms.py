"""From stored bytes to network input, one step at a time, and the way back."""

import streamlit as st
import torch

from content.text import Text
from core.data import DATASETS
from core.images import normalise, scale, to_tensor, unnormalise
from core.loading import Batch
from figures import batch as figure
from figures import ranges
from ui import picture


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
    x = scale(drawn.images)
    z = normalise(x, info.mean, info.std)
    back = unnormalise(z, info.mean, info.std)
    wrong = z / 2 + 0.5                                                    # right only after Normalize(0.5, 0.5)
    st.markdown(t("data.normalise", mean=info.mean, std=info.std))
    stages = [(t("data.stage.bytes"), drawn.images), (t("data.stage.scaled"), x), (t("data.stage.normalised"), z), (t("data.stage.back"), back)]
    st.plotly_chart(ranges.histograms([(f"{name}<br>{_range(v)}", v.numpy()) for name, v in stages], t("data.stage.count")),
                    key="data.ranges", config={"displayModeBar": False}, alt=t("data.ranges_alt"))
    shown = [drawn.images[:4].float() / 255, back[:4], wrong[:4]]
    labels = [t(f"data.way.{way}") if i == 0 else "" for way in ("stored", "back", "wrong") for i in range(len(shown[0]))]
    hovers = [f"{_range(part[i])}" for part in shown for i in range(len(part))]
    st.markdown(t("data.back", right=_range(back), wrong=_range(wrong)))
    picture.show(figure.grid(torch.cat(shown).numpy(), labels, hovers, t("data.grid_alt"), columns=12), "data.way_back")


def _range(values: torch.Tensor) -> str:
    if values.dtype == torch.uint8:
        return f"{int(values.min())} … {int(values.max())}"
    return f"{float(values.min()):.2f} … {float(values.max()):.2f}"
