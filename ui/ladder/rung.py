"""One rung: what it adds, what differs from the rung below, and what comes out when it runs."""

from dataclasses import asdict

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.ladder import RUNGS, source
from core.ladder.spec import EPOCHS, LadderSpec, last_batch
from core.ladder.split import learns_from
from figures import diff
from jobs import client
from ui import picture, predict, say
from ui.ladder import gpu, job, result

PAGE = "ladder"
TRUTH = {"r1": "six", "r8": "other", "r10": "other"}                        # every other rung ends on the same loss as the one below


def draw(t: Text, spec: LadderSpec) -> None:
    st.markdown(f"##### {spec.rung.upper()} · {t(f'ladder.name.{spec.rung}')}")
    st.markdown(t(f"ladder.adds.{spec.rung}"))
    _tried(t, spec)
    _difference(t, spec.rung)
    gpu.draw(t, spec)


def _tried(t: Text, spec: LadderSpec) -> None:
    """The question, the run, and what came of both."""
    options = _options(t, spec.rung)
    given = predict.ask(t, spec.rung, t(f"ladder.ask.{spec.rung}"), options, PAGE)
    if given is None:
        return
    came = _run(t, spec)
    if came is None:
        predict.remind(t, given, options, PAGE)
        return
    result.draw(t, spec, came)
    _so_far(t, spec)
    predict.compare(t, given, TRUTH.get(spec.rung, "same"), options, t(f"ladder.why.{spec.rung}"), PAGE)


def _difference(t: Text, key: str) -> None:
    """The program, as what differs from the rung below; R1 whole."""
    below = source.before(key)
    if below:
        words = t("ladder.alt", rung=key.upper(), below=below.upper())
        picture.show(diff.diff(source.diff(key), t("ladder.unchanged", n="{n}"), words), f"{PAGE}.diff")
        st.caption(t("ladder.read_diff", below=below.upper(), rung=key.upper()))
    else:
        st.code(source.text(key).rstrip(), line_numbers=True, wrap_lines=True)


def _options(t: Text, key: str) -> dict[str, str]:
    return {name: t(f"ladder.answer.{name}") for name in (("none", "six", "half") if key == "r1" else ("same", "other"))}


def _run(t: Text, spec: LadderSpec) -> result.Came | None:
    """The rung as a job: its button, how far it is, and what came out, once it has ended well."""
    try:
        learn = learns_from(spec.dataset)
    except SpecError as missing:
        say.refused(t, missing)
        return None
    asked = asdict(spec) | ({"device": "cuda"} if spec.rung == "r13" and gpu.here() else {})
    name = spec.rung.upper()
    words = t("ladder.go", rung=name, n=f"{learn:,}", epochs=EPOCHS[spec.dataset]), t("ladder.again", rung=name)
    found, came = job.offer(t, job.Asked(PAGE, _slot(spec.rung, spec), "ladder", asked), words, result.read, lambda now: _progress(t, now))
    if not found:
        st.caption(t("ladder.last_batch_holds", n=last_batch(learn)))
    return came


def _so_far(t: Text, spec: LadderSpec) -> None:
    """The rungs that ran here from the same seed, side by side."""
    runs = {key: st.session_state.get(_slot(key, spec)) for key in RUNGS}
    ended = {key: job.readable(result.read, client.status(run)) for key, run in runs.items() if run}
    listed = [f"{key.upper()} {came.told[-1].loss:.4f}" for key, came in ended.items() if came]
    if len(listed) > 1:
        st.markdown(t("ladder.so_far", listed=" · ".join(listed)))


def _slot(key: str, spec: LadderSpec) -> str:
    return f"{PAGE}.{key}.{spec.dataset}.{spec.seed}"


def _progress(t: Text, found: client.Status) -> None:
    job.progress(t, found, t("ladder.progress", done=found.done, total=found.total))
