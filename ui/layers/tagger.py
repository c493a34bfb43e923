"""The LSTM that tags words: its training as a job, the curve while it learns, and what it says of a sentence."""

from dataclasses import asdict, dataclass
from functools import lru_cache

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.layers import tagger
from core.layers.recurrent import RecurrentSpec
from core.layers.tagger import LSTMTagger, TaggerSpec
from figures import word_map
from figures.pixel import number
from figures.recurrent import sentence
from jobs import client
from ui import controls, examples, picture, say, watch
from ui.live_chart import live_chart

PART = "layers.recurrent"                            # whose field the sentence is
SLOT = "layers.tagger"                               # the latest training, whichever view asked for it
HEIGHT = 340
TOP = 1.5                                            # of the loss axis: four tags at random cost ln 4 = 1.386
OFFERED = 5                                          # unseen sentences to pick from


@dataclass(frozen=True, eq=False)
class Trained:
    seed: int
    model: LSTMTagger
    epochs: tuple[dict, ...]


def draw(t: Text, spec: RecurrentSpec) -> None:
    words = f"{len(tagger.VOCABULARY)}"
    st.markdown(t("tagger.about", train=len(tagger.TRAINING), unseen=len(tagger.NEVER_SEEN), words=words))
    found = trained(t, spec.seed, PART)
    if found is None:
        return
    _ended(t, found)
    _sentence(t, found)


def trained(t: Text, seed: int, place: str) -> Trained | None:
    """The latest training as it stands, with a button for the next; what came out, once it has ended well."""
    asked = asdict(TaggerSpec(seed))
    watch.again(SLOT, "tagger", asked)
    found = watch.found(SLOT)
    result = _readable(found) if found and found.state == "done" else None
    if found and found.state == "done" and result is None:                 # as if it had never been
        found = None
    watch.offer(t, SLOT, found, "tagger", asked, t("tagger.again", seed=seed) if found else t("tagger.go", seed=seed), f"{place}.go")
    if found:
        watch.live(t, found, place, lambda now: _grows(t, now, place))
    return result


def _grows(t: Text, found: client.Status, place: str) -> None:
    """A tick: how far, and the curves."""
    told = [event.record for event in client.events(found.id) if event.record["type"] == "epoch"]
    epochs = [record["epoch"] for record in told]
    said = {name: t(f"tagger.{name}") for name in ("loss", "unseen", "accuracy", "epoch")}
    drawn = word_map.progress(tagger.EPOCHS, TOP, said)
    points = [(epochs, [record["loss"] for record in told]), (epochs, [record["unseen_accuracy"] for record in told])]
    share = found.done / found.total if found.total else 0.0
    words = t("tagger.training", done=found.done, total=found.total) if found.total else t("frame.waiting")
    live_chart(drawn, points, key=f"{place}.chart", run=found.id, height=HEIGHT, alt=t("tagger.chart_alt"), failed=t("train.chart.failed"),
               progress=(share, words) if found.active else None)


def _readable(found: client.Status) -> Trained | None:
    """What came out of a training that ended well; None when its records are of another version, with other words, or incomplete."""
    try:
        return _result(found.id, found.spec["seed"])
    except (AttributeError, IndexError, KeyError, RuntimeError, ValueError, TypeError):
        return None


@lru_cache(maxsize=16)
def _result(run: str, seed: int) -> Trained:
    records = [event.record for event in client.events(run)]
    told = [record for record in records if record["type"] == "epoch"]
    epochs = tuple({name: record[name] for name in ("epoch", "loss", "unseen_accuracy")} for record in told)
    if not epochs:
        raise ValueError("no epoch was told")
    return Trained(seed, tagger.from_told(records[-1]["weights"]), epochs)


@lru_cache(maxsize=16)
def _contest(found: Trained) -> tagger.Contest:
    return tagger.contest(found.model)


def _ended(t: Text, found: Trained) -> None:
    last = found.epochs[-1]
    st.markdown(t("tagger.ended", seed=found.seed, epochs=last["epoch"], loss=number(last["loss"]), unseen=f"{last['unseen_accuracy']:.0%}",
                  n=len(tagger.NEVER_SEEN)))
    st.markdown(t("tagger.contest", **asdict(_contest(found))))
    low, high = f"{min(tagger.TRIED):.0%}", f"{max(tagger.TRIED):.0%}"
    band = low if low == high else t("presets.from_to", low=low, high=high)
    st.caption(t("tagger.band", band=band, goal=f"{tagger.GOAL:.0%}"))


def _sentence(t: Text, found: Trained) -> None:
    """The learner's words: each one's tag, probabilities and hidden vector."""
    st.markdown(f"##### {t('tagger.try')}")
    unseen = [" ".join(words) for words, _ in tagger.NEVER_SEEN]
    examples.offer(t, PART, {text: {"sentence": text} for text in unseen[-OFFERED:]})
    given = controls.control(PART, RecurrentSpec, "sentence", t)
    st.caption(t("tagger.known", words=", ".join(tagger.VOCABULARY)))
    try:
        shown = tagger.tagged(found.model, tagger.split(given))
    except SpecError as error:
        say.refused(t, error)
        return
    names = [tag.upper() for tag in tagger.TAGS]
    said = {name: t(f"tagger.{name}") for name in ("probability", "hidden", "alt")}
    picture.show(sentence(shown.words, [tag.upper() for tag in shown.tags], shown.probs.numpy(), names, shown.hidden.numpy(), said),
                 f"{PART}.tagged")
    st.markdown(t("tagger.read"))
