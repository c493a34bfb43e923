"""Following a gradient: the graph, three ways to one derivative, what adds up, and the rules, each against PyTorch itself."""

import math
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.errors import SpecError
from core.expression.budget import Budget
from core.expression.evaluate import evaluate
from core.fields import rules
from core.gradient import check
from core.gradient.accumulate import AccumulateSpec, accumulate, guesses
from core.gradient.check import Difference, spoiled
from core.gradient.check import differences as checked
from core.gradient.follow import OPERATIONS, Graph, Node, follow
from core.gradient.leaf import parse_leaf
from core.gradient.rules import RULES, outcome, program
from core.gradient.specs import EXAMPLES, TENSOR_EXAMPLES, GraphSpec, TensorGraphSpec, leaves
from core.gradient.ways import Way, way
from figures import accumulation
from figures.gradient import COLUMNS, MOST, WIDE, bands, graph
from figures.node import BOX, number
from figures.palette import ORANGE

LONG = ["x" + ".sin()" * 14, "x" + " * x" * OPERATIONS, "((x*w+y).sigmoid()*x.tanh()-y).exp().sin()*w+x*y-(x*x-w*w).relu()"]
WORDS = dict.fromkeys(("alt", "leaf", "constant", "operation", "again"), "words")


def numbers(x: float = 1.0, w: float = 2.0, y: float = -1.0) -> dict[str, Tensor]:
    return leaves(GraphSpec(x=x, w=w, y=y))


def differences(text: str, given: dict[str, Tensor]) -> tuple[Difference, ...]:
    return checked(follow(text, given), given)


def real(text: str, given: dict[str, Tensor]) -> dict[str, Tensor | None]:
    """Each leaf's .grad, from PyTorch itself."""
    copies = {name: leaf.clone().requires_grad_() for name, leaf in given.items()}
    eval(text, {"__builtins__": {}, "torch": torch, **copies}).backward()
    return {name: copy.grad for name, copy in copies.items()}


def node(found: Graph, label: str) -> Node:
    return next(each for each in found.nodes if each.label == label)


# the evaluation

def test_without_grad_nothing_is_followed():
    given = numbers()
    assert not any(step.value.requires_grad for step in evaluate("(x * w).sin()", given).steps)
    assert not any(leaf.requires_grad for leaf in given.values())


def test_with_grad_the_named_tensors_and_what_comes_from_them_are_followed():
    given = numbers()
    steps = evaluate("x * w + y", given, grad={"x"}).steps
    assert {step.text: step.value.requires_grad for step in steps} == {"x": True, "w": False, "x * w": True, "y": False, "x * w + y": True}
    assert steps[-1].value.grad_fn.name() == "AddBackward0"
    assert not given["x"].requires_grad


# the graph

def test_sigmoid_of_a_line_by_hand():
    found = follow("(x * w + y).sigmoid()", numbers())
    s = 1 / (1 + math.exp(-1))                             # 1·2 - 1 = 1
    assert [each.label for each in found.nodes] == ["x", "w", "x * w", "y", "· + y", "·.sigmoid()"]
    assert [each.grad_fn for each in found.nodes] == ["", "", "MulBackward0", "", "AddBackward0", "SigmoidBackward0"]
    assert [edge.local for edge in node(found, "x * w").edges] == [2, 1]
    assert node(found, "·.sigmoid()").edges[0].local == pytest.approx(s * (1 - s))
    assert node(found, "x").gradient.item() == pytest.approx(s * (1 - s) * 1 * 2)
    assert {name: value.item() for name, value in node(found, "x * w").saved} == {"self": 1, "other": 2}
    assert dict(node(found, "·.sigmoid()").saved)["result"].item() == pytest.approx(s)
    assert [each.is_leaf for each in found.nodes] == [True, True, False, True, False, False]
    assert [found.nodes[i].label for i in found.order] == ["·.sigmoid()", "· + y", "y", "x * w", "x", "w"]


