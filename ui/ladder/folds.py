"""Below the ladder: the proof, the class that dies, and what the text leaves open."""

from collections.abc import Callable

import streamlit as st

from content.text import Text
from core.ladder import RUNGS, source
from core.ladder.spec import LadderSpec
from figures import ladder as figure
from ui import picture
from ui.fold import fold
from ui.ladder import dead, equal

PAGE = "ladder"


def draw(t: Text, spec: LadderSpec) -> None:
    _one(t, "equal", ":material/balance:", lambda: equal.draw(t, spec))
    _one(t, "dead", ":material/heart_broken:", lambda: dead.draw(t))
    _one(t, "last", ":material/crop_16_9:", lambda: st.markdown(t("ladder.last.text")))
    _one(t, "get_data", ":material/download:", lambda: _get_data(t))
    _one(t, "average", ":material/functions:", lambda: st.markdown(t("ladder.average.text")))
    _one(t, "lines", ":material/bar_chart:", lambda: _lines(t, spec))
    _one(t, "home", ":material/code:", lambda: _home(t, spec))


def _one(t: Text, name: str, icon: str, inside: Callable[[], object]) -> None:
    with fold(t(f"ladder.{name}.title"), f"{PAGE}.{name}", icon) as is_open:
        if is_open:
            inside()


def _get_data(t: Text) -> None:
    st.markdown(t("ladder.get_data.text"))
    st.code(source.function("r9", "get_data"), wrap_lines=True)
    st.markdown(t("ladder.get_data.why"))


def _lines(t: Text, spec: LadderSpec) -> None:
    """How long each program is."""
    totals, trains = [source.code_lines(one) for one in RUNGS], [source.train_lines(one) for one in RUNGS]
    said = {name: t(f"ladder.lines.{name}") for name in ("train", "rest", "alt")}
    picture.show(figure.lines(totals, trains, list(RUNGS).index(spec.rung), said), f"{PAGE}.lines")
    st.caption(t("ladder.lines.read"))


def _home(t: Text, spec: LadderSpec) -> None:
    """The whole program, with the lines that run it anywhere."""
    program, name = source.to_take_home(spec.rung, spec.seed), f"{spec.rung}.py"
    st.markdown(t("ladder.home.text", seed=spec.seed))
    st.download_button(t("ladder.home.save", name=name), program.encode(), name, key=f"{PAGE}.save", on_click="ignore",
                       icon=":material/download:")
    st.code(program.rstrip(), line_numbers=True, wrap_lines=True)
