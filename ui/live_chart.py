"""A chart that grows in the learner's browser while the run goes on.

st.plotly_chart builds its chart anew at each change, which loses the zoom and costs 32 KB for 2,000 points.
Here Python sends only the points this browser has not had; ui/live_chart.js adds them to the chart that is there.
"""

import json
import math
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.runtime.scriptrunner import get_script_run_ctx

CODE = Path(__file__).with_suffix(".js")
PLOTLY_FOLDER = Path(find_spec("plotly").origin).parent / "package_data"  # found without importing plotly
PLOTLY_VERSION = version("plotly")

# Streamlit repeats an element's JavaScript in every message. So the element's own is this short loader;
# the chart's code travels with the figure, once per full run, and stays in the browser tab.
LOADER = """\
export default function (component) {
  const data = JSON.parse(new TextDecoder().decode(component.data))
  const { code } = data
  if (code && window.liveChart?.code !== code) {
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }))
    window.liveChart = { code, module: import(url) }
  }
  if (!window.liveChart) return component.setTriggerValue("missing", null)
  return window.liveChart.module.then(chart => chart.default({ ...component, data }))
}
"""

# Not isolated: Plotly writes the style of its hover label and buttons into the document, which a shadow root hides.
_ELEMENT = st.components.v2.component("live_chart", js=LOADER, isolate_styles=False)


@dataclass(frozen=True)
class Sent:
    """What one browser has had: points per trace of one run, and the figure as JSON."""

    run: str
    counts: list[int]
    figure: str


def live_chart(
    figure: dict,
    points: list[tuple[list[float], list[float]]],
    *,
    key: str,
    run: str,
    height: int = 420,
    alt: str | None = None,
    failed: str = "The chart could not be loaded. Please reload the page.",
) -> None:
    """Draw a Plotly figure that grows and keeps the learner's zoom; call it inside a fragment with run_every.

    figure: {"data": [traces without x and y], "layout": {...}, "config": {...} if wanted}.
    points: (xs, ys) of each trace, everything so far; another `run` clears the chart.
    height in pixels; alt is read aloud (else the title is), failed stands where plotly.min.js did not arrive.
    """
    sent = None if _is_full_run() else st.session_state.get(_slot(key))
    message = news(points, run, sent)
    shown = json.dumps([figure, height, alt, failed])
    if sent != Sent(run, message["from"], shown):
        message |= {"figure": figure, "height": height, "alt": alt, "failed": failed}
        message |= {"code": CODE.read_text(encoding="utf-8"), "plotly": _plotly_address()}
    counts = [start + len(xs) for start, xs in zip(message["from"], message["x"], strict=True)]
    st.session_state[_slot(key)] = Sent(run, counts, shown)
    # As bytes: in a dict Streamlit looks for tables, for which it imports pandas (1 s at the first chart).
    data = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
    _ELEMENT(data=data, key=key, on_missing_change=partial(_resume, key))


def news(points: list[tuple[list[float], list[float]]], run: str, sent: Sent | None) -> dict:
    """The points that come after what was sent; all of them for another run or other traces."""
    ends = [min(len(xs), len(ys)) for xs, ys in points]  # a run may be appending meanwhile
    starts = sent.counts if sent and sent.run == run else []
    if len(starts) != len(ends) or any(start > end for start, end in zip(starts, ends, strict=True)):
        starts = [0] * len(ends)
    spans = list(zip(points, starts, ends, strict=True))
    return {
        "run": run,
        "from": starts,
        "x": [[_short(x) for x in xs[start:end]] for (xs, _), start, end in spans],
        "y": [[_short(y) for y in ys[start:end]] for (_, ys), start, end in spans],
    }


def _short(value: float) -> float | None:
    """Six digits are finer than a pixel; whole numbers stay whole, so step 1,234,567 keeps its place."""
    if not math.isfinite(value):
        return None  # JSON has no infinity, and Plotly draws a gap
    return int(value) if value == int(value) else float(f"{value:.6g}")


def _resume(key: str) -> None:
    """The browser says what it has (nothing: null); the next message starts there."""
    has = st.session_state[key].missing or {"run": "", "have": []}
    st.session_state[_slot(key)] = Sent(str(has["run"]), [max(0, int(n)) for n in has["have"]], figure="")


def _slot(key: str) -> str:
    return f"live_chart sent {key}"


def _is_full_run() -> bool:
    """Whether the whole page runs, when the browser may have dropped the element, and not one fragment alone.

    Streamlit offers no public question for this; its own code asks the run context in the same way.
    """
    ctx = get_script_run_ctx()
    return ctx is None or not ctx.fragment_ids_this_run


def _plotly_address() -> str:
    """Serve the installed plotly.min.js, and say where: an address below the app's own.

    Declaring a component is Streamlit's public way to serve a folder: nothing is copied, so a read-only disk will do.
    It counts for the server that runs now, hence at each full run. The version lets browsers keep the file for good.
    """
    served = declare_component("plotly", path=PLOTLY_FOLDER)
    return f"component/{served.name}/plotly.min.js?v={PLOTLY_VERSION}"