def test_a_name_that_is_used_three_times_is_one_leaf_with_three_edges():
    found = follow("x * x + x.sin()", numbers(x=3.0))
    assert [each.label for each in found.nodes] == ["x", "x * x", "x.sin()", "· + ·"]
    assert [edge.source for each in found.nodes for edge in each.edges] == [0, 0, 0, 1, 2]
    assert [edge.local for edge in node(found, "x * x").edges] == [3, 3]
    assert found.order[-1] == 0                            # it waits for all three
    assert node(found, "x").gradient.item() == pytest.approx(2 * 3 + math.cos(3))


def test_a_dead_relu_lets_nothing_through():
    found = follow("(x * w).relu() + y", numbers(-1.0, 2.0, 1.0))
    assert node(found, "·.relu()").edges[0].local == 0
    assert [node(found, name).gradient.item() for name in "xwy"] == [0, 0, 1]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_page_equals_pytorch(text):
    given = numbers(*EXAMPLES[text])
    theirs = real(text, given)
    for each in differences(text, given):
        assert each.autograd == theirs[each.leaf].item()
        assert each.chain == pytest.approx(each.autograd, abs=1e-12)
        assert each.error < 1e-9


TENSORS = {"x": torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64), "w": torch.arange(6.0, dtype=torch.float64).reshape(2, 3) / 4,
           "y": torch.tensor(0.3, dtype=torch.float64)}


@pytest.mark.parametrize("text", [
    "(w @ x).relu().sum()", "((w * x).tanh() @ x)[0] * y", "torch.softmax(x, 0)[1]", "(x - w).square().mean()",
    "w.max(dim=1).values.prod()", "torch.stack([x.sum(), y, w[1, 2]]).std()", "w.split(1)[1].T.exp().sum()",
    "torch.where(x > 0, x, y).norm()", "(+x).contiguous().sum()",
])
def test_tensors_equal_pytorch_and_their_edges_add_up(text):
    theirs, found = real(text, TENSORS), follow(text, TENSORS)
    for i, each in enumerate(found.nodes):
        arrived = [edge.passed for user in found.nodes for edge in user.edges if edge.source == i and edge.passed is not None]
        if arrived:
            torch.testing.assert_close(sum(arrived), each.gradient)
        if each.operation in TENSORS:
            torch.testing.assert_close(each.gradient, theirs[each.operation])
    for each in differences(text, TENSORS):
        assert each.error < 1e-8
        assert each.autograd == pytest.approx(theirs[each.leaf][each.index].item(), abs=1e-12)


def test_a_leaf_without_a_way_back_has_no_gradient():
    found = follow("(x > 0) * w", numbers())
    assert node(found, "x").gradient is None
    assert [(each.leaf, each.autograd, each.chain, each.finite) for each in differences("(x > 0) * w", numbers())][0] == ("x", None, 0, 0)


def test_an_index_is_no_edge_for_a_gradient_but_an_edge():
    found = follow("(x * 2)[None].view(1, x.numel()).sum()", numbers())
    assert node(found, "·.view(1, x.numel())").edges[1].passed is None


def test_a_saved_dim_keeps_its_sign():
    assert dict(node(follow("x.softmax(-1).sum()", TENSORS), "x.softmax(-1)").saved)["dim"] == -1


# generated expressions

