"""The transforms view: a pipeline built by clicks, its grid, the way back, and the way to Train."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.train import TrainSpec
from figures.draws import draws
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)

PART = "data.transforms"


def looked(**query: str) -> AppTest:
    at = opened("data", view="transforms", **query)
    return fine(at.button(key=f"predict.{PART}.show").click().run())


def pipeline(at: AppTest) -> str:
    return at.session_state[f"{PART}.transforms"]


def to_train(at: AppTest) -> list[str]:
    return [e.proto.query_string for e in at.get("page_link") if e.proto.label.startswith("Train with")]


def test_a_pipeline_is_built_step_by_step_and_undone():
    at = looked(transforms="rotate-tensor-norm")
    assert "v2.RandomRotation(degrees=15)" in shown(at)
    fine(at.selectbox(key=f"{PART}.add").set_value("jitter").run())
    assert pipeline(at) == "rotate-tensor-norm-jitter"
    assert "Move it in front of Normalize" in shown(at)
    for _ in range(3):
        fine(at.button(key=f"{PART}.earlier").click().run())
    assert pipeline(at) == "jitter-rotate-tensor-norm"
    assert "Move it in front" not in shown(at)
    fine(at.slider(key=f"{PART}.jitter.contrast").set_value(0.5).run())
    assert pipeline(at) == at.query_params["transforms"] == "jitterc0.5-rotate-tensor-norm"
    fine(at.button(key=f"{PART}.remove").click().run())
    assert pipeline(at) == "rotate-tensor-norm"
    for _ in range(6):
        fine(at.button(key=f"{PART}.undo").click().run())
    assert pipeline(at) == "rotate-tensor-norm"
    assert at.button(key=f"{PART}.undo").disabled


def test_the_texts_way_back_is_shown_as_wrong_and_repaired():
    at = looked(transforms="tensor-normcifar", dataset="patches", back="half")
    assert "-0.4947 to 1.5632" in shown(at)
    assert "Clipping input data to the valid range for imshow with RGB data" in shown(at)
    at.session_state[f"{PART}.back"] = "matching"
    fine(at.run())
    assert "Exactly undone" in shown(at)
    assert "Clipping" not in shown(at)


def test_a_link_that_holds_nonsense_is_mended_with_a_note():
    at = opened("data", view="transforms", transforms="twirl-rotate999-tensor")
    assert pipeline(at) == "rotate180-tensor"
    assert "it was mended" in shown(at)


def test_train_gets_what_may_stand_there_and_is_told_what_is_left_out():
    at = looked(transforms="resize-rotate-tensor-normhalf")
    (query,) = to_train(at)
    assert "transforms=rotate-tensor-normhalf" in query
    assert "normalisation=half" in query
    assert "Left out in training: Resize." in shown(at)


def test_train_says_its_pipeline_in_words_and_can_do_without():
    at = opened("train", transforms="rotate25-tensor-norm")
    at.session_state["fold.train.more"] = True
    assert "RandomRotation(degrees=25) → ToTensor → Normalize" in shown(fine(at.run()))
    fine(at.button(key="train.transforms.remove").click().run())
    assert at.session_state["train.transforms"] == TrainSpec().transforms == ""
    assert "transforms" not in at.query_params


def test_a_pipeline_that_does_not_fit_the_network_starts_no_run():
    at = opened("train", transforms="crop32-tensor-norm")
    fine(at.button(key="predict.train.show").click().run())
    fine(at.button(key="train.start").click().run())
    assert "this network takes 28 × 28" in shown(at)
    assert not at.session_state["train.run"]


@pytest.mark.parametrize("columns", [2, 8])
def test_the_grid_has_a_shape_under_each_picture(columns):
    image = np.zeros((1, 4, 4), dtype=np.uint8)
    svg = draws([[image] * columns] * 3, ["a"] * columns, [["(1, 4, 4)"] * columns] * 3, [["0 … 0"] * columns] * 3, "alt")
    assert svg.count("(1, 4, 4)") == svg.count("<image") == 3 * columns
