"""What does .grad hold after several calls of backward()?"""

import streamlit as st

from content.text import Text
from core.gradient import accumulate as accumulation
from core.gradient.accumulate import START, AccumulateSpec
from figures import accumulation as figure
from ui import picture, predict, source
from ui.fold import deeper

PAGE = "autograd.accumulate"


def draw(t: Text, spec: AccumulateSpec) -> None:
    held = accumulation.accumulate(spec)
    st.markdown(t("autograd.accumulate.program", start=f"{START:g}", once=f"{2 * START:g}"))
    options = {f"{guess:g}": f"{guess:g}" for guess in accumulation.guesses(spec)}
    given = predict.ask(t, spec, t("autograd.accumulate.predict", calls=spec.calls), options, PAGE)
    if given is not None:
        facts = {"calls": spec.calls, "once": f"{2 * START:g}", "truth": f"{held[-1]:g}"}
        how = "zeroed" if spec.zero_grad else "added"
        why = t(f"autograd.accumulate.why_{how}", **facts)
        predict.compare(t, given, f"{held[-1]:g}", options, why, PAGE)
    told = held if given is not None else [*held[:1], *[None] * (spec.calls - 1)]
    calls = {t("autograd.accumulate.call", n=n): value for n, value in enumerate(told, start=1)}
    picture.show(figure.bars(calls, 2 * START, t("autograd.accumulate.alt")), PAGE)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("autograd.accumulate.deeper"))
    source.show(t, PAGE, accumulation.accumulate)
