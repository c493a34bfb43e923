"""Small phrases that several parts of the train page use."""

import math

from content.text import Text
from core.train import TrainSpec
from jobs import client
from ui import say

SILENT_S = 5.0                                       # a run at work is heard of every second or so, on a busy machine later


def state(found: client.Status) -> str:
    """The state as a learner sees it: whom nobody keeps waiting stands in no queue."""
    alone = found.state == "queued" and found.attempt == 0 and found.place == 1 and not found.others
    return "starting" if alone else found.state


def duration(t: Text, seconds: float) -> str:
    """1 min 50 s. Above a minute, to ten seconds: it is an estimate."""
    whole = math.ceil(seconds)
    if whole < 60:
        return t("train.time.s", s=whole)
    whole = round(whole / 10) * 10
    if whole < 3600:
        return t("train.time.min", min=whole // 60, s=whole % 60)
    return t("train.time.h", h=whole // 3600, min=whole % 3600 // 60)


def delayed(t: Text, found: client.Status) -> str:
    """A disk that takes nothing and a worker that hangs look the same from here; the service ends the second."""
    return t("train.delayed", seconds=f"{found.silent_s:.0f}") if found.silent_s > SILENT_S else ""


def epoch(found: client.Status, done: int | None = None) -> str:
    """How many epochs a run has behind it, with one decimal unless they are whole."""
    behind = (found.done if done is None else done) / (found.total or 1) * epochs(found)
    return f"{behind:.0f}" if abs(behind - round(behind)) < 0.05 else f"{math.floor(behind * 10) / 10:.1f}"


def epochs(found: client.Status) -> int:
    """How many the run was told to do."""
    return found.spec.get("epochs", TrainSpec.epochs)


def cause(t: Text, told: dict) -> str:
    """The sentence of a cause; its bare code where an older version of the program did not tell the facts."""
    try:
        return say.sentence(t, told["code"], told)
    except KeyError:
        return told["code"]
