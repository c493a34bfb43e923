"""Dtypes that meet, and numbers that are converted, against PyTorch and against numpy."""

import numpy as np
import pytest
import torch

from core.dtypes import MOST, NUMBERS, OPERATIONS, Turned, code, guesses, meet, name, read_values, table, turn
from core.errors import SpecError
from core.tensors import DTYPES


@pytest.mark.parametrize("op", ["add", "mul"])
def test_sums_and_products_have_pytorchs_promoted_dtype(op):
    cells = table(op)
    for row, a in enumerate(DTYPES):
        for column, b in enumerate(DTYPES):
            assert cells[row][column] == name(torch.promote_types(getattr(torch, a), getattr(torch, b)))
        for column, number in enumerate(NUMBERS.values(), start=len(DTYPES)):
            assert cells[row][column] == name(torch.result_type(torch.ones(2, dtype=getattr(torch, a)), number))


@pytest.mark.parametrize(("op", "a", "b", "dtype"), [
    ("add", "int64", "float16", "float16"),                # the kind decides, not the bits
    ("add", "int16", "uint8", "int16"),
    ("div", "int64", "int64", "float32"),                  # 1 / 2 is no whole number
    ("gt", "float64", "int16", "bool"),
    ("add", "uint8", "2", "uint8"),                        # Python's number gives way
    ("add", "uint8", "2.5", "float32"),                    # unless it is of a higher kind
    ("add", "bool", "True", "bool"),
    ("sub", "bool", "bool", "error"),
])
def test_which_dtype_comes_out(op, a, b, dtype):
    assert meet(op, a, b).dtype == dtype


def test_the_numbers_are_computed_and_a_refusal_keeps_pytorchs_words():
    assert meet("div", "int64", "2").result.tolist() == [0, 0.5, 1]
    assert meet("add", "bool", "bool").result.tolist() == [True, True, True]               # 0 + 1, 1 + 2, 2 + 3 as truth values
    assert "Subtraction" in meet("sub", "bool", "bool").message


@pytest.mark.parametrize("op", OPERATIONS)
def test_the_right_dtype_is_among_the_answers(op):
    for a in DTYPES:
        for b in (*DTYPES, *NUMBERS):
            met = meet(op, a, b)
            assert met.dtype in guesses(met)
            assert guesses(met)[-1] == "error"


@pytest.mark.parametrize("to", DTYPES)
def test_whole_numbers_are_converted_as_numpy_converts_them(to):
    numbers = [0, 1, -1, 255, 256, 300, -129, 32768, 70000]
    for start in range(0, len(numbers), MOST):
        part = numbers[start:start + MOST]
        with np.errstate(over="ignore"):
            expected = np.array(part, dtype=np.int64).astype(to)
        assert [each.after for each in turn(part, to)] == expected.tolist()


def test_each_number_says_what_happened_to_it():
    assert turn(read_values("-2.7, 300.0"), "int64") == [Turned(pytest.approx(-2.7), -2, "cut"), Turned(300.0, 300, "same")]
    assert [each.what for each in turn(read_values("0.1, 2049, 70000, 1.5"), "float16")] == ["rounded", "rounded", "infinite", "same"]
    assert turn(read_values("300, -1, 255"), "uint8") == [Turned(300, 44, "wrapped"), Turned(-1, 255, "wrapped"), Turned(255, 255, "same")]
    assert [each.after for each in turn(read_values("0, 0.5, -3"), "bool")] == [False, True, True]


def test_a_fraction_out_of_range_is_left_open_because_no_rule_computes_it():
    shown = turn(read_values("300.5, -1.5, -0.5, 255.9, nan, inf"), "uint8")
    assert [each.after for each in shown] == [None, None, 0, 255, None, None]
    assert [each.what for each in shown[:3]] == ["undefined", "undefined", "cut"]
    assert turn(read_values("1e30, 2"), "int64")[0].after is None


@pytest.mark.parametrize("text", ["1, 2", "[1, 2.5]", "1，2、3", "-7", "1e23, .5, 3.", "nan, -inf", "1152921504606846976",
                                  "007, +2", "( 4 )"])
@pytest.mark.parametrize("to", ["float32", "int64", "float16"])
def test_the_code_that_is_shown_is_what_ran(text, to):
    values = read_values(text)
    run = eval(code(values, to), {"torch": torch})         # our own words, of numbers that were read
    shown = turn(values, to)
    for made, each in zip(run.tolist(), shown, strict=True):
        assert each.after is None or made == each.after or made != made
    assert torch.tensor(values).dtype == (torch.int64 if all(isinstance(value, int) for value in values) else torch.float32)


def test_nothing_to_convert_is_no_error():
    assert read_values("") == read_values(" , ") == []


@pytest.mark.parametrize(("text", "error"), [
    ("1, two", "values_unreadable"), ("1_000", "values_unreadable"), ("１２", "values_unreadable"), ("__import__", "values_unreadable"),
    (", ".join(["1"] * (MOST + 1)), "values_too_many"), ("9223372036854775808", "values_too_large"),
])
def test_unreadable_numbers_are_refused(text, error):
    with pytest.raises(SpecError) as refused:
        read_values(text)
    assert refused.value.code == error
