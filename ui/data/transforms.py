"""What happens to a picture on its way into a network? A pipeline of transforms: before, after, the values, and the way back."""

from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from content.text import Text
from core.data import info
from core.errors import SpecError
from core.images import Tensor, stages, to_tensor, unnormalise
from core.loading import Batch, BatchSpec, batch
from core.models import MODELS
from core.train import TrainSpec
from core.transforms import training
from core.transforms.look import Looked, TransformsSpec, extremes, look, mixed, seen, way_back
from core.transforms.pipeline import Pipeline, compose, decoded, encoded, named, through, written
from core.transforms.step import Seen
from core.transforms.values import Normalize
from figures import batch as figure
from figures import ranges
from figures.draws import draws
from ui import chart, controls, frame, link, picture, predict, say, source
from ui.data import current, pipeline
from ui.fold import deeper

PAGE = "data.transforms"
IMSHOW = ("Clipping input data to the valid range for imshow with RGB data ([0..1] for floats or [0..255] for integers). "
          "Got range [{low}..{high}].")              # matplotlib's words


def draw(t: Text, spec: TransformsSpec) -> None:
    pictures = current.pictures(t)
    spec, beside = pipeline.draw(t, spec)
    found = look(current.dataset(), spec)
    given = _ask(t, found)
    if given is None:
        return
    _pictures(t, spec, found, beside)
    _compare(t, given, found)
    _values(t, found)
    _train(t, decoded(spec.transforms))
    st.markdown(t("data.pipeline.code"))
    st.code(written(decoded(spec.transforms), found.states[0], spec.seed))
    with deeper(t, PAGE) as is_open:
        if is_open:
            controls.control(PAGE, TransformsSpec, "first", t)
            drawn = batch(pictures, BatchSpec(batch_size=4))
            to_tensor_step(t, found.before[0])
            normalise_step(t, drawn, current.dataset())
    source.show(t, PAGE, compose, through, unnormalise, training.check, training.Augment)


def _ask(t: Text, found: Looked) -> str | None:
    return predict.ask(t, _about(found), t("data.pipeline.predict"), _answers(t, found), PAGE)


def _about(found: Looked) -> tuple:
    first, last = found.states[0], found.states[-1]
    return current.dataset(), first.shape, last.shape, last.stage


def _answers(t: Text, found: Looked) -> dict[str, str]:
    """Shape and range of what comes out; the right one among them."""
    first, last = found.states[0], found.states[-1]
    stored = (first.side, first.side, first.channels)                      # as files and PIL have it
    every = {(stored, "bytes"), (first.shape, "fractions"), (last.shape, "fractions"), (last.shape, "normalised"), (last.shape, last.stage)}
    return {f"{shape} {stage}": t(f"data.pipeline.range.{stage}", shape=shape) for shape, stage in sorted(every)}


def _compare(t: Text, given: str, found: Looked) -> None:
    last = found.states[-1]
    why = t(f"data.pipeline.why.{last.stage}", shape=last.shape, range=_range(found.after))
    predict.compare(t, given, f"{last.shape} {last.stage}", _answers(t, found), why, PAGE)


def _pictures(t: Text, spec: TransformsSpec, found: Looked, beside: DeltaGenerator) -> None:
    """One grid: what is stored, and what comes out of each draw, as it is shown after the way back."""
    back = "none" if found.states[-1].used is None else _way_back(t, spec, found, beside)
    after = [t("data.pipeline.seed", seed=seed) for seed in found.seeds] if len(found.seeds) > 1 else [t("data.pipeline.after")]
    picture.show(_grid(found, back, (t("data.stage.bytes"), *after), t("data.pipeline.alt")), f"{PAGE}.grid")
    if len(found.seeds) > 1:
        st.caption(t("data.pipeline.draws"))


@lru_cache(maxsize=32)
def _grid(found: Looked, back: str, heads: tuple[str, ...], alt: str) -> str:
    """A row for each picture: stored, then as each draw is shown. The mouse tells the range of the values before the way back."""
    state, rows, hovers = found.states[-1], [], []
    for stored, drawn, values in zip(found.before, way_back(found.after, state, back), found.after, strict=True):
        rows.append([stored.numpy(), *drawn.numpy()])
        hovers.append([_range(stored), *map(_range, values)])
    shapes = [str(found.states[0].shape), *[str(state.shape)] * len(found.seeds)]
    return draws(rows, heads, [shapes] * len(rows), hovers, alt)


