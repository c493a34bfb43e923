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
from itertools import groupby, pairwise
from pathlib import Path

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.runtime.scriptrunner import get_script_run_ctx

CODE = Path(__file__).with_suffix(".js")
PLOTLY_FOLDER = Path(find_spec("plotly").origin).parent / "package_data"  # found without importing plotly
PLOTLY_VERSION = version("plotly")
PACKED = 300                                         # more points at once are a history: they keep their own digits

# Streamlit repeats an element's JavaScript in every message. So the element's own is this short loader;
# the chart's code travels with the figure, once per full run, and stays in the browser tab: one address is one module.
LOADER = """\
export default c => {
const data = JSON.parse(new TextDecoder().decode(c.data)), w = window
if (data.code) w.liveChart = import("data:text/javascript," + encodeURIComponent(data.code))
return w.liveChart ? w.liveChart.then(m => m.default({ ...c, data })) : c.setTriggerValue("missing", null)
}"""

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
    numbers: dict[str, str] | None = None,
    progress: tuple[float, str] | None = None,
) -> None:
    """Draw a Plotly figure that grows and keeps the learner's zoom; call it inside a fragment with run_every.

    figure: {"data": [traces without x and y], "layout": {...}, "config": {...} if wanted}. A trace with "meta": {"mean_of": i,
    "last": n} gets no points: the browser computes the mean of the last n points of trace i.
    points: (xs, ys) of each trace, everything so far; another `run` clears the chart.
    height in pixels; alt is read aloud (else the title is), failed stands where plotly.min.js did not arrive.
    numbers: label -> figure, written large above the chart. progress: a share in [0, 1] as a bar, with words. Both belong to the
    element, because one element costs a tick less than three.
    """
    sent = None if _is_full_run() else st.session_state.get(_slot(key))
    message, numbers = news(points, run, sent), numbers or {}
    counts = [start + len(xs) for start, xs in zip(message["from"], message["x"], strict=True)]
    shown = json.dumps([figure, height, alt, failed, list(numbers)])
    if sent != Sent(run, message["from"], shown):
        message |= {"figure": figure, "height": height, "alt": alt, "failed": failed, "labels": list(numbers)}
        message |= {"code": CODE.read_text(encoding="utf-8"), "plotly": _plotly_address()}
    message |= {axis: [packed(values) for values in message[axis]] for axis in "xy"}
    message |= {"numbers": list(numbers.values())} if numbers else {}
    message |= {"progress": [round(progress[0], 4), progress[1]]} if progress else {}
    st.session_state[_slot(key)] = Sent(run, counts, shown)
    # As bytes: in a dict Streamlit looks for tables, for which it imports pandas (1 s at the first chart).
    data = json.dumps(message, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
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


def packed(values: list[float | None]) -> list[float | None] | dict:
    """Points of a tick in half their bytes. Steps, and what stays the same, as distances and how often each; other values as whole
    numbers of four digits."""
    if len(values) < 4 or len(values) > PACKED or None in values:
        return values
    if len(set(values)) == 1 or all(isinstance(value, int) for value in values):
        distances = groupby(b - a for a, b in pairwise(values))
        return {"first": values[0], "runs": [n for by, same in distances for n in (by, len(list(same)))]}
    digits = 3 - math.floor(math.log10(max(map(abs, values))))
    return {"digits": digits, "of": [round(value * 10**digits) for value in values]} if 0 < digits <= 12 else values


def _short(value: float) -> float | None:
    """Four digits are finer than a pixel; whole numbers stay whole, so step 1,234,567 keeps its place."""
    if not math.isfinite(value):
        return None  # JSON has no infinity, and Plotly draws a gap
    return int(value) if value == int(value) else float(f"{value:.4g}")


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
