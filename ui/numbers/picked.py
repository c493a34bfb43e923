"""One value in full: both printouts, the verdict and why, and the code that computed it."""

import streamlit as st

from content.text import Text
from core.lessons.numbers.code import behind, call
from core.lessons.numbers.spec import TableSpec
from ui import controls, say, scroll
from ui.numbers import result


def draw(t: Text, spec: TableSpec, known: result.Told) -> None:
    """Above the squares: below them a click would seem to do nothing."""
    row = result.row_of(spec.printed_value)
    scroll.here(spec.printed_value, "numbers.here")
    if row is None:
        return
    found = known.get((row.text, row.place)) or result.as_open(row)
    with st.container(border=True):
        st.markdown(f"##### {controls.option(t, 'source_text', row.text)} · {t(f'numbers.section.{row.section}')} · `{row.place}`")
        text, now = st.columns(2)
        text.caption(t("numbers.column.printed"))
        text.code(row.printed, language=None, wrap_lines=True)
        now.caption(t("numbers.column.now"))
        now.code(found.now or (t("numbers.picked.open") if found.verdict == "open" else "–"), language=None, wrap_lines=True)
        why = say.together(t, *(t(f"numbers.reason.{code}") for code in found.why))
        st.markdown(" · ".join(filter(None, [f"**{t(f'numbers.kind.{found.verdict}')}**", why])))
        pieces = behind(row)
        if not pieces:
            st.caption(t("numbers.picked.no_code"))
        elif row.chain:
            st.caption(t("numbers.picked.program"))
        else:
            st.caption(t("numbers.picked.code", call=call(row)))
        for i, (file, source) in enumerate(pieces):
            if i == 0 or file != pieces[i - 1][0]:
                st.caption(f"`{file}`")
            st.code(source, line_numbers=True, height=min(420, 40 + 24 * len(source.splitlines())))
