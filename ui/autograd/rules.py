"""What does autograd allow?"""

import streamlit as st

from content.text import Text
from core.gradient import rules
from core.gradient.rules import ENDS, RuleSpec
from ui import predict, source
from ui.fold import deeper

PAGE = "autograd.rules"


def draw(t: Text, spec: RuleSpec) -> None:
    st.code(rules.program(spec.rule), line_numbers=True)
    options = {end: t(f"autograd.rules.ends.{end}") for end in ENDS}
    given = predict.ask(t, spec, t("autograd.rules.predict"), options, PAGE)
    if given is not None:
        ended = rules.outcome(spec.rule)
        if ended.printed:
            st.code("\n".join(ended.printed), language=None, wrap_lines=True)
        if ended.message:
            st.code(ended.message, language=None, wrap_lines=True)
        predict.compare(t, given, ended.end, options, t(f"autograd.rules.why.{spec.rule}"), PAGE)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("autograd.rules.deeper"))
    source.show(t, PAGE, rules.RULES[spec.rule], rules.outcome)
