"""The table of runs: which ones are drawn, what came out, and in which settings the drawn ones differ."""

import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from content.text import Text
from core.curves import differing
from core.evaluate import wilson
from core.train import TrainSpec
from figures.curves import COLOURS, DASHES
from ui import controls, say
from ui.runs import choice
from ui.runs.choice import Run

KEY = "runs.table"
ROWS = 12                                            # the newest; older ones on request
COLUMNS = 3                                          # settings beside the outcome; all of them stand in the table below

_FOLDER = Path(__file__).parent
_PICKER = st.components.v2.component("firstlight_runs", html='<div class="picker"></div>\n', js=(_FOLDER / "picker.js").read_text("utf-8"),
                                     css=(_FOLDER / "picker.css").read_text("utf-8"))


def draw(t: Text, every: Sequence[Run]) -> None:
    """A row for each run. The settings in which the chosen ones differ are marked."""
    rows = every if st.session_state.get("runs.all") else [run for i, run in enumerate(every) if i < ROWS or run.place is not None]
    marked = differing([run.spec for run in choice.chosen(every)])
    names = [*marked, *(name for name in differing([run.spec for run in rows]) if name not in marked)][:COLUMNS]
    head = [{"text": t("runs.column.run")},
            {"text": t("runs.column.test"), "number": True},
            *({"text": t(f"fields.{name}.label"), "title": name, "marked": name in marked} for name in names),
            *({"text": t(f"runs.column.{name}"), "number": True} for name in ("val_accuracy", "seconds"))]
    told = {"head": head, "rows": [_row(t, run, names, marked) for run in rows], "most": choice.PLACES, "lang": t.lang}
    _PICKER(key=KEY, data=json.dumps(told).encode(), on_wanted_change=_wanted)
    if len(every) > ROWS:
        st.toggle(t("runs.all", n=len(every)), key="runs.all")


def settings(t: Text, drawn: Sequence[Run]) -> None:
    """Every setting of the chosen runs side by side; where they differ, they are marked. Equal ones only on request."""
    marked = differing([run.spec for run in drawn])
    every = st.toggle(t("runs.equal"), key="runs.equal") or not marked
    lines = ["| | " + " | ".join(f"**{say.plain(run.name)}**" for run in drawn) + " |", "|---" * (len(drawn) + 1) + "|"]
    for name in vars(TrainSpec()):
        if every or name in marked:
            values = (say.plain(controls.value(t, name, getattr(run.spec, name))) for run in drawn)
            cells = [f":orange-background[**{text}**]" if name in marked else text for text in values]
            lines.append(f"| {t(f'fields.{name}.label')} `{name}` | {' | '.join(cells)} |")
    st.markdown("\n".join(lines))


def _row(t: Text, run: Run, names: list[str], marked: list[str]) -> dict:
    found, tested, best = run.found, run.facts.tested, run.facts.best
    test, numbers = {"text": "–"}, ["–" if best is None else f"{best:.1%}", f"{found.elapsed_s:.1f}"]
    if tested:
        low, high = wilson(tested["correct"], tested["images"])
        test = {"text": f"{tested['accuracy']:.1%}", "below": f"{low:.1%} … {high:.1%}"}
    changed = [t("runs.changed", name=t(f"fields.{name}.label")) for name in run.facts.changed]
    note = " · ".join([t(f"train.state.{found.state}"), *changed, *([] if run.own else [t("runs.foreign")])])
    drawn = {"colour": COLOURS[run.place], "dash": DASHES[run.place] != "solid"} if run.place is not None else {}
    given = ({"text": controls.value(t, name, getattr(run.spec, name)), "marked": name in marked} for name in names)
    return {"id": found.id, "name": run.name, "created": found.created, "note": note, **drawn,
            "cells": [{**test, "number": True}, *given, *({"text": number, "number": True} for number in numbers)]}


def _wanted() -> None:
    wanted = st.session_state[KEY].wanted
    if isinstance(wanted, list):
        choice.choose([run for run in wanted if isinstance(run, str) and run.isascii() and run.isalnum() and len(run) <= 16])
