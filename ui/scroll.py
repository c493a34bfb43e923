"""Bring what is new into sight: a click far below the place that it changes would else seem to do nothing."""

import streamlit as st

# The browser remembers the mark that it showed last: other reruns, and the page's first, leave the reader where they are, and so does
# a change of what begins in the upper half of the window.
_HERE = """
export default function ({ data, parentElement }) {
  const mark = new TextDecoder().decode(data)
  const place = parentElement.querySelector(".firstlight-here")
  const before = place.mark
  place.mark = mark
  if (before === undefined || before === mark) return
  requestAnimationFrame(() => {
    const top = place.getBoundingClientRect().top
    if (top < 0 || top > innerHeight / 2) place.scrollIntoView({ block: "start" })
  })
}
"""
_HTML = '<div class="firstlight-here" style="scroll-margin-top:4.5rem"></div>'        # Streamlit's own bar covers the top of the page
_ELEMENT = st.components.v2.component("firstlight_here", html=_HTML, js=_HERE, isolate_styles=False)


def here(mark: str, key: str) -> None:
    """Scroll to this place when `mark` is another one than in the run before. Call it right above what changes, in every run."""
    _ELEMENT(key=key, data=mark.encode())            # as bytes: for a dict Streamlit would import pandas
