"""What the page says of a learner's answer, once the three short runs have ended; and what it says of copies of CIFAR-10."""

from types import SimpleNamespace

import pytest
import torch
from streamlit.testing.v1 import AppTest

from content.text import LANGUAGES, Text
from core import data
from core.data.imageset import ImageSet
from core.data.vision import CIFAR10_CLASSES
from ui import chart
from ui.data import numbers

LUCKY = {"none": 0.5, "half": 0.9, "measured": 0.8}


def ended(said: str | None, dataset: str, accuracies: dict[str, float], images: int, lang: str = "en") -> dict[str, str]:
    """The boxes that are shown, by kind."""
    def script(said, dataset, accuracies, images, lang) -> None:
        from content.text import Text
        from core.normalising import SAME, WAYS, Short, short
        from core.train import TrainSpec
        from ui.data import normalising

        t = Text(lang)
        offered = Short(TrainSpec(), {}) if dataset == "untried" else short(dataset)
        options = {way: t(f"data.numbers.way.{way}") for way in WAYS} | {SAME: t("data.numbers.why.same")}
        normalising._ended(t, {"accuracy": accuracies, "images": images}, offered, said, options)

    at = AppTest.from_function(script, args=(said, dataset, accuracies, images, lang)).run()
    assert not at.exception
    return {kind: box.value for kind in ("success", "warning", "info") for box in at.get(kind)}


@pytest.mark.parametrize(("said", "dataset", "kind", "words"), [
    ("measured", "digits", "success", "What counts here is five seeds"),   # although this run says half
    ("half", "digits", "info", "Over five seeds its range overlaps that of “measured”"),
    ("none", "digits", "warning", "PyTorch says “measured”"),
    ("same", "fake", "success", "What counts here is five seeds"),
    ("half", "untried", "success", "no matter"), ("none", "untried", "warning", "PyTorch says “0.5 and 0.5”"),
])
def test_an_answer_is_judged_by_five_seeds_or_by_a_run_that_can_tell(said, dataset, kind, words):
    found = ended(said, dataset, LUCKY, 10000)
    assert list(found) == [kind]
    assert words in found[kind] or words == "no matter"
    assert ("one run cannot tell." in found[kind]) == (kind == "info")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("said", ["none", "half", "measured", "same"])
def test_no_answer_is_wrong_where_one_run_cannot_tell(said, lang):
    found = ended(said, "untried", {"none": 0.55, "half": 0.6, "measured": 0.65}, 40, lang)
    assert list(found) == ["info"]
    assert "40" in found["info"]
    assert "28" in found["info"]                           # 2 + 100 · 3.31 · √(0.6 · 0.4 / 40) points


def test_where_two_are_near_the_third_answer_is_wrong_and_both_are_named():
    near = {"none": 0.3, "half": 0.89, "measured": 0.9}
    assert "PyTorch says “0.5 and 0.5 / measured”" in ended("none", "untried", near, 10000)["warning"]
    assert list(ended("half", "untried", near, 10000)) == ["info"]


@pytest.mark.parametrize("said", ["", None])
def test_whoever_said_nothing_is_not_judged(said):
    assert list(ended(said, "digits", LUCKY, 360)) == ["info"]


@pytest.mark.parametrize(("counts", "copies"), [((50000, 10000), True), ((50, 10), False)])
def test_copies_of_cifar10_are_told_with_what_was_measured(counts, copies, monkeypatch):
    about = SimpleNamespace(classes=CIFAR10_CLASSES, channels=3, side=32, train=counts[0], test=counts[1], mean=(0.49, 0.48, 0.45),
                            std=(0.25, 0.24, 0.26))
    monkeypatch.setattr(data.kept, "about", lambda key: about)
    monkeypatch.setattr(numbers.current, "dataset", lambda: "zip.0123456789abcdef")
    monkeypatch.setattr(chart, "show", lambda *_, **__: None)
    said = []
    monkeypatch.setattr(numbers.st, "markdown", said.append)
    monkeypatch.setattr(numbers.st, "caption", said.append)
    half_black_half_white = torch.tensor([[10**6] + [0] * 254 + [10**6]] * 3)      # mean and std 0.5; printed are 0.4465 and 0.2435
    numbers._measured(Text("en"), half_black_half_white, ImageSet(torch.empty(0), torch.empty(0), ()))
    assert (said[-1].endswith("at most 0.0535, the standard deviations by at most 0.2565.")) == copies
