"""One rung: what it adds, what differs from the rung below, and what comes out when it runs."""

from dataclasses import asdict

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.ladder import RUNGS, quiz, source
from core.ladder.spec import EPOCHS, LadderSpec, batches_of, last_batch
from core.ladder.split import learns_from
from figures import diff
from figures import ladder as figure
from jobs import client
from ui import picture, predict, say
from ui.ladder import gpu, job, kept, result
from ui.live_chart import live_chart

PAGE = "ladder"
HEIGHT = 200                                         # of the loss while it runs


def draw(t: Text, spec: LadderSpec) -> None:
    st.markdown(f"**{spec.rung.upper()} · {t(f'ladder.name.{spec.rung}')}**  \n{t(f'ladder.adds.{spec.rung}')}")
    _tried(t, spec)
    _difference(t, spec.rung)
    gpu.draw(t, spec)


def _tried(t: Text, spec: LadderSpec) -> None:
    """The question, the run, and what came of both."""
    asked = quiz.question(spec.rung, spec.dataset)
    options = {name: _answer(t, name) for name in asked.answers}
    given = predict.ask(t, (spec.rung, asked), t(f"ladder.ask.{spec.rung}"), options, PAGE)
    if given is None:
        return
    came = _run(t, spec)
    if came is None:
        predict.remind(t, given, options, PAGE)
        return
    result.draw(t, spec, came)
    _so_far(t, spec)
    predict.compare(t, given, asked.truth, options, t(f"ladder.why.{spec.rung}"), PAGE)


def _difference(t: Text, key: str) -> None:
    """The program, as what differs from the rung below; R1 whole."""
    if t.has(f"ladder.also.{key}"):
        st.markdown(t(f"ladder.also.{key}"))
    below = source.before(key)
    if below:
        words = t("ladder.alt", rung=key.upper(), below=below.upper())
        picture.show(diff.diff(source.diff(key), t("ladder.unchanged", n="{n}"), words), f"{PAGE}.diff")
        st.caption(t("ladder.read_diff", below=below.upper(), rung=key.upper()))
    else:
        st.code(source.text(key).rstrip(), line_numbers=True, wrap_lines=True)


def _answer(t: Text, name: str) -> str:
    """Figures and shapes stand for themselves."""
    return t(f"ladder.answer.{name}") if t.has(f"ladder.answer.{name}") else name


def _run(t: Text, spec: LadderSpec) -> result.Came | None:
    """The rung as a job: its button, how far it is, and what came out, once it has ended well."""
    try:
        learn = learns_from(spec.dataset)
    except SpecError as missing:
        say.refused(t, missing)
        return None
    asked = asdict(spec) | ({"device": "cuda"} if spec.rung == "r13" and gpu.here() else {})
    name = spec.rung.upper()
    facts, below = {"rung": name, "n": f"{learn:,}", "epochs": EPOCHS[spec.dataset]}, source.before(spec.rung)
    first = t("ladder.go_both", below=below.upper(), **facts) if below else t("ladder.go", **facts)
    words = first, t("ladder.again", rung=name)
    to_do = job.Asked(PAGE, _slot(spec.rung, spec), "ladder", asked)
    found, came = job.offer(t, to_do, words, result.read, lambda now: _grows(t, spec, now))
    if not found:
        st.caption(t("ladder.last_batch_holds", n=last_batch(learn)))
    return came


def _so_far(t: Text, spec: LadderSpec) -> None:
    """The rungs that ran here from the same seed, side by side."""
    ended = {key: job.readable(result.read, run) for key, run in kept.runs(spec) if key in RUNGS}
    listed = [f"{key.upper()} {came.told[-1].loss:.4f}" for key, came in ended.items() if came]
    if len(listed) > 1:
        st.markdown(t("ladder.so_far", listed=" · ".join(listed)))


def _slot(key: str, spec: LadderSpec) -> str:
    return f"{PAGE}.{key}.{spec.dataset}.{spec.seed}"


def _grows(t: Text, spec: LadderSpec, found: client.Status) -> None:
    """A tick: how far, and the loss of a batch now and then."""
    said = {name: t(f"ladder.curve.{name}") for name in ("loss", "batch")}
    told = [event.record for event in client.events(found.id) if event.record["type"] == "loss"]
    points = [([record["batch"] for record in told], [record["loss"] for record in told])]
    batches = EPOCHS[spec.dataset] * batches_of(learns_from(spec.dataset))
    share = found.done / found.total if found.total else 0.0
    words = _far(t, spec, found, batches) if found.total else t("frame.waiting")
    live_chart(figure.curve(batches, said), points, key=f"{PAGE}.curve", run=found.id,
               height=HEIGHT, alt=t("ladder.curve.alt", rung=spec.rung.upper()), failed=t("train.chart.failed"),
               progress=(share, words) if found.active else None)


def _far(t: Text, spec: LadderSpec, found: client.Status, batches: int) -> str:
    """In the rung itself, or after it in the one below."""
    if found.done > batches:
        return t("ladder.progress_below", below=source.before(spec.rung).upper(), done=found.done - batches, total=batches)
    return t("ladder.progress", done=found.done, total=batches)
