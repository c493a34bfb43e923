"""Three ways through Firstlight: what to open, for how many minutes, and what to ask the class."""

from dataclasses import dataclass, field

import streamlit as st

from content.text import Text
from core import fields
from ui import frame


@dataclass(frozen=True)
class PathSpec:
    """How long the lesson is, in minutes; "60" is for a class that has had one of the others."""

    path: str = fields.choice("45", ("45", "90", "60"))


@dataclass(frozen=True)
class LessonStep:
    """key names its words in content/lessons.toml; the link opens `page` with `query`."""

    minutes: int
    key: str
    page: str
    query: dict[str, str] = field(default_factory=dict)


CREATE = {"view": "create"}
COMBINE = {"view": "combine", "a_size": "3, 1", "b_size": "1, 4"}
MISMATCH = {"view": "combine", "a_size": "2, 3", "b_size": "3, 2"}

PATHS: dict[str, list[LessonStep]] = {
    "45": [
        LessonStep(5, "create", "tensors", CREATE),
        LessonStep(8, "combine", "tensors", COMBINE),
        LessonStep(5, "seed", "tensors", {"view": "seed"}),
        LessonStep(7, "batch", "data", {"view": "batches", "dataset": "digits"}),
        LessonStep(8, "fresh", "lenet", {"network": "lenet5"}),
        LessonStep(12, "train", "train", {"lr": "0.002"}),
    ],
    "90": [
        LessonStep(8, "create", "tensors", CREATE),
        LessonStep(10, "combine", "tensors", COMBINE),
        LessonStep(7, "mismatch", "tensors", MISMATCH),
        LessonStep(7, "compute", "tensors", {"view": "compute"}),
        LessonStep(5, "seed", "tensors", {"view": "seed"}),
        LessonStep(10, "batch", "data", {"view": "batches", "dataset": "digits"}),
        LessonStep(8, "steps", "data", {"view": "transforms", "dataset": "digits"}),
        LessonStep(13, "fresh", "lenet", {"network": "lenet5"}),
        LessonStep(12, "train", "train", {"lr": "0.002"}),
        LessonStep(10, "too_fast", "train", {"lr": "0.1"}),
    ],
    "60": [
        LessonStep(10, "frozen", "step", {"moment": "5"}),
        LessonStep(8, "forget", "step", {"forget": "1", "moment": "9"}),
        LessonStep(12, "rungs", "ladder", {"rung": "r4"}),
        LessonStep(8, "printed", "numbers", {}),
        LessonStep(14, "mend", "clinic", {"cards": "6", "deck": "1"}),
        LessonStep(8, "shapes", "quiz", {"view": "drill", "seed": "1"}),
    ],
}


def draw(t: Text, path: str) -> None:
    """A row for each step: minutes, link, question."""
    for step in PATHS[path]:
        minutes, link, ask = st.columns([1, 3, 6], vertical_alignment="center")
        with minutes:
            st.markdown(t("home.minutes", n=step.minutes))
        with link:
            frame.page_link(step.page, t(f"lessons.{step.key}.title"), **step.query)
        with ask:
            st.markdown(t(f"lessons.{step.key}.ask"))