def _way_back(t: Text, spec: TransformsSpec, found: Looked, beside: DeltaGenerator) -> str:
    """The switch, and what it does to the values."""
    state = found.states[-1]
    with beside:
        back = controls.control(PAGE, TransformsSpec, "back", t, wide=True)
    low, high = extremes(state, back)
    facts = {"low": f"{low:.4f}", "high": f"{high:.4f}", "mean": _listed(state.used[0]), "std": _listed(state.used[1])}
    right = back == "matching" or (back == "half" and _is_half(state))
    way = "right" if right else back
    st.markdown(t(f"data.pipeline.back.{way}", **facts))
    if right and (after := mixed(decoded(spec.transforms))):
        st.markdown(t("data.pipeline.back.mixed", steps=", ".join(map(named, after))))
    if not right and state.channels == 3:
        shown = way_back(found.after, state, back)
        st.code(IMSHOW.format(low=f"{float(shown.min()):.4f}", high=f"{float(shown.max()):.4f}"), language=None, wrap_lines=True)
    return back


def _is_half(state: Seen) -> bool:
    return state.used == Normalize("half").numbers(state)


def _values(t: Text, found: Looked) -> None:
    """Where the values lie: as stored, before and after Normalize, and back."""
    panels = {"bytes": found.before, "ready": found.ready}
    if found.states[-1].used:
        panels |= {"normalised": found.after, "back": way_back(found.after, found.states[-1], controls.read(PAGE, TransformsSpec).back)}
    titled = [(f"{t(f'data.stage.{name}')}<br>{_range(values)}", values.numpy()) for name, values in panels.items()]
    chart.show(ranges.histograms(titled, t("data.stage.count")), f"{PAGE}.values", t("data.pipeline.values_alt"))


def _train(t: Text, steps: Pipeline) -> None:
    """A link to Train with what may stand there, and what is left out and why."""
    found = info(current.dataset())
    network = "cifar_net" if found.channels == 3 else "lenet5"
    kept, left = training.for_training(steps), [named(step) for step in steps if not training.trains(step)]
    constants = next((step.constants for step in kept if isinstance(step, Normalize)), "none")
    normalisation = "half" if constants == "half" else "none" if constants == "none" else "measured"
    key = encoded(kept) if any(step.random for step in kept) else ""
    fed = MODELS[network]
    measured = seen(current.dataset()).measured
    try:
        if key:
            training.check(key, Seen(fed.channels, fed.size, measured), normalisation)
    except SpecError as error:
        say.refused(t, error)
        return
    asked = TrainSpec(dataset=current.dataset(), network=network, normalisation=normalisation, transforms=key)
    frame.page_link("train", t("data.pipeline.train"), **link.differing(asked))
    if left:
        st.caption(t("data.pipeline.left_out", left=", ".join(left)))


def to_tensor_step(t: Text, image: Tensor) -> None:
    """A picture as it is stored, and as ToTensor hands it on. Shapes: (C, H, W) uint8."""
    stored = image.permute(1, 2, 0)                                        # (C, H, W) -> (H, W, C), as files store it
    x = to_tensor(stored)
    row, column = divmod(int(stored[..., 0].argmax()), stored.shape[1])    # the brightest pixel
    byte, fraction = int(stored[row, column, 0]), float(x[0, row, column])
    st.markdown(t("data.to_tensor", stored=tuple(stored.shape), shape=tuple(x.shape), low=int(stored.min()), high=int(stored.max()),
                  x_low=f"{float(x.min()):.3f}", x_high=f"{float(x.max()):.3f}", row=row, column=column, byte=byte,
                  fraction=f"{fraction:.4f}"))


def normalise_step(t: Text, drawn: Batch, key: str) -> None:
    """Where the values lie at each stage, and what the wrong way back does to the pictures."""
    found = info(key)
    seen = stages(drawn.images, found.mean, found.std)
    st.markdown(t("data.normalise", mean=_listed(found.mean), std=_listed(found.std)))
    named = {"bytes": seen.stored, "scaled": seen.scaled, "normalised": seen.normalised, "back": seen.back}
    panels = [(f"{t(f'data.stage.{name}')}<br>{_range(values)}", values.numpy()) for name, values in named.items()]
    chart.show(ranges.histograms(panels, t("data.stage.count")), "data.ranges", t("data.ranges_alt"))
    st.markdown(t("data.back", right=_range(seen.back), wrong=_range(seen.wrong)))
    ways = {"stored": seen.scaled[:4], "back": seen.back[:4], "wrong": seen.wrong[:4]}
    labels = [t(f"data.way.{way}") if i == 0 else "" for way, part in ways.items() for i in range(len(part))]
    hovers = [_range(image) for part in ways.values() for image in part]
    pictures = [image.numpy() for part in ways.values() for image in part]
    picture.show(figure.grid(pictures, labels, hovers, t("data.grid_alt"), columns=12), "data.way_back")


def _range(values: Tensor) -> str:
    low, high = float(values.min()), float(values.max())
    return (f"{low:.2f} … {high:.2f}" if values.is_floating_point() else f"{low:.0f} … {high:.0f}").replace("-", "−")


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:.4f}" for number in numbers)
