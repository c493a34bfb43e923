"""Hyperparameters from outside: whatever is in a link becomes a value that the rules allow."""

import dataclasses
import importlib
import math
import pkgutil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import core
from core import fields
from core.fields import Choice, Flag, Number, Words, as_text, clamped, rules
from core.loading import LoaderSpec
from core.look import LookSpec
from core.tensors import CreateSpec, SeedSpec
from core.train import TrainSpec
from core.transforms.chance import Odd

MANY = settings(derandomize=True, deadline=None, database=None, max_examples=200)


def specs() -> list[type]:
    """Every dataclass of core whose fields carry rules."""
    found = {}
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if module.name.endswith(("__main__", ".make", ".make_digits")):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and dataclasses.is_dataclass(kind) and any("rule" in f.metadata for f in dataclasses.fields(kind)):
                found[kind.__name__] = kind
    return list(found.values())


SPECS = specs()
FIELDS = [(spec, name) for spec in SPECS for name in rules(spec)]
named = pytest.mark.parametrize(("spec", "name"), FIELDS, ids=[f"{spec.__name__}.{name}" for spec, name in FIELDS])


def lies_in(rule: fields.Rule, value: object, default: object) -> bool:
    """Written apart from the rules' own code."""
    if isinstance(rule, Number):
        return type(value) is type(default) and math.isfinite(value) and rule.low <= value <= rule.high
    if isinstance(rule, Choice):
        return value in rule.keys
    if isinstance(rule, Flag):
        return value is True or value is False
    return isinstance(value, str) and len(value) <= rule.longest


def allowed(rule: fields.Rule, default: object) -> st.SearchStrategy:
    if isinstance(rule, Odd):
        return st.integers(rule.low // 2, rule.high // 2).map(lambda half: 2 * half + 1)
    if isinstance(rule, Number):
        return st.integers(int(rule.low), int(rule.high)) if isinstance(default, int) else st.floats(rule.low, rule.high)
    if isinstance(rule, Choice):
        return st.sampled_from(rule.keys)
    return st.booleans() if isinstance(rule, Flag) else st.text(max_size=rule.longest)


def test_all_specs_of_core_are_looked_at():
    known = {"TrainSpec", "LoaderSpec", "BatchSpec", "LookSpec", "ViewSpec", "CreateSpec", "CombineSpec", "ComputeSpec", "SeedSpec"}
    assert known <= {spec.__name__ for spec in SPECS}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_field_carries_a_rule_and_the_spec_is_frozen(spec):
    assert list(rules(spec)) == [f.name for f in dataclasses.fields(spec)]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(spec(), next(iter(rules(spec))), None)


@named
def test_every_default_obeys_its_own_rule(spec, name):
    rule, default = rules(spec)[name]
    assert lies_in(rule, default, default)
    assert rule.read(as_text(default), default) == default
    if isinstance(rule, Number):
        assert rule.low < rule.high
        assert not rule.log or rule.low > 0                # factors need a start above zero
        assert not isinstance(default, int) or float(rule.low).is_integer() and float(rule.high).is_integer()


texts = st.text() | st.text("0123456789.-+eE_ infa", max_size=12) | st.floats().map(str) | st.integers().map(str)


@named
@settings(MANY, max_examples=20)                           # of each of the fields, which have four kinds of rules: thousands in all
@given(data=st.data(), text=texts)
def test_any_text_becomes_a_value_that_the_rule_allows(spec, name, data, text):
    rule, default = rules(spec)[name]
    made, changed = clamped(spec, {name: text})
    assert lies_in(rule, getattr(made, name), default)
    assert set(changed) <= {name}
    assert dataclasses.replace(made, **{name: default}) == spec()          # the others keep their defaults

    value = data.draw(allowed(rule, default))                              # and what is allowed comes back as it was
    made, changed = clamped(spec, {name: as_text(value)})
    assert getattr(made, name) == value
    assert type(getattr(made, name)) is type(value)
    assert changed == []


TRAPS = ["", "nan", "inf", "-inf", "1e999", "9" * 5000, "٣", "1_000", "\0", "\ud800", "None", "0x10", "1e308", "-0.0", " 5 ", "\n"]


@pytest.mark.parametrize("text", TRAPS, ids=range(len(TRAPS)))
@named
def test_known_traps_are_survived(spec, name, text):
    rule, default = rules(spec)[name]
    assert lies_in(rule, getattr(clamped(spec, {name: text})[0], name), default)


@MANY
@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(list(rules(TrainSpec))), texts, max_size=14))
@example({"__class__": "x", "self": "1", "spec": "2"})
def test_a_whole_link_never_raises_and_unknown_names_are_ignored(raw):
    made, changed = clamped(TrainSpec, raw)
    assert isinstance(made, TrainSpec)
    assert set(changed) <= set(raw) & set(rules(TrainSpec))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_a_spec_survives_the_way_through_a_link(spec):
    made, changed = clamped(spec, {name: as_text(value) for name, value in dataclasses.asdict(spec()).items()})
    assert (made, changed) == (spec(), [])
    assert clamped(spec, {}) == (spec(), [])
    assert clamped(spec, dataclasses.asdict(spec())) == (spec(), [])       # values instead of text, as jobs store them


