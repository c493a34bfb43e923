"""The class that dies behind a ReLU on the logits."""

from dataclasses import fields

import streamlit as st

from content.text import Text
from core.ladder import dead
from figures import ladder as figure
from figures.pixel import number
from jobs import client
from ui import picture, predict
from ui.ladder import job

PLACE = "ladder.dead"
FATES = ("slower", "some", "nothing")


def draw(t: Text) -> None:
    st.markdown(t("ladder.dead.about", epochs=dead.EPOCHS))
    options = {name: t(f"ladder.fate.{name}") for name in FATES}
    given = predict.ask(t, "dead", t("ladder.dead.ask"), options, PLACE)
    if given is None:
        return
    words = t("ladder.dead.go"), t("ladder.dead.again")
    _, told = job.offer(t, job.Asked(PLACE, f"{PLACE}.run", "ladder_dead", {}), words, verdicts, lambda now: _progress(t, now))
    if not told:
        predict.remind(t, given, options, PLACE)
        return
    _shown(t, told)
    predict.compare(t, given, fate(told), options, t("ladder.dead.because"), PLACE)
    st.markdown(t("ladder.dead.why"))


def fate(told: tuple[dead.Verdict, ...]) -> str:
    """Of the classes of the network with the ReLU, after its last epoch."""
    last = [verdict for verdict in told if verdict.way == "relu"][-1]
    died = len(last.dead)
    return "slower" if not died else "nothing" if died == len(last.by_class) else "some"


def _progress(t: Text, found: client.Status) -> None:
    job.progress(t, found, t("ladder.dead.progress", done=found.done, total=found.total))


def verdicts(found: client.Status) -> tuple[dead.Verdict, ...]:
    """None of them when a network is missing."""
    told = tuple(_verdict(event.record) for event in client.events(found.id) if event.record["type"] == "verdict")
    return told if {verdict.way for verdict in told} == set(dead.WAYS) else ()


def _shown(t: Text, told: tuple[dead.Verdict, ...]) -> None:
    """Every class of both networks after the last epoch, and when the dead one was last alive."""
    last = {verdict.way: verdict for verdict in told}
    died = last["relu"].dead
    words = {name: t(f"ladder.dead.{name}") for name in ("relu", "open", "dead", "alt")}
    picture.show(figure.classes({way: verdict.by_class for way, verdict in last.items()}, died, words), f"{PLACE}.picture")
    facts = {f"{way}_share": f"{verdict.accuracy:.1%}" for way, verdict in last.items()}
    if len(died) != 1:
        st.markdown(t("ladder.dead.other", n=len(died), **facts))
        return
    c = died[0]
    course = [verdict for verdict in told if verdict.way == "relu"]
    alive = max((verdict.epoch for verdict in course if verdict.largest[c] > 0), default=-1)
    st.markdown(t("ladder.dead.told", dead=c, since=alive + 1, gradient=number(last["relu"].gradient[c]),
                  open_class=f"{last['open'].by_class[c]:.0%}", open_gradient=number(last["open"].gradient[c]), **facts))
    if woke := sorted({silent for verdict in course for silent in verdict.dead} - set(died)):
        st.markdown(t("ladder.dead.woke", classes=", ".join(map(str, woke))))


def _verdict(record: dict) -> dead.Verdict:
    told = {field.name: record[field.name] for field in fields(dead.Verdict)}
    return dead.Verdict(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})
