"""What this server allows, beside the other kinds of place."""

import streamlit as st

from content.text import Text
from jobs.cleanup import UPLOAD_DAYS
from jobs.limits import LIMITS, Limits, name

SHOWN = ("workers", "gpu_workers", "per_learner", "queue", "turn_s", "pause_s", "away_s", "asks", "worker_mb", "disk_mb", "keep_days",
         "resumes")


def draw(t: Text) -> None:
    """One row for each limit, one column for each kind of place; this server's own in bold."""
    here = name()
    heads = [t(f"home.limits.place.{place}") for place in LIMITS]
    rows = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for limit in SHOWN:
        cells = [_cell(t, place, limit, bold=key == here) for key, place in LIMITS.items()]
        rows.append(f"| {t(f'home.limits.{limit}')} | " + " | ".join(cells) + " |")
    st.markdown("\n".join(rows))
    st.caption(t("home.limits.about", here=t(f"home.limits.place.{here}"), hours=f"{24 * UPLOAD_DAYS:g}"))


def _cell(t: Text, place: Limits, limit: str, *, bold: bool) -> str:
    match getattr(place, limit):
        case None:
            words = t("home.limits.never")
        case bool() as yes:
            words = t(f"home.limits.{'yes' if yes else 'no'}")
        case number:
            words = f"{number:,g}"
    return f"**{words}**" if bold else words
