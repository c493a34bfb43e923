"""The tensors page's dtypes, memory, picture axes and steps of broadcasting: predicted, drawn and explained in both languages."""

import numpy as np
import pytest
import torch

from content.text import LANGUAGES, Text, sentences
from core.broadcast import align, stretch
from core.dtypes import NUMBERS, OPERATIONS, DtypeSpec, meet
from core.errors import SpecError
from core.expression.explore import ExpressionSpec
from core.expression.explore import explore as typed
from core.layout import SEEN, WAYS
from core.memory import EXAMPLES, MemorySpec, explore
from core.ops import OPS
from core.tensors import DTYPES
from figures import broadcast
from tests.test_expression_page import drawn
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two of them are fixtures)
from ui.tensors import dtype


def told(view: str, **query: str):
    """A view with its answer on display."""
    at = opened("tensors", view=view, **query)
    return fine(at.button(key=f"predict.tensors.{view}.show").click().run())


def choose(at, key: str, value: object):
    """Put a widget's value in place, as a click would."""
    at.session_state[key] = value
    return fine(at.run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_memory_example_is_drawn_with_its_rule(lang):
    at = told("memory", lang=lang)
    for text in EXAMPLES:
        choose(at, "tensors.memory.text", text)
        assert Text(lang)("tensors.memory.of", name="a") in drawn(at, "tensors.memory")
        assert "offset" in shown(at) or "起点" in shown(at)


def test_the_followed_element_is_in_the_link_and_its_sum_on_the_page():
    at = told("memory", text="a.T", element="4")
    assert "**Element [1, 1]**: offset + index · stride = 0 + 1·1 + 1·3 = **place 4**" in shown(at)
    assert at.query_params["element"] == "4"


def test_writing_into_a_shows_in_a_view_and_not_in_a_copy():
    for text, count in (("a.T", 2), ("a.T.contiguous()", 1)):              # in the memory, and in the tensor that reads it
        at = told("memory", text=text)
        fine(at.toggle(key="tensors.memory.overwrite").set_value(True).run())
        assert drawn(at, "tensors.memory").count(">99<") == count


def test_an_operation_leads_to_its_memory():
    at = told("catalogue", op="transpose")
    fine(at.button(key="tensors.catalogue.memory").click().run())
    assert at.session_state["tensors.view"] == "memory"
    assert at.text_input(key="tensors.memory.text").value == "torch.transpose(a, 0, 1)"
    assert not [b for b in told("catalogue", ask="each", op="sqrt").button if b.key == "tensors.catalogue.memory"]


@pytest.mark.parametrize("key", [key for key, op in OPS.items() if op.question in ("memory", "pick", "join")])
def test_every_such_operation_has_a_memory_that_can_be_drawn_or_says_why_not(key):
    example = OPS[key].example
    if isinstance(typed(ExpressionSpec(example)).value, torch.Tensor):
        assert explore(MemorySpec(example)).value.numel()
    else:                                                  # several tensors
        with pytest.raises(SpecError, match="memory_no_tensor"):
            explore(MemorySpec(example))


@pytest.mark.parametrize(("query", "said"), [
    ({"text": "a.shape"}, "no tensor"), ({"a_size": "9, 9"}, "limit is 24"), ({"text": "a.T.view(6)"}, "view size is not compatible"),
    ({"text": "a[:0]"}, "holds no number"), ({"text": "eval(a)"}, "not available"),
])
def test_what_memory_cannot_draw_is_said(query, said):
    assert said in shown(opened("tensors", view="memory", **query))


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_pair_of_dtypes_has_its_reason(op):
    found = {(a, b): dtype.reason(DtypeSpec(op, a, b), meet(op, a, b)) for a in DTYPES for b in (*DTYPES, *NUMBERS)}
    assert all(f"tensors.dtype.why.{reason}" in sentences() for reason in found.values())
    assert found["float64", "float32"] == {"add": "wider", "sub": "wider", "mul": "wider", "div": "wider", "gt": "truth"}[op]
    assert found["int16", "uint8"] == {"div": "fraction", "gt": "truth"}.get(op, "wider")
    assert found["uint8", "2.5"] == {"div": "fraction", "gt": "truth"}.get(op, "number_kind")
    assert found["bool", "bool"] == {"sub": "error", "div": "fraction", "gt": "truth"}.get(op, "same")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reason_and_the_run_are_on_the_page(lang):
    at = told("dtype", op="div", a="int64", b="2", lang=lang)
    assert "float32" in at.info[0].value
    assert ">>> a / 2\ntensor([0.0000, 0.5000, 1.0000])" in shown(at)


def test_the_table_is_hidden_until_there_is_a_prediction():
    at = opened("tensors", view="dtype")
    assert ">?<" in drawn(at, "tensors.dtype")
    assert drawn(at, "tensors.dtype").count(">float64<") == 2              # a row and a column
    assert drawn(told("dtype"), "tensors.dtype").count(">float64<") > 15


def test_numbers_are_converted_and_unreadable_ones_refused():
    at = told("dtype", values="300, -1", to="uint8")
    assert ">44<" in drawn(at, "tensors.dtype.cast")
    assert ">255<" in drawn(at, "tensors.dtype.cast")
    assert "something else than numbers" in shown(opened("tensors", view="dtype", values="1, two"))
    assert "up to 8 numbers" in shown(opened("tensors", view="dtype", values=","))


@pytest.mark.parametrize("way", WAYS)
def test_the_picture_waits_for_the_prediction_and_the_code_tells_nothing(way):
    at = opened("tensors", view="layout", way=way)
    assert drawn(at, "tensors.layout").count("<image") == 3                # the channels
    assert at.code[0].value.count("#") == 1                # the remark about the shape, and none that gives the answer away
    pills = next(group for group in at.button_group if group.key.startswith("predict.tensors.layout"))
    fine(pills.set_value(SEEN[way]).run())
    assert at.success
    assert drawn(at, "tensors.layout").count("<image") == (3 if way == "unchanged" else 4)
    assert ("Cannot handle" in shown(at)) == (way == "unchanged")


def test_broadcasting_goes_axis_by_axis_from_the_right():
    at = told("combine", a_size="3, 1", b_size="1, 4")
    said = []
    for step in range(4):
        fine(at.slider(key="tensors.combine.step").set_value(step).run())
        said.append(next(m.value for m in at.markdown if m.value.startswith(("**Align", "**Compare", "**Stretch"))))
    assert [words.split("*")[2] for words in said] == ["Align", "Compare", "Compare", "Stretch"]
    assert "dim -1: 1 meets 4" in said[1]
    assert "dim -2: 3 meets 1" in said[2]
    assert drawn(at, "tensors.stretched").count("stroke-dasharray") == 9 + 8               # of 12 numbers each, 3 and 4 are stored


def test_the_steps_end_where_the_shapes_clash():
    at = told("combine", a_size="2, 3", b_size="3, 2")
    assert at.slider(key="tensors.combine.step").max == 1
    assert "here it ends" in shown(at)


@pytest.mark.parametrize(("a", "b"), [("", ""), ("0, 3", "1, 3"), ("2, 2, 3", "3"), ("20, 20", "1"), ("1, 13", "2, 1")])
def test_every_size_can_be_stepped_through(a, b):
    at = told("combine", a_size=a, b_size=b)
    for step in range(int(at.slider(key="tensors.combine.step").max) + 1):
        fine(at.slider(key="tensors.combine.step").set_value(step).run())


def test_stretched_numbers_stand_where_numpy_puts_them():
    a, b = np.arange(3).reshape(3, 1), np.arange(4).reshape(1, 4)
    shape = np.broadcast_shapes(a.shape, b.shape)
    seen = stretch(torch.from_numpy(a), shape)
    assert np.array_equal(seen.values.numpy(), np.broadcast_to(a, shape))
    assert seen.stored.tolist() == [[True, False, False, False]] * 3
    assert stretch(torch.ones(()), (2, 2)).stored.sum() == 1
    assert stretch(torch.ones(2, 3), (2, 3)).stored.all()
    assert broadcast.readable(np.zeros((3, 4)))
    assert not broadcast.readable(np.zeros((20, 20)))
    assert align((3, 1), (1, 4))[0].out == 3


def test_too_long_a_text_stays_in_its_field_and_what_counts_of_it_is_said():
    at = opened("tensors", view="expression")
    long = "a + " + "1 + " * 200 + "1"
    fine(at.text_input(key="tensors.expression.text").set_value(long).run())
    assert at.text_input(key="tensors.expression.text").value == long
    assert any(f"Of the {len(long)} letters here only the first" in one.value for one in at.warning)