@pytest.mark.parametrize(("raw", "value", "changed"), [
    ("0.002", 0.002, False), ("2e-3", 0.002, False), (0.5, 0.5, False), ("1", 1.0, False),
    ("100", 10.0, True), ("-1", 1e-5, True), ("fast", 0.002, True), ("nan", 0.002, True),
])
def test_a_number_outside_comes_to_the_nearest_edge_and_is_named(raw, value, changed):
    made, names = clamped(TrainSpec, {"lr": raw})
    assert (made.lr, names) == (value, ["lr"] if changed else [])


@pytest.mark.parametrize(("raw", "value", "changed"), [
    ("64", 64, False), ("64.0", 64, False), ("64.4", 64, True), ("0", 1, True), ("1e9", 512, True), ("many", 32, True), ("1e999", 32, True),
])
def test_a_whole_number_stays_whole(raw, value, changed):
    made, names = clamped(TrainSpec, {"batch_size": raw})
    assert (made.batch_size, type(made.batch_size), names) == (value, int, ["batch_size"] if changed else [])


@pytest.mark.parametrize(("raw", "value", "changed"), [
    ("1", True, False), ("0", False, False), ("true", True, False), ("False", False, False), (True, True, False), (False, False, False),
    ("yes", True, True), ("", True, True),
])
def test_yes_and_no_are_read_and_anything_else_is_the_default(raw, value, changed):
    made, names = clamped(SeedSpec, {"reseed": raw})
    assert (made.reseed, names) == (value, ["reseed"] if changed else [])


def test_an_unknown_choice_is_the_default_and_is_named():
    assert clamped(LookSpec, {"network": "resnet", "digit": "12"}) == (LookSpec(digit=9), ["network", "digit"])
    assert clamped(LoaderSpec, {"seed": "7"}) == (LoaderSpec(seed=7), [])


def test_long_text_is_cut_and_named():
    made, names = clamped(CreateSpec, {"size": "2, " * 100})
    assert (len(made.size), names) == (40, ["size"])


@pytest.mark.parametrize(("value", "text"), [
    (True, "1"), (False, "0"), (0.002, "0.002"), (1e-05, "1e-05"), (0.1 + 0.2, "0.30000000000000004"), (32, "32"), ("adam", "adam"),
])
def test_values_are_written_so_that_they_come_back(value, text):
    assert as_text(value) == text


def test_words_take_everything_up_to_their_length():
    assert Words(3).read("abcdef", "x") == "abc"
    assert Words(3).read("", "x") == ""
