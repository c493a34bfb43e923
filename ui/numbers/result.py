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
from core.lessons.numbers.reasons import REASONS
from core.lessons.numbers.report import as_csv, outside
from core.lessons.numbers.spec import VERDICTS, TableSpec
from jobs import client
from ui import controls, learner, predict, say, watch
from ui.numbers import board

PAGE, SLOT = "numbers", "numbers.job"
SHARES = {"few": 1 / 2, "most": 3 / 4, "all": 1.0}   # of those that were judged: how many a computer can judge depends on its data
JUDGED = ("exact", "band", "never", "failed")

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
    """Only what is still in the table as it was told: a job of another version may have told other values, or in other words."""
    try:
        verdicts = [_verdict(told) for event in client.events(run) if event.record["type"] == "verdicts" for told in event.record["rows"]]
    except watch.UNREADABLE:
        return {}
    by = {(row.text, row.place): row for row in rows()}
    return {(found.text, found.place): found for found in verdicts if _is_ours(found, by.get((found.text, found.place)))}


def _verdict(told: dict) -> Verdict:
    return Verdict(**told | {"why": tuple(told["why"])})


def _is_ours(found: Verdict, row: Printed | None) -> bool:
    return row is not None and row.printed == found.printed and found.verdict in VERDICTS and set(found.why) <= set(REASONS)


def watching(t: Text, found: client.Status, spec: TableSpec) -> None:
    """The question, and once it is answered the squares while they fill."""
    said = _asked(t)
    predict.remind(t, said, _options(t), PAGE)
    watch.live(t, found, PAGE, lambda now: _tick(t, now, spec, said is not None))


def _tick(t: Text, found: client.Status, spec: TableSpec, may_see: bool) -> None:
    known = _so_far(found.id)
    left = "" if found.remaining_s is None else t("frame.left", seconds=math.ceil(found.remaining_s))
    words = t("numbers.progress", done=len(known), n=count()) + left if found.total else t("frame.waiting")
    st.progress(min(found.done / max(found.total, 1), 1.0), words)
    board.squares(t, spec, known if may_see else {})


def compare(t: Text, found: client.Status | None, known: Told) -> Told:
    """The prediction, and how many came out. What may be shown: nothing before the prediction."""
    if found and found.cause:
        st.warning(say.sentence(t, found.cause["code"], found.cause), icon=":material/report:")
    said = _asked(t)
    if len(known) < count():
        predict.remind(t, said, _options(t), PAGE)
        st.info(t("numbers.partly", done=len(known), n=count()) if known else t("numbers.empty"), icon=":material/wb_twilight:")
    elif said is not None:
        predict.compare(t, said, truth(known), _options(t), say.together(t, _counted(t, known), t("numbers.why")), PAGE)
    else:
        st.info(t("numbers.ready"), icon=":material/visibility_off:")
    return {} if said is None else known


def _asked(t: Text) -> str | None:
    return predict.ask(t, count(), t("numbers.predict", n=count()), _options(t), PAGE)


def _options(t: Text) -> dict[str, str]:
    return {share: t(f"numbers.share.{share}") for share in SHARES}


def truth(known: Told) -> str:
    """Which of the answers is right."""
    found = counts(known.values())
    return next(share for share, most in SHARES.items() if found["exact"] <= most * sum(found[kind] for kind in JUDGED))


def _counted(t: Text, known: Told) -> str:
    found = counts(known.values())
    judged = {kind: found[kind] for kind in JUDGED}
    return t("numbers.result", n=sum(judged.values()), waiting=count() - sum(judged.values()), outside=outside(known.values()), **judged)


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