def generated(rng: random.Random, depth: int) -> str:
    """Smooth everywhere, and of moderate size."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(["x", "w", "y", "x", "w", f"{rng.uniform(-2, 2):.1f}"])
    a = generated(rng, depth - 1)
    if rng.random() < 0.4:
        return rng.choice([f"torch.sin({a})", f"torch.tanh({a})", f"torch.sigmoid({a} * 1.0)", f"torch.exp(torch.tanh({a}))",
                           f"(({a}) * 0.5) ** 2"]) if re.search("[xwy]", a) else a
    b = generated(rng, depth - 1)
    return rng.choice([f"({a} + {b})", f"({a} - {b})", f"{a} * {b}", f"{a} / (2.0 + torch.cos({b} + x))"])


@pytest.mark.parametrize("seed", range(60))
def test_chain_rule_autograd_and_finite_difference_agree(seed):
    rng = random.Random(seed)
    text = generated(rng, 3)
    while not re.search(r"\b[xwy]\b", text) or len(text) > 200:
        text = generated(rng, 3)
    given = numbers(*(round(rng.uniform(-1.5, 1.5), 2) for _ in range(3)))
    theirs = real(text, given)
    found = differences(text, given)
    assert {each.leaf for each in found} == set(re.findall(r"\b[xwy]\b", text))
    for each in found:
        assert each.autograd == pytest.approx(theirs[each.leaf].item(), rel=1e-12, abs=1e-12)
        assert each.chain == pytest.approx(each.autograd, rel=1e-10, abs=1e-12)
        assert each.finite == pytest.approx(each.autograd, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_a_gradient_is_complete_after_those_of_all_its_users(seed):
    rng, found = random.Random(seed), None
    while found is None or len(found.nodes) < 4:
        found = follow(f"({generated(rng, 3)}) * x", numbers(0.4, 0.7, -0.2))
    seen: set[int] = set()
    for i in found.order:
        users = {target for target, user in enumerate(found.nodes) for edge in user.edges if edge.source == i and edge.passed is not None}
        assert users <= seen
        seen.add(i)
    assert found.order[0] == len(found.nodes) - 1
    assert seen == {i for i, each in enumerate(found.nodes) if each.gradient is not None}


# tensors that are typed

@pytest.mark.parametrize(("text", "shape", "numbers"), [
    ("1.5", (), [1.5]), ("-2", (), [-2]), ("1, 2, 3", (3,), [1, 2, 3]), ("1 2 3", (3,), [1, 2, 3]), ("1,", (1,), [1]), ("[1]", (1,), [1]),
    ("1, 2; 3, 4", (2, 2), [1, 2, 3, 4]), ("[[1, 2], [3, 4]]", (2, 2), [1, 2, 3, 4]), ("[1, 2; 3, 4]", (2, 2), [1, 2, 3, 4]),
    ("1; 2; 3", (3, 1), [1, 2, 3]), ("[[1, 2]]", (1, 2), [1, 2]), ("1, 2;", (1, 2), [1, 2]),
    ("（1，−2；.5，1e-3）", (2, 2), [1, -2, 0.5, 0.001]),
])
def test_a_tensor_is_read_in_every_way_that_a_class_writes_it(text, shape, numbers):
    read = parse_leaf("x", text)
    assert (tuple(read.shape), read.flatten().tolist(), read.dtype) == (shape, numbers, torch.float64)


@pytest.mark.parametrize(("text", "said"), [
    ("", "leaf_empty name=x"), (" [] ", "leaf_empty name=x"), (";", "leaf_empty name=x"),
    ("1, a", "leaf_unreadable name=x value=1, a part=a"), ("1,, 2", "leaf_unreadable name=x value=1,, 2 part=,"),
    ("[1, 2", r"leaf_unreadable .* part=\[1"), ("[[[1]]]", r"leaf_unreadable .* part=\[1\]"), ("nan", "part=nan"), ("1e999", "part=1e999"),
    ("__import__('os')", "leaf_unreadable"), ("1_0", "part=1_0"), ("1, 2; 3", "leaf_ragged name=x value=1, 2; 3 lengths=2, 1"),
    ("[[1], []]", "leaf_ragged .* lengths=1, 0"),
])
def test_what_is_no_tensor_says_what_is_wrong_with_it(text, said):
    with pytest.raises(SpecError, match=said):
        parse_leaf("x", text)


def test_thirteen_numbers_are_too_many():
    with pytest.raises(SpecError, match="gradient_leaf name=x value=13 limit=12"):
        follow("x.sum()", leaves(TensorGraphSpec(x=", ".join("1" * 13))))


@pytest.mark.parametrize("text", TENSOR_EXAMPLES)
def test_an_example_with_tensors_equals_pytorch(text):
    given = leaves(TensorGraphSpec(text, *TENSOR_EXAMPLES[text]))
    copies = {name: leaf.clone().requires_grad_() for name, leaf in given.items()}
    eval(text, {"__builtins__": {}, "F": torch.nn.functional, **copies}).backward()
    for each in differences(text, given):
        assert each.autograd == copies[each.leaf].grad[each.index].item()
        assert each.error < 1e-8
        assert each.rough == ""


# what an operation sends back

@pytest.mark.parametrize(("text", "x", "w", "formulas"), [
    ("(x @ w).sin().sum()", "1, 2; 3, 4; 5, 6", "1, 2, 0; 0, 1, 3", {"x": "g @ wᵀ", "w": "xᵀ @ g"}),
    ("(x @ w).sin().sum()", "1, 2; 3, 4; 5, 6", "1, 2", {"x": "g[:, None] @ w[None, :]", "w": "xᵀ @ g"}),
    ("(x @ w).sin().sum()", "1, 2", "1, 2, 0; 0, 1, 3", {"x": "w @ g", "w": "x[:, None] @ g[None, :]"}),
    ("x @ w", "1, 2", "3, 4", {"x": "g * w", "w": "g * x"}),
    ("torch.matmul(x * 2, w).sin().sum()", "1, 2", "3; 4", {"w": "(x * 2)[:, None] @ g[None, :]"}),
    ("F.linear(x, w).sin().sum()", "1, 2; 3, 4; 5, 6", "1, 2", {"x": "", "w": ""}),      # no formula: only the shape is said
    ("F.linear(x, bias=y, weight=w).sin().sum()", "1, 2; 3, 4", "1, 2; 0, 1; 1, 1", {"x": "", "w": ""}),
    ("F.linear(x, w).sin().sum()", "1, 2; 3, 4; 5, 6", "1, 2; 0, 1", {"x": "g @ w", "w": "gᵀ @ x"}),
    ("(x / w).sum()", "1, 2", "4, 5", {"x": "g / w"}),
    ("(3 * x - w).sin().sum()", "1, 2", "4, 5", {"x": "3 · g", "w": "−g"}),
    ("x.mean()", "1, 2, 3, 4", "1", {"x": "g / 4"}),
    ("x.mean(dim=1).exp().sum()", "1, 2; 3, 4; 5, 6", "1", {"x": "g / 2"}),
])
def test_the_formula_of_what_comes_back(text, x, w, formulas):
    found = follow(text, leaves(TensorGraphSpec(x=x, w=w, y="1, 2, 3")))
    sent = {found.nodes[edge.source].operation: way(found, user, place).formula
            for user in found.nodes for place, edge in enumerate(user.edges) if edge.passed is not None}
    assert {name: sent.get(name) for name in formulas} == formulas


@pytest.mark.parametrize("text", ["(x ** 2).sum()", "x.pow(3).sum()", "(2 / x).sum()", "(2 ** x).sum()", "torch.hypot(x, w).sum()"])
def test_a_derivative_that_happens_to_be_the_same_everywhere_is_no_constant(text):
    found = follow(text, leaves(TensorGraphSpec(x="1, 1", w="1, 1")))
    assert way(found, found.nodes[-2], 0) == Way("derivative", shapes="(2,) → (2,)")


@pytest.mark.parametrize(("text", "formula"), [
    ("(x / 2).sum()", "0.5 · g"), ("x.div(2).sum()", "0.5 · g"), ("x.mul(2).sum()", "2 · g"), ("(2 - x).sum()", "−g"),
    ("(x * 1).sum()", "g"),
])
def test_a_constant_factor_is_told(text, formula):
    found = follow(text, leaves(TensorGraphSpec(x="1, 3")))
    assert way(found, found.nodes[-2], 0).formula == formula


def test_numbers_made_of_a_tensor_are_no_operands_whose_shapes_must_fit():
    found = follow("(x * w.shape[0]).sum()", leaves(TensorGraphSpec(x="1, 2", w="1, 2, 3")))
    assert way(found, found.nodes[-2], 0).kind == "derivative"


def test_a_coarser_dtype_is_compared_in_its_own_digits():
    found = follow("(x.half() * w).sum()", leaves(TensorGraphSpec(x="1, 2", w="3, 4")))
    assert way(found, found.nodes[-2], 0).formula == "g * w"


def test_shapes_of_a_product_are_written_out():
    found = follow("(x @ w).sum()", leaves(TensorGraphSpec(x="1, 2; 3, 4; 5, 6", w="1, 2")))
    assert way(found, node(found, "x @ w"), 1) == Way("product", "xᵀ @ g", "(2, 3) @ (3,) → (2,)")


@pytest.mark.parametrize(("y", "axes"), [("1, 2", (0,)), ("1; 2; 3", (1,)), ("1", (0, 1)), ("1, 2; 3, 4; 5, 6", ())])
def test_a_leaf_that_was_stretched_gets_its_gradient_summed_over_those_axes(y, axes):
    given = leaves(TensorGraphSpec(x="1, 2; 3, 4; 5, 6", y=y))
    found = follow("((x + y) * x).sum()", given)
    told = way(found, node(found, "x + y"), 1)
    assert (told.kind, told.formula, told.stretched) == ("same", "g", axes)
    torch.testing.assert_close(given["x"].sum_to_size(given["y"].shape), node(found, "y").gradient)    # g is x


@pytest.mark.parametrize(("text", "x", "w", "axes"), [
    ("(x / w).sum()", "1, 2", "4", (0,)), ("torch.maximum(x, w).sum()", "1, 2; 3, 4", "3, 3", (0,)), ("(x ** w).sum()", "1, 2", "3, 4", ()),
])
def test_a_leaf_that_was_stretched_is_summed_whether_or_not_there_is_a_formula(text, x, w, axes):
    found = follow(text, leaves(TensorGraphSpec(x=x, w=w)))
    assert way(found, found.nodes[-2], 1).stretched == axes


def test_shapes_of_a_quotient_are_written_out():
    found = follow("(x / w).sum()", leaves(TensorGraphSpec(x="1, 2", w="4")))
    assert way(found, found.nodes[-2], 0) == Way("element", "g / w", "(2,) / () → (2,)")


def test_nothing_is_said_of_an_operation_that_is_not_known_to_work_so():
    found = follow("(x.cumsum(0) * w).sum()", leaves(TensorGraphSpec(x="1, 2, 3", w="2")))
    assert way(found, node(found, "x.cumsum(0)"), 0) == Way("shape")


# where there is no derivative

@pytest.mark.parametrize(("text", "x", "rough", "slopes"), [
    ("x.relu()", 0.0, "kink", (0, 1)), ("x.abs()", 0.0, "kink", (-1, 1)), ("torch.maximum(x, w)", 2.0, "kink", (0, 1)),
    ("x.sign() * w", 0.0, "jump", None), ("x.floor() * w", 1.0, "jump", None), ("x.relu() - (-x).relu()", 0.0, "hidden", (1, 1)),
    ("x * x.item()", 3.0, "hidden", (6, 6)), ("x.relu()", 0.5, "", None), ("(100 * x) ** 2", 0.0, "", None),
    ("(1000 * x).sin()", 0.5, "", None),
    ("(x.half() * w).sum()", 1.0, "", None), ("x.sqrt()", 0.0, "", None), ("x[x >= 1].sum()", 1.0, "jump", None),
    ("x + 1000000000", 1.0, "", None), ("(x + 1000000000) - 1000000000", 1.0, "", None),     # rounding alone moves the slopes
    ("(x * 1000000).sigmoid()", 0.0, "", None), ("1 / x", 1e-5, "", None),                   # bends that are narrower than h
    *(("(1000000 * x).sin()", x, "", None) for x in (0.0, 0.3, 0.5, 1.0)), ("(10000000000 * x).sin()", 0.5, "", None),
    ("x - x.item()", 3.0, "hidden", (0, 0)),
    ("x.relu()", 1e-8, "", None), ("x.relu()", -1e-9, "", None),                             # near a kink is not on it
    ("(1000 * x).relu() + 1000000 * x * x", 0.0, "kink", None), ("x.abs().sqrt()", 0.0, "", None),
])
def test_a_kink_a_jump_and_a_hidden_way_are_told_from_a_bend(text, x, rough, slopes):
    found = next(each for each in differences(text, numbers(x=x)) if each.leaf == "x")
    assert found.rough == rough
    if slopes:
        assert (found.left, found.right) == pytest.approx(slopes, abs=1e-5)


def test_rounding_of_a_large_sum_is_no_kink_of_its_small_terms():
    found = differences("(x * x).sum()", leaves(TensorGraphSpec(x="100000, 1")))
    assert [each.rough for each in found] == ["", ""]
    assert found[1].error > 1e-3                           # which is what rounding does here


ZEROS = ", ".join("0" * 12)
KINKS = "(x.relu() + w.relu() + y.relu()).sum()"


def test_all_elements_share_one_budget_and_those_it_does_not_reach_say_so(monkeypatch):
    budgets = []

    def noted(*limits: int) -> Budget:
        budgets.append(Budget(*limits))
        return budgets[-1]

    monkeypatch.setattr(check, "Budget", noted)
    given = leaves(TensorGraphSpec(x=ZEROS, w=ZEROS, y=ZEROS))
    found = differences(f"{KINKS} + torch.diff(torch.ones(400), 40).sum() * 0", given)
    done = [each for each in found if not each.unchecked]
    assert 0 < len(done) < len(found) == 36
    assert all(each.finite == pytest.approx(0.5) for each in done)
    assert {each.finite for each in found[-20:]} == {None}
    shared, = budgets
    assert shared.calls <= check.CALLS + 36                # each of those that are left tries once


def test_thirty_six_kinks_are_within_the_budget():
    found = differences(KINKS, leaves(TensorGraphSpec(x=ZEROS, w=ZEROS, y=ZEROS)))
    assert [(each.rough, each.unchecked) for each in found] == [("kink", False)] * 36


def test_at_a_kink_autograd_takes_a_side_and_the_finite_difference_the_mean():
    found, = differences("x.relu()", numbers(x=0.0))
    assert (found.autograd, found.finite) == (0, pytest.approx(0.5))


@pytest.mark.parametrize(("text", "x", "user"), [
    ("x.sqrt() * w", 0.0, "x.sqrt()"), ("(x - 1).sqrt() * 0", 1.0, "·.sqrt()"), ("x.log() + w", 0.0, "x.log()"),
    ("x.sqrt() * w", 1.0, None),
])
def test_where_a_gradient_is_spoiled_first(text, x, user):
    found = follow(text, numbers(x=x))
    begins = spoiled(found)
    assert (begins and found.nodes[begins[0]].label) == user


# refusals

@pytest.mark.parametrize(("text", "code", "marked"), [
    ("x * torch.ones(3)", "gradient_not_scalar", "x * torch.ones(3)"),
    ("x * (w + torch.ones(500)).sum()", "gradient_too_large", "torch.ones(500)"),
    ("[x, w]", "gradient_no_graph", "[x, w]"),
    ("x > w", "gradient_no_graph", "x > w"),
    ("torch.rand(1)", "gradient_no_graph", "torch.rand(1)"),
    ("(x * w).item()", "gradient_no_graph", "(x * w).item()"),
    ("y + (x @ w)", "gradient_refused", "x @ w"),
    ("x" + " + x" * 26, "gradient_too_many_operations", "x" + " + x" * 26),
    ("x * z", "expression_not_available", "z"),
    ("x * (w + y", "expression_unreadable", "("),
])
def test_what_cannot_be_followed_says_why_and_where(text, code, marked):
    with pytest.raises(SpecError) as refused:
        follow(text, numbers())
    facts = refused.value.facts
    assert refused.value.code == code
    assert text[facts["start"]:facts["end"]] == marked


@pytest.mark.parametrize("given", [{"z": torch.tensor(1.0)}, {"x": torch.zeros(13)}, {"x": torch.tensor(1)}])
def test_other_leaves_are_refused(given):
    with pytest.raises(SpecError, match="gradient_leaf"):
        follow("1", given)


def test_the_sliders_reach_the_last_step_of_the_largest_graph():
    largest = follow("x * w * y" + " + x" * (OPERATIONS - 2), numbers())
    assert len(largest.order) == rules(GraphSpec)["step"][0].high == OPERATIONS + 3


# what adds up

@pytest.mark.parametrize("calls", range(1, 7))
def test_gradients_add_up_unless_they_are_zeroed(calls):
    added, zeroed = accumulate(AccumulateSpec(calls, False)), accumulate(AccumulateSpec(calls, True))
    assert added == [6.0 * n for n in range(1, calls + 1)]
    assert zeroed == [6.0] * calls
    assert {added[-1], zeroed[-1]} <= set(guesses(AccumulateSpec(calls)))


# the rules

OUTCOMES = {
    "leaf": ("runs", "True tensor(6.)", ""),
    "non_leaf": ("warns", "False None", "UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed"),
    "retain_grad": ("runs", "False tensor(12.)", ""),
    "not_required": ("error", "False None", "RuntimeError: element 0 of tensors does not require grad"),
    "whole_number": ("error", "", "Only Tensors of floating point and complex dtype can require gradients"),
    "vector": ("error", "tensor([1., 4., 9.], grad_fn=<PowBackward0>)", "grad can be implicitly created only for scalar outputs"),
    "detach": ("runs", "tensor(3.)", ""),
    "no_grad": ("error", "tensor(9.)", "RuntimeError: element 0 of tensors does not require grad"),
    "change_leaf": ("error", "", "a leaf Variable that requires grad is being used in an in-place operation"),
    "change_leaf_no_grad": ("runs", "tensor(2.4000, requires_grad=True)", ""),
    "change_saved": ("error", "ExpBackward0 0\nAddBackward0 1", "is at version 1; expected version 0"),
    "change_unsaved": ("runs", "0\n1\ntensor(2.)", ""),
    "twice": ("error", "tensor(6.)", "Trying to backward through the graph a second time"),
    "twice_retained": ("runs", "tensor(6.)\ntensor(12.)", ""),
    "to_numpy": ("error", "[1. 2. 3.]", "Can't call numpy() on Tensor that requires grad"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_ends_as_its_card_says(rule):
    end, printed, message = OUTCOMES[rule]
    found = outcome(rule)
    assert (found.end, "\n".join(found.printed)) == (end, printed)
    assert message in found.message
    assert bool(found.message) == (end != "runs")


@pytest.mark.parametrize("rule", ["leaf", "non_leaf", "change_saved"])
def test_the_program_on_the_page_does_the_same_at_home(rule, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(program(rule), encoding="utf-8")
    told = subprocess.run([sys.executable, path], capture_output=True, text=True)
    assert told.stdout.rstrip() == "\n".join(outcome(rule).printed)
    assert bool(told.returncode) == (outcome(rule).end == "error")


# the pictures

WIDE_TENSORS = {"x": torch.arange(12.0, dtype=torch.float64).reshape(3, 4) / 7, "w": torch.full((4, 3), 1 / 3, dtype=torch.float64),
                "y": torch.linspace(-100, 100, 12, dtype=torch.float64)}


@pytest.mark.parametrize(("text", "given"), [
    *((text, numbers()) for text in (*EXAMPLES, *LONG, "x")),
    *((text, leaves(TensorGraphSpec(text, *typed))) for text, typed in TENSOR_EXAMPLES.items()),
    ("x[x > 5].sum() + x.sum()", WIDE_TENSORS),
    ("((x @ w).sin() @ (x @ w).T).exp().log().tanh().sum() * y.sum() + x.view(2, 3, 2).sum() * y[0]", WIDE_TENSORS),
])
def test_a_graph_is_drawn_at_every_step_with_nothing_on_top_of_another(text, given):
    found = follow(text, given)
    for step in range(len(found.order) + 1):
        drawn = graph(found, step, WORDS)
        ET.fromstring(drawn)
        assert drawn.count(f'fill="{ORANGE}"') >= step
    width = float(re.search(r'viewBox="0 0 (\S+)', drawn)[1])
    for band in bands(found):
        boxes = [spot for spot in band.spots if spot.kind != "edge"]
        assert all(0 <= spot.column < MOST and spot.y >= spot.high / 2 for spot in boxes)
        for a, b in combinations(boxes, 2):
            assert a.left + a.wide < b.left or b.left + b.wide < a.left or abs(a.y - b.y) >= (a.high + b.high) / 2
        for passing in (spot for spot in band.spots if spot.kind == "edge"):
            assert all(spot.column != passing.column or abs(spot.y - passing.y) >= spot.high / 2 for spot in boxes)
    drawn_once = [spot.node for band in bands(found) for spot in band.spots if spot.kind == "node"]
    assert sorted(drawn_once) == list(range(len(found.nodes)))
    assert max(spot.left + spot.wide for band in bands(found) for spot in band.spots) <= width <= WIDE


def test_boxes_of_numbers_are_all_alike_and_four_stand_side_by_side():
    spots = [spot for band in bands(follow(LONG[0], numbers())) for spot in band.spots]
    assert {spot.wide for spot in spots} == {BOX}
    assert max(spot.column for spot in spots) == COLUMNS - 1


def test_a_small_tensor_shows_its_shape_and_its_numbers_and_a_large_one_its_shape():
    found = follow("(x @ w).sum()", leaves(TensorGraphSpec(x="1, 2; 3, 4", w="5; 6")))
    drawn = graph(found, len(found.order), WORDS)                          # w.grad is x's columns summed: 4, 6
    assert [drawn.count(f">{word}<") for word in ("(2, 2)", "grad (2, 2)", "(2, 1)", "17", "39", "grad (2, 1)")] == [1, 1, 2, 1, 1, 2]
    assert "grad (2, 1)\n4\n6" in drawn                                    # said when the pointer is there
    drawn = graph(follow("y.sum()", WIDE_TENSORS), 0, WORDS)
    assert ">(12,)<" in drawn
    assert ">100<" not in drawn
    assert "−100, " in drawn                                               # but the pointer hears it


def test_numbers_in_the_picture_are_short():
    assert [number(value) for value in (1.0, -0.0, -1 / 3, torch.tensor([2.0]), torch.zeros(2, 3))] == ["1", "0", "−0.3333", "2", "(2, 3)"]


def test_bars_show_a_block_for_each_gradient_that_was_added():
    drawn = accumulation.bars({"1": 6.0, "2": 12.0, "3": None}, 6.0, "alt")
    assert len(ET.fromstring(drawn).findall("{http://www.w3.org/2000/svg}rect")) == 1 + 2 + 1
    assert [word in drawn for word in (">6<", ">12<", ">?<")] == [True] * 3


def test_core_computes_no_tensor_when_it_is_imported():
    root = Path(__file__).parents[1]
    modules = ", ".join(f"core.gradient.{name}" for name in ("follow", "check", "specs", "accumulate", "rules"))
    script = f"import torch; torch.tensor = None; import {modules}"
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
