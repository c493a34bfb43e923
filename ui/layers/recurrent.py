"""How does a layer read a sentence, word by word?"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from content.text import Text
from core.layers import recurrent as layer
from core.layers.recurrent import CELLS, GATES, INPUT_SIZE, Moment, Recurrent, RecurrentSpec
from core.layers.tagger import LSTMTagger, train
from figures.grids import Grid, grids
from figures.palette import BLUE, GREEN, ORANGE
from figures.pixel import added, factor, number
from figures.recurrent import bands
from ui import picture, place, predict, source
from ui.fold import fold
from ui.layers import foot, tagger

PAGE = "layers.recurrent"
LATER = ("sentence", "time_step")
KEEPS = {"lstm": "f", "gru": "z"}                    # the gate that keeps the memory, whose own sum is written out


def draw(t: Text, spec: RecurrentSpec) -> None:
    found = layer.recurrent(spec.cell, spec.length, spec.hidden_size, spec.seed)
    name, rows = CELLS[spec.cell], max(len(GATES[spec.cell]), 1)
    facts = {"name": name, "length": spec.length, "hidden": spec.hidden_size, "inputs": INPUT_SIZE, "rows": rows}
    truth = (spec.length, 1, spec.hidden_size)
    shapes = dict.fromkeys(map(str, (truth, (1, 1, spec.hidden_size), (spec.length, 1, (rows + (rows == 1)) * spec.hidden_size),
                                     (spec.length, 1, INPUT_SIZE))))
    given = predict.ask(t, (spec.cell, spec.length, spec.hidden_size), t("recurrent.predict", **facts), {one: one for one in shapes}, PAGE)
    if given is None:
        return
    place.walk(t, PAGE, RecurrentSpec, "time_step", spec.length, lambda at: _step(t, spec.cell, found, at))
    predict.compare(t, given, str(truth), {one: one for one in shapes}, t("recurrent.why", **facts), PAGE)
    st.caption(t("recurrent.equal", far=number(found.far)))
    foot.draw(t, "recurrent", found.shown, t("recurrent.formula"))
    if GATES[spec.cell]:
        with fold(t("recurrent.gates", name=name), f"{PAGE}.gates", ":material/tune:") as is_open:
            if is_open:
                _gates(t, spec.cell, found)
    with fold(t("tagger.title"), f"{PAGE}.tagger", ":material/sell:") as is_open:
        if is_open:
            tagger.draw(t, spec)
    step = {"rnn": layer.rnn_step, "lstm": layer.lstm_step, "gru": layer.gru_step}[spec.cell]
    source.show(t, PAGE, layer.unrolled, step, LSTMTagger, train)


def _step(t: Text, cell: str, found: Recurrent, at: int) -> None:
    """One step as a picture and, of its first row, in numbers."""
    moment = found.moments[at]
    picture.show(_picture(t, cell, found, at), PAGE)
    st.markdown(t(f"recurrent.sum.{cell}", t=at, sum=_sum(cell, moment)))
    if cell in KEEPS:
        summed = added([_written(part) for part in layer.parts(found.shown.module, cell, KEEPS[cell], moment)])
        st.markdown(t("recurrent.gate", gate=KEEPS[cell], t=at, value=_at(moment.gates[KEEPS[cell]]), sum=summed))


def _written(part: layer.Part) -> str:
    """0.2 · 1.5 − 0.3 · 0.1 + 0.5"""
    products = [f"{number(w)} · {factor(value)}" for w, value in zip(part.weights, part.values, strict=True)]
    return added([*products, number(part.bias)])


def _picture(t: Text, cell: str, found: Recurrent, at: int) -> str:
    """One step as an equation, and below it x, h and c of all steps, this one framed."""
    over = [_over(t, "x", found.moments, lambda moment: moment.x, at, BLUE),
            _over(t, "h", found.moments, lambda moment: moment.h, at, GREEN)]
    if cell == "lstm":
        over.insert(1, _over(t, "c", found.moments, lambda moment: moment.c, at, ORANGE))
    one = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}[cell](t, found.moments[at], at)
    return bands([(t("recurrent.one", t=at), one), (t("recurrent.all"), over)], t("recurrent.alt", name=CELLS[cell]))


def _rnn(t: Text, moment: Moment, at: int) -> list[Grid]:
    return [_column(f"x[{at}]", moment.x, lit=BLUE), _column(_before("h", at), moment.before),
            _column("W·x+b", moment.gates["from_x"], "→", t("recurrent.part.x")),
            _column("W·h+b", moment.gates["from_h"], "+", t("recurrent.part.h")),
            _column(f"h[{at}]", moment.h, "→", "tanh", lit=GREEN)]


def _lstm(t: Text, moment: Moment, at: int) -> list[Grid]:
    gate = {name: t(f"recurrent.part.{name}") for name in "ifgo"}
    return [_column("f", moment.gates["f"], about=gate["f"]), _column(_before("c", at), moment.c_before, "·"),
            _column("i", moment.gates["i"], "+", gate["i"]), _column("g", moment.gates["g"], "·", gate["g"]),
            _column(f"c[{at}]", moment.c, "=", lit=ORANGE), _column("o", moment.gates["o"], "", gate["o"]),
            _column(f"tanh c[{at}]", moment.c.tanh(), "·"), _column(f"h[{at}]", moment.h, "=", lit=GREEN)]


def _gru(t: Text, moment: Moment, at: int) -> list[Grid]:
    gate = {name: t(f"recurrent.part.{name}") for name in "rzn"}
    return [_column("r", moment.gates["r"], about=gate["r"]), _column("n", moment.gates["n"], "→", gate["n"]),
            _column("1 − z", 1 - moment.gates["z"], "·"), _column("z", moment.gates["z"], "+", gate["z"]),
            _column(_before("h", at), moment.before, "·"), _column(f"h[{at}]", moment.h, "=", lit=GREEN)]


def _before(name: str, at: int) -> str:
    """The vector that came from the step before; at the first step there was none, and it is zeros."""
    return f"{name}[{at - 1}]" if at else f"{name} = 0"


def _column(title: str, values: layer.Tensor, sign: str = "", about: str = "", lit: str = "") -> Grid:
    """One scale for all: −1 to 1, where the gates and the hidden vectors lie."""
    values = np.asarray(values)[:, np.newaxis]
    return Grid(title, values, {(row, 0): lit for row in range(len(values))} if lit else {}, sign, signed=True, top=1.0, about=about)


def _over(t: Text, title: str, moments: tuple[Moment, ...], of: Callable[[Moment], layer.Tensor], at: int = -1, colour: str = "") -> Grid:
    """(H,) each -> a column for every step, that of step `at` framed."""
    values = np.stack([np.asarray(of(moment)) for moment in moments], 1)
    return Grid(title, values, {(row, at): colour for row in range(len(values)) if colour}, signed=True, top=None if title == "x" else 1.0,
                about=t("recurrent.steps", last=len(moments) - 1))


def _gates(t: Text, cell: str, found: Recurrent) -> None:
    row = [_over(t, name, found.moments, lambda moment, name=name: moment.gates[name]) for name in GATES[cell]]
    picture.show(grids(row, t("recurrent.gates_alt", name=CELLS[cell])), f"{PAGE}.gates.picture")
    st.markdown(t(f"recurrent.read.{cell}"))


def _sum(cell: str, moment: Moment) -> str:
    """The first row of the equation, in numbers."""
    value = {name: number(float(numbers[0])) for name, numbers in moment.gates.items()}
    if cell == "lstm":
        return f"{value['f']} · {_factor(moment.c_before)} + {value['i']} · {_factor(moment.gates['g'])} = **{_at(moment.c)}**"
    if cell == "gru":
        kept = f"{number(1 - float(moment.gates['z'][0]))} · {_factor(moment.gates['n'])}"
        return f"{kept} + {value['z']} · {_factor(moment.before)} = **{_at(moment.h)}**"
    return f"tanh({value['from_x']} + {value['from_h']}) = **{_at(moment.h)}**".replace("+ −", "− ")


def _at(values: layer.Tensor) -> str:
    return number(float(values[0]))


def _factor(values: layer.Tensor) -> str:
    return factor(float(values[0]))
