"""Work in a thread of its own: its values in order, its silence filled, its errors told, and an end when nobody asks any more."""

import threading

import pytest

from core import aside as module
from core.aside import aside


def test_all_values_come_in_order():
    assert list(dict.fromkeys(aside(iter_of(range(500))))) == list(range(500))


def iter_of(values):
    yield from values


def test_silence_repeats_the_last_value(monkeypatch):
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    go_on = threading.Event()

    def work():
        go_on.wait(30)
        yield 1
        again.wait(30)
        yield 2

    again, values = threading.Event(), aside(work())
    assert [next(values) for _ in range(3)] == [None] * 3
    go_on.set()
    assert next(value for value in values if value is not None) == 1
    assert next(values) == 1
    again.set()
    assert [value for value in values if value != 1] == [2]


def test_an_error_is_raised_after_the_values_before_it():
    def work():
        yield 1
        raise KeyError("x")

    values = aside(work())
    assert next(values) == 1
    with pytest.raises(KeyError):
        list(values)


def test_who_closes_it_ends_the_work():
    ended = threading.Event()

    def work():
        try:
            while True:
                yield 1
        finally:
            ended.set()

    values = aside(work())
    next(values)
    values.close()
    assert ended.is_set()
