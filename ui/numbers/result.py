"""The comparison as a job: start it, watch it, and what came of each value."""

import dataclasses
import math
from collections.abc import Mapping
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.lessons.numbers import rows
from core.lessons.numbers.check import counts, weights
from core.lessons.numbers.printed import Printed, Verdict
from core.lessons.numbers.report import as_csv
from core.lessons.numbers.spec import TableSpec
from jobs import client
from ui import controls, learner, predict, say, watch
from ui.numbers import board

PAGE, SLOT = "numbers", "numbers.job"
SHARES = {"few": 0.4, "half": 0.58, "most": 0.95, "all": 1.0}              # up to this share of all values

Told = Mapping[tuple[str, str], Verdict]             # (text, place) -> what came of it


def count() -> int:
    return len(rows())


def latest() -> client.Status | None:
    """The learner's latest comparison, also one of an earlier visit."""
    if SLOT not in st.session_state:
        st.session_state[SLOT] = next((run.id for run in client.list_runs(learner.token(), "numbers")), None)
    return watch.found(SLOT)


def start(t: Text, found: client.Status | None) -> None:
    """Whether the long ones run too, and the button."""
    go, long = st.columns([5, 4], vertical_alignment="center")
    with long:
        controls.control(PAGE, TableSpec, "long_ones", t)
    asked = {"long": st.session_state[f"{PAGE}.long_ones"]}
    label = t("numbers.again") if found else t("numbers.go", n=count(), seconds=_seconds(asked["long"]))
    with go:
        watch.offer(t, SLOT, found, "numbers", asked, label, f"{PAGE}.go")


def told(found: client.Status | None) -> Told:
    """What a job has told so far; nothing without one, or of one that told in another way."""
    if found is None:
        return {}
    return _ended(found.id) if not found.active else _so_far(found.id)


@lru_cache(maxsize=32)
def _ended(run: str) -> Told:
    return _so_far(run)


def _so_far(run: str) -> Told:
    verdicts = (verdict for event in client.events(run) if event.record["type"] == "verdicts" for verdict in event.record["rows"])
    return {(told["text"], told["place"]): Verdict(**told | {"why": tuple(told["why"])}) for told in verdicts}


def watching(t: Text, found: client.Status) -> None:
    """The squares while they fill."""
    watch.live(t, found, PAGE, lambda now: _tick(t, now))


def _tick(t: Text, found: client.Status) -> None:
    known = _so_far(found.id)
    left = "" if found.remaining_s is None else t("frame.left", seconds=math.ceil(found.remaining_s))
    words = t("numbers.progress", done=len(known), n=count()) + left if found.total else t("frame.waiting")
    st.progress(min(found.done / max(found.total, 1), 1.0), words)
    board.squares(t, known)


def compare(t: Text, known: Told) -> Told:
    """The prediction, and how many came out. What may be shown: nothing before the prediction."""
    options = {share: t(f"numbers.share.{share}") for share in SHARES}
    said = predict.ask(t, count(), t("numbers.predict", n=count()), options, PAGE)
    if not known:
        predict.remind(t, said, options, PAGE)
        st.info(t("numbers.empty"), icon=":material/wb_twilight:")
    elif said is not None:
        predict.compare(t, said, truth(known), options, say.together(t, _counted(t, known), t("numbers.why")), PAGE)
    return {} if said is None else known


def truth(known: Told) -> str:
    """Which of the answers is right."""
    exact = counts(known.values())["exact"]
    return next(share for share, most in SHARES.items() if exact <= most * count())


def _counted(t: Text, known: Told) -> str:
    found = counts(known.values())
    waiting = count() - sum(found[kind] for kind in ("exact", "band", "never", "failed"))
    return t("numbers.result", n=count(), waiting=waiting, **{kind: found[kind] for kind in ("exact", "band", "never", "failed")})


def download(t: Text, known: Told) -> None:
    if known:
        st.download_button(t("numbers.csv"), lambda: as_csv(known.values()).encode(), "numbers.csv", "text/csv", key=f"{PAGE}.csv",
                           on_click="ignore", icon=":material/download:")


def row_of(name: str) -> Printed | None:
    """The row that a link or a click names."""
    return next((row for row in rows() if board.name_of(row) == name), None)


def as_open(row: Printed) -> Verdict:
    """A value that nobody has computed yet."""
    told = {field.name: getattr(row, field.name) for field in dataclasses.fields(Verdict) if hasattr(row, field.name)}
    return Verdict(**told, now="", verdict="open", why=())


def _seconds(long: bool) -> int:
    return math.ceil(sum(weights(rows(), long)) / 100 / 5) * 5
