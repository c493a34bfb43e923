"""Sizes, broadcasting, and PyTorch's own words when shapes do not fit."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.broadcast import Aligned, align
from core.errors import SpecError
from core.ops import of_kind
from core.tensors import (
    DTYPES,
    LARGEST,
    RANDOM,
    CombineSpec,
    CreateSpec,
    call,
    combine,
    create,
    facts,
    parse_size,
    shape_guesses,
    write_size,
)

SMALL = settings(derandomize=True, deadline=None, database=None, max_examples=300)
shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)
related = st.lists(st.sampled_from([0, 1, 1, 3]), max_size=4).map(tuple)   # few sizes, so that many pairs fit

sizes_typed = st.text(max_size=40) | st.text("0123456789,x ()-", max_size=40)


def written(size: tuple[int, ...]) -> str:
    return ", ".join(map(str, size))


def code_of(refused: pytest.ExceptionInfo) -> str:
    return refused.value.code


# sizes

@pytest.mark.parametrize(("text", "size"), [
    ("2, 3", (2, 3)), ("2,3", (2, 3)), ("(2, 3)", (2, 3)), ("[2,3,]", (2, 3)), ("2 x 3", (2, 3)), ("2×3", (2, 3)),
    ("2，3", (2, 3)), ("5", (5,)), ("(5,)", (5,)), ("", ()), ("()", ()), ("0, 4", (0, 4)), ("1,1,1,1", (1, 1, 1, 1)),
])
def test_a_size_is_read_as_people_write_it(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize(("text", "code"), [
    ("two", "size_unreadable"), ("2.5", "size_unreadable"), ("2 3", "size_unreadable"), ("2, -3", "size_negative"),
    ("1,1,1,1,1", "size_too_deep"), ("401", "size_too_large"), ("21, 20", "size_too_large"), ("9" * 40, "size_too_large"),
])
def test_a_size_that_cannot_be_drawn_says_why(text, code):
    with pytest.raises(SpecError) as refused:
        parse_size(text)
    assert code_of(refused) == code


def test_the_largest_size_has_four_hundred_elements():
    assert LARGEST == 400
    assert parse_size("20, 20") == (20, 20)
    with pytest.raises(SpecError, match="size_too_large value=420 limit=400"):
        parse_size("20, 21")


@SMALL
@given(shapes)
def test_a_written_size_is_read_back(size):
    assert write_size(size) == str(tuple(torch.empty(size).shape))
    assert parse_size(write_size(size)) == size


@SMALL
@given(text=sizes_typed, op=st.sampled_from(of_kind("create")), dtype=st.sampled_from(DTYPES))
@example(text="0, 99999999999999999999", op="zeros", dtype="float32")
@example(text="0, 4611686018427387904, 9", op="zeros", dtype="float32")
def test_whatever_is_typed_as_a_size_gives_a_tensor_or_a_reason(text, op, dtype):
    try:
        made = create(CreateSpec(op=op, size=text, dtype=dtype))
    except SpecError:
        return
    assert made.numel() <= LARGEST
    assert made.dtype == getattr(torch, dtype)


@pytest.mark.parametrize("side", ["a_size", "b_size"])
def test_an_empty_tensor_with_a_gigantic_axis_is_refused_when_combining(side):
    with pytest.raises(SpecError):
        combine(CombineSpec(**{side: "0, 9999999999999999999"}))


# making

def test_eye_wants_two_numbers():
    with pytest.raises(SpecError, match="eye_needs_two value=3"):
        create(CreateSpec(op="eye", size="2, 2, 2"))
    assert create(CreateSpec(op="eye", size="2, 3")).tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("op", RANDOM)
@pytest.mark.parametrize("dtype", [d for d in DTYPES if not d.startswith("float")])
def test_fractions_need_a_floating_dtype_as_pytorch_says_too(op, dtype):
    with pytest.raises(SpecError, match=f"random_needs_float op={op} value={dtype}"):
        create(CreateSpec(op=op, dtype=dtype))
    with pytest.raises((RuntimeError, NotImplementedError)):
        getattr(torch, op)(2, 3, dtype=getattr(torch, dtype))


def test_counting_needs_more_than_two_values():
    with pytest.raises(SpecError, match="arange_bool"):
        create(CreateSpec(op="arange", dtype="bool"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_other_operation_makes_every_dtype(dtype):
    for op in set(of_kind("create")) - set(RANDOM) - ({"arange"} if dtype == "bool" else set()):
        assert create(CreateSpec(op=op, size="2, 3", dtype=dtype)).dtype == getattr(torch, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [(2, 3), (), (0, 4), (5, 1, 2)], ids=str)
def test_the_facts_of_a_tensor_are_numpys(size, dtype):
    x = torch.zeros(size, dtype=getattr(torch, dtype))
    told, array = facts(x), np.zeros(size, dtype)
    assert told.shape == array.shape
    assert told.dtype == f"torch.{dtype}"
    assert told.element_bytes == array.itemsize
    assert told.total_bytes == array.nbytes
    if array.size:
        assert told.stride == tuple(n // array.itemsize for n in array.strides)
    assert told.text == repr(x)


def test_a_two_by_three_float_tensor_takes_24_bytes():
    told = facts(torch.ones(2, 3))
    assert (told.stride, told.element_bytes, told.total_bytes) == ((3, 1), 4, 24)


def test_a_default_dtype_is_not_printed_and_int16_is():
    assert "dtype" not in facts(create(CreateSpec(op="zeros", size="5, 3"))).text
    assert facts(create(CreateSpec(op="ones", size="5, 3", dtype="int16"))).text.endswith("dtype=torch.int16)")


# combining

def test_shapes_that_clash_give_pytorchs_own_message():
    refused = combine(CombineSpec(op="add", a_size="2, 3", b_size="3, 2"))
    assert refused.result is None
    assert refused.message == "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1"


def test_a_result_too_large_to_draw_is_refused_though_both_parts_fit():
    with pytest.raises(SpecError, match="size_too_large value=160000 limit=400"):
        combine(CombineSpec(a_size="400, 1", b_size="1, 400"))


@pytest.mark.parametrize("pair", [((2, 3), (3,)), ((), ()), ((), (2,)), ((4, 1, 3), (5, 1))], ids=str)
def test_axes_are_paired_from_the_right(pair):
    a, b = pair
    axes = align(a, b)
    assert len(axes) == max(len(a), len(b))
    assert [axis.a for axis in axes][::-1] == [*a[::-1], *[None] * (len(axes) - len(a))]
    assert [axis.b for axis in axes][::-1] == [*b[::-1], *[None] * (len(axes) - len(b))]


def test_two_and_three_by_hand():
    assert align((2, 3), (3,)) == [Aligned(2, None), Aligned(3, 3)]
    assert [axis.out for axis in align((3, 1), (1, 4))] == [3, 4]
    assert [axis.fits for axis in align((2, 3), (3, 2))] == [False, False]
    assert Aligned(1, 0).out == 0                          # one is repeated zero times
    assert Aligned(None, 1).out == 1
    assert Aligned(2, 0).fits is False


@SMALL
@given(shapes | related, shapes | related)
def test_aligned_axes_agree_with_broadcast_shapes(a, b):
    axes = align(a, b)
    try:
        expected = tuple(torch.broadcast_shapes(a, b))
    except RuntimeError:
        assert not all(axis.fits for axis in axes)
        assert None in [axis.out for axis in axes]
    else:
        assert all(axis.fits for axis in axes)
        assert tuple(axis.out for axis in axes) == expected


@SMALL
@given(shapes | related, shapes | related, st.sampled_from(of_kind("combine")))
def test_the_guesses_hold_the_truth_and_error(a, b, op):
    spec = CombineSpec(op, written(a), written(b))
    guesses, shown = shape_guesses(spec), combine(spec)
    truth = "error" if shown.result is None else write_size(tuple(shown.result.shape))
    assert truth in guesses
    assert "error" in guesses
    assert len(set(guesses)) == len(guesses) <= 6
    assert (shown.result is None) == (shown.message != "")


def test_the_guesses_for_a_column_and_a_row_by_hand():
    assert shape_guesses(CombineSpec(a_size="3, 1", b_size="1, 4")) == ["(1, 4)", "(3, 1)", "(3, 4)", "error"]


@pytest.mark.parametrize("op", of_kind("create"))
@pytest.mark.parametrize("size", ["2, 3", "4", "", "0, 2", "（2，3）", "2、2"])
@pytest.mark.parametrize("dtype", ["float32", "int64", "float16"])
def test_the_call_that_is_shown_makes_the_same_tensor(op, size, dtype):
    spec = CreateSpec(op, size, dtype)
    try:
        made = create(spec)
    except SpecError:                                      # eye of one number, chance of whole numbers
        return
    with torch.random.fork_rng():
        torch.manual_seed(spec.seed)
        typed = eval(call(spec), {"torch": torch})         # our own words
    assert typed.dtype == made.dtype
    assert typed.equal(made)
