"""Which kind of number comes out?"""

import streamlit as st

from content.text import Text
from core.dtypes import MOST, NUMBERS, DtypeSpec, Met, Turned, code, guesses, meet, read_values, table, turn
from core.errors import SpecError
from core.ops import OPS
from core.tensors import DTYPES
from figures import dtypes as figure
from ui import controls, picture, predict, say, source
from ui.fold import deeper

PAGE = "tensors.dtype"
SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "gt": ">"}


def draw(t: Text, spec: DtypeSpec) -> None:
    met = meet(spec.op, spec.a, spec.b)
    asked = f"a {SIGNS[spec.op]} {'b' if spec.b in DTYPES else spec.b}"
    options = {guess: t("tensors.combine.error") if guess == "error" else guess for guess in guesses(met)}
    given = predict.ask(t, (spec.op, spec.a, spec.b), t("tensors.dtype.predict", code=asked), options, PAGE)
    columns, chosen = (*DTYPES, *NUMBERS), (DTYPES.index(spec.a), (*DTYPES, *NUMBERS).index(spec.b))
    cells = table(spec.op) if given is not None else (("",) * len(columns),) * len(DTYPES)
    words = {name: t(f"tensors.dtype.{name}") for name in ("a", "tensor", "number", "alt")}
    if given is not None:
        why = t(f"tensors.dtype.why.{reason(spec, met)}", a=spec.a, b=spec.b, dtype=met.dtype)
        predict.compare(t, given, met.dtype, options, why, PAGE)
    picture.show(figure.table(cells, DTYPES, columns, chosen, len(DTYPES), words), PAGE)
    if given is not None:
        st.code(_run(spec, met, asked), language=None, wrap_lines=True)
    _casting(t, spec)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("tensors.dtype.deeper"))
    source.show(t, PAGE, meet, table, OPS[spec.op].run, read_values, turn)


def reason(spec: DtypeSpec, met: Met) -> str:
    """Which of the rules decided."""
    if met.result is None:
        return "error"
    if spec.op == "gt":
        return "truth"
    given = [spec.a, *([spec.b] if spec.b in DTYPES else [])]
    if spec.op == "div" and not any(name.startswith("float") for name in given):
        return "fraction"
    if spec.b in NUMBERS:
        return "number" if met.dtype == spec.a else "number_kind"
    if spec.a == spec.b:
        return "same"
    return "kind" if _kind(spec.a) != _kind(spec.b) else "wider"


def _kind(dtype: str) -> str:
    """bool, int or float."""
    return dtype.strip("u0123456789")


def _run(spec: DtypeSpec, met: Met, asked: str) -> str:
    """As one would type it, and what came back."""
    lines = [f">>> a = torch.tensor([0, 1, 2]).to(torch.{spec.a})"]
    if spec.b in DTYPES:
        lines.append(f">>> b = torch.tensor([1, 2, 3]).to(torch.{spec.b})")
    return "\n".join([*lines, f">>> {asked}", repr(met.result) if met.result is not None else f"RuntimeError: {met.message}"])


def _casting(t: Text, spec: DtypeSpec) -> None:
    """Numbers that the learner types, turned into another kind."""
    st.markdown(f"#### {t('tensors.dtype.cast')}")
    controls.row(PAGE, DtypeSpec, ("values", "to"), t, [3, 2])
    try:
        values = read_values(spec.values)
    except SpecError as error:
        say.refused(t, error)
        return
    if not values:
        st.info(t("tensors.dtype.no_values", limit=MOST))
        return
    st.code(code(values, spec.to), wrap_lines=True)
    picture.show(figure.turned([_card(t, each) for each in turn(values, spec.to)], t("tensors.dtype.cast_alt")), f"{PAGE}.cast")


def _card(t: Text, each: Turned) -> tuple[str, str, str, str]:
    after = "–" if each.after is None else str(each.after) if isinstance(each.after, bool) else f"{each.after:.8g}"
    return f"{each.before:.6g}", after, each.what, t(f"tensors.dtype.what.{each.what}")
