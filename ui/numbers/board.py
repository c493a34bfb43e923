"""All values as squares, ticked or not, and the table of those that were asked for. A click on either picks one."""

import json
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from content.text import Text
from core.lessons.numbers import TEXTS, rows
from core.lessons.numbers.printed import Printed, Verdict
from core.lessons.numbers.report import short
from core.lessons.numbers.spec import VERDICTS, TableSpec
from figures.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED
from ui import controls, say
from ui.link import key_of

KEY = "numbers.board"
SIGNS = {"exact": ("✓", GREEN), "band": ("≈", BLUE), "never": ("–", GREY), "needs": ("○", ORANGE), "later": ("…", PURPLE),
         "failed": ("✗", RED), "open": ("", "")}
LETTERS = 44                                         # of a value in the table
Left = list[tuple[str, list[tuple[Printed, str]]]]   # by text, rows with what came of them

_FOLDER = Path(__file__).parent
_BOARD = st.components.v2.component("firstlight_numbers", html='<div class="numbers"></div>\n',
                                    js=(_FOLDER / "board.js").read_text("utf-8"), css=(_FOLDER / "board.css").read_text("utf-8"))


def name_of(row: Printed | Verdict) -> str:
    """Short enough for a link, and the same when rows are added."""
    return f"{row.text} {row.place}"


def squares(t: Text, spec: TableSpec, known: Mapping) -> None:
    """While they fill: only the signs, so that a look costs the line little."""
    left = _left(spec, known)
    if not any(every for _, every in left):
        st.caption(t("numbers.none_yet"))
        return
    _show(t, "live", left, known)


def draw(t: Text, spec: TableSpec, known: Mapping) -> bool:
    """Everything that the filters leave, as squares. Whether there is anything."""
    left = _left(spec, known)
    if not any(every for _, every in left):
        st.info(t("numbers.nothing"), icon=":material/filter_alt_off:")
        return False
    st.caption(t("numbers.point"))
    _show(t, "squares", left, known, spec.printed_value)
    return True


def table(t: Text, spec: TableSpec, known: Mapping) -> None:
    """The same, line by line."""
    _show(t, "table", _left(spec, known), known, spec.printed_value)


def _left(spec: TableSpec, known: Mapping) -> Left:
    """By text, the rows that the filters leave, each with what came of it. Before there is any verdict none is asked for."""
    every = [(text, [(row, kind_of(known, row)) for row in TEXTS[text]]) for text in TEXTS if spec.source_text in ("all", text)]
    return [(text, [(row, kind) for row, kind in mine if spec.verdict in ("any", kind) or not known]) for text, mine in every]


def kind_of(known: Mapping, row: Printed) -> str:
    found = known.get((row.text, row.place))
    return found.verdict if found else "open"


def _show(t: Text, part: str, left: Left, known: Mapping, picked: str = "") -> None:
    """part: "live" has signs only, "squares" says what each is, "table" is the table."""
    kinds = {kind: t(f"numbers.kind.{kind}") for kind in (*VERDICTS, "open")}
    counted = [kind for _, every in left for _, kind in every]
    told = {
        "alt": t("numbers.board_alt"), "picked": picked, "signs": {kind: [*SIGNS[kind], kinds[kind]] for kind in kinds},
        "legend": [[kind, counted.count(kind)] for kind in kinds if kind in counted],
        "texts": [{"name": controls.option(t, "source_text", text), "kinds": [kind for _, kind in every],
                   "rows": [_told(t, row, known) for row, _ in every] if part != "live" else None} for text, every in left if every],
        "head": [t(f"numbers.column.{name}") for name in ("place", "printed", "now", "why")] if part == "table" else None,
    }
    key = f"{KEY}.{part}"
    _BOARD(key=key, data=json.dumps(told).encode(), on_picked_change=lambda: _picked(key))


def _told(t: Text, row: Printed, known: Mapping) -> list[str]:
    """What the browser writes about a value: its name, section, place, both values cut short, why."""
    found = known.get((row.text, row.place))
    why = say.together(t, *(t(f"numbers.reason.{code}") for code in found.why if code != "same")) if found else ""
    return [name_of(row), t(f"numbers.section.{row.section}"), row.place, short(row.printed, LETTERS),
            short(found.now, LETTERS) if found else "", why]


def _picked(key: str) -> None:
    """What a click says is taken only when it names a value of ours."""
    name = st.session_state[key].picked
    if any(name_of(row) == name for row in rows()):
        st.session_state[key_of("numbers", "printed_value")] = name
