"""Experiments: settings with a question, what five seeds made of them, and why."""

from dataclasses import replace

import streamlit as st

from content.text import Text
from core.presets import PRESETS
from core.train import TrainSpec
from ui import controls, say

KEY = "train.experiment"
OWN = ("seed", "device")                             # not part of an experiment
PAIRS = {                                            # what to try next, to see the difference
    "few_updates_32": ("few_updates_4",), "few_updates_4": ("few_updates_32",),
    "norm_none": ("norm_half", "norm_measured"), "norm_half": ("norm_measured", "norm_none"), "norm_measured": ("norm_none", "norm_half"),
    "plain_high_lr": ("bn_high_lr",), "bn_high_lr": ("plain_high_lr",),
}
GAP = 0.1                                            # between training and test pictures, from which on it is worth a word


def matching(spec: TrainSpec) -> str | None:
    """The experiment that these settings are, whatever their seed."""
    return next((key for key, preset in PRESETS.items() if _bare(preset.spec) == _bare(spec)), None)


def choose(t: Text) -> None:
    """A box with the questions; it shows the one that the settings are. A choice sets the page's fields.

    Each state of the settings has a box of its own in each language: a slow browser that still sends the last box's value chooses nothing.
    """
    now, keys = matching(controls.read("train", TrainSpec)), list(PRESETS)
    questions = {key: t(f"presets.{key}.question") for key in keys}
    box = f"{KEY}.{now or 'own'}.{t.lang}"
    st.selectbox(t("presets.choose"), keys, index=keys.index(now) if now else None, format_func=lambda key: questions.get(key, key),
                 key=box, placeholder=t("presets.own"), on_change=_chosen, args=(box,))


def outcome(t: Text, spec: TrainSpec) -> None:
    """Below a result: what others with the same settings got, why, and the counterpart."""
    key = matching(spec)
    if key is None or not PRESETS[key].tried:
        return
    preset = PRESETS[key]
    words = t("presets.band", band=_percent(t, preset.band), n=len(preset.tried))
    if preset.trained_band[0] - preset.band[1] > GAP:
        words = say.together(t, words, t("presets.trained", band=_percent(t, preset.trained_band)))
    st.markdown(say.together(t, words, t(f"presets.{key}.why")))
    others = [other for other in PAIRS.get(key, ()) if other in PRESETS]
    with st.container(horizontal=True):
        for other in others:
            st.button(t("presets.next", question=t(f"presets.{other}.question")), key=f"{KEY}.next.{other}",
                      icon=":material/compare_arrows:", on_click=_set, args=(other,))


def _chosen(box: str) -> None:
    if st.session_state[box]:
        _set(st.session_state[box])


def _set(key: str) -> None:
    """The page's fields, as the experiment wants them; "Reset this page" takes them back."""
    controls.write("train", PRESETS[key].spec, but=OWN)


def _bare(spec: TrainSpec) -> TrainSpec:
    return replace(spec, **{name: getattr(TrainSpec(), name) for name in OWN})


def _percent(t: Text, band: tuple[float, float]) -> str:
    low, high = (f"{accuracy:.1%}" for accuracy in band)
    return low if low == high else t("presets.from_to", low=low, high=high)
