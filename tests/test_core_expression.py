"""The expression box: what it accepts equals real PyTorch to the last bit, step by step; what it refuses, it refuses with the place."""

import ast
import random
import re
import threading

import pytest
import torch
from expressions import EXAMPLES, SEED, named, random_expression, real, same
from torch import Tensor

from content.text import LANGUAGES, Text
from core.errors import SpecError
from core.expression import budget
from core.expression.budget import BYTES, CALLS, ELEMENTS, KNOWN, SIZED_BY_DATA, WORK, Budget, described
from core.expression.evaluate import Evaluation, Failure, evaluate
from core.expression.misfit import Misfit, misfit
from core.expression.table import FUNCTIONS, METHODS, dotted

pytestmark = pytest.mark.filterwarnings("ignore")          # PyTorch's advice, as for F.mse_loss of two shapes, is no refusal
CASES = 400


def of(text: str, seed: int = 0) -> Evaluation:
    return evaluate(text, named(), seed)


def refusal(text: str) -> SpecError:
    with pytest.raises(SpecError) as refused:
        of(text)
    return refused.value


def marked(text: str) -> str:
    """What a page would underline."""
    return text[refusal(text).facts["start"]:refusal(text).facts["end"]]


# the tables

def called() -> set[str]:
    """Every function, method and keyword that the examples use: "torch.sum", "torch.sum dim=", ".sum"."""
    calls = [node for text in EXAMPLES for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Call)]
    named_calls = [(dotted(call.func) or f".{call.func.attr}", call) for call in calls]
    return {name for name, _ in named_calls} | {f"{name} {word.arg}=" for name, call in named_calls for word in call.keywords}


def test_every_function_and_every_keyword_of_the_tables_has_an_example():
    tables = FUNCTIONS | {f".{name}": method for name, method in METHODS.items()}
    listed = {f"{name} {word}=" for name, function in tables.items() for word in function.keywords.split()}
    assert called() == set(tables) | listed
    assert len([name for name in FUNCTIONS if name.startswith("torch.")]) >= 150


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_equals_real_pytorch(text):
    ours, (theirs, refused) = of(text, SEED), real(text, SEED)
    assert ours.failure is None
    assert refused is None
    assert same(ours.value, theirs), (ours.value, theirs)


def test_no_keyword_changes_a_tensor_or_names_a_device():
    words = {word for function in (*FUNCTIONS.values(), *METHODS.values()) for word in function.keywords.split()}
    assert not words & {"out", "inplace", "device", "generator", "requires_grad", "layout", "pin_memory", "max_norm", "mode"}
    assert not [name for name in (*FUNCTIONS, *METHODS) if name.endswith("_") or "._" in name or name.startswith("_")]


# the same as real PyTorch

@pytest.mark.parametrize("seed", range(4))
def test_random_expressions_equal_real_pytorch_or_both_refuse(seed):
    rng, equal, refused = random.Random(seed), 0, 0
    for _ in range(CASES):
        text = random_expression(rng, rng.randint(1, 4))
        try:
            ours = of(text, seed)
        except SpecError:
            continue                                 # not accepted
        theirs, error = real(text, seed)
        assert (ours.failure is None) == (error is None), (text, ours.failure, error)
        if error is None:
            assert same(ours.value, theirs), (text, ours.value, theirs)
            equal += 1
        elif ours.steps[-1].operation not in {name for name, function in FUNCTIONS.items() if function.draws}:
            assert (ours.failure.kind, ours.failure.message) == (type(error).__name__.lstrip("_"), str(error)), text
            refused += 1
    assert equal > CASES / 5
    assert refused > CASES / 5


def test_random_numbers_are_those_after_manual_seed_and_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    torch.manual_seed(3)
    expected = torch.rand(2, 3) + torch.randn(3)
    torch.manual_seed(4)
    state = torch.get_rng_state()
    ours = of("torch.rand(2, 3) + torch.randn(3)", seed=3)
    assert ours.value.equal(expected)
    assert torch.get_rng_state().equal(state)
    assert of("torch.rand(2, 3) + torch.randn(3)", seed=4).value.ne(expected).any()
    torch.set_rng_state(before)


def test_threads_do_not_disturb_each_other():
    expected = {seed: of("torch.rand(50, 50) @ torch.rand(50, 50)", seed).value for seed in range(8)}
    answers: dict[int, list[Tensor]] = {seed: [] for seed in expected}

    def work(seed: int) -> None:
        for _ in range(20):
            answers[seed].append(of("torch.rand(50, 50) @ torch.rand(50, 50)", seed).value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(answers[seed]) == 20 and all(value.equal(expected[seed]) for value in answers[seed]) for seed in expected)


def test_the_learners_tensors_stay_as_they_are():
    tensors, before = named(), named()
    tensors["a"].requires_grad_()
    for text in EXAMPLES:
        evaluate(text, tensors)
    assert all(same(tensors[name].detach(), before[name]) for name in before)
    assert tensors["a"].grad is None
    ours = evaluate("a * 2", tensors)
    assert not ours.value.requires_grad
    ours.steps[0].value.zero_()                      # what a step holds is a copy
    assert tensors["a"].detach().equal(before["a"])


# the steps

def test_steps_come_in_the_order_of_computation_with_their_places_and_what_they_use():
    ours = of("  a @ b.T + torch.rand(3) ")
    assert ours.text == "a @ b.T + torch.rand(3)"
    assert [(step.text, step.operation, step.uses) for step in ours.steps] == [
        ("a", "a", ()), ("b", "b", ()), ("b.T", ".T", (1,)), ("a @ b.T", "@", (0, 2)), ("torch.rand(3)", "torch.rand", ()),
        ("a @ b.T + torch.rand(3)", "+", (3, 4)),
    ]
    assert all(step.text == ours.text[step.start:step.end] for step in ours.steps)
    assert ours.steps[3].value.equal(named()["a"] @ named()["b"].T)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_step_but_the_last_is_used_exactly_once_by_a_later_one(text):
    steps = of(text).steps
    used = [index for step in steps for index in step.uses]
    assert sorted(used) == list(range(len(steps) - 1))
    assert all(max(step.uses, default=-1) < number for number, step in enumerate(steps))


def test_numbers_are_no_steps_unless_they_are_all_there_is():
    assert [step.text for step in of("a[0, 1:].sum() * -2.5").steps] == ["a", "a[0, 1:]", "a[0, 1:].sum()", "a[0, 1:].sum() * -2.5"]
    assert [(step.text, step.value) for step in of("-3").steps] == [("-3", -3)]
    assert [step.uses for step in of("(a, [v, 1])").steps] == [(), (), (0, 1)]
    assert isinstance(of("a,").value, tuple)


def test_one_sum_by_hand():
    ours = evaluate("(x + 1) * 2", {"x": torch.tensor([1.0, 2.0])})
    assert [step.value.tolist() for step in ours.steps] == [[1, 2], [2, 3], [4, 6]]


# what PyTorch refuses

def test_a_misfit_keeps_the_steps_before_it_and_names_the_axis():
    ours = of("a.T + torch.ones(4)")
    assert [step.text for step in ours.steps] == ["a", "a.T", "torch.ones(4)", "a.T + torch.ones(4)"]
    assert ours.value is None
    assert ours.steps[1].failure is None
    assert ours.failure == Failure("RuntimeError", str(real("a.T + torch.ones(4)")[1]), ((3, 2), (4,)), Misfit(1, 0, 2, 4))


def test_matrices_that_do_not_fit_are_refused_in_pytorchs_words_however_large():
    ours = of("torch.ones(1000, 999) @ torch.ones(1000, 1000)")
    assert "mat1 and mat2 shapes cannot be multiplied (1000x999 and 1000x1000)" in ours.failure.message
    assert ours.failure.misfit == Misfit(1, 0, 999, 1000)


@pytest.mark.parametrize(("operation", "a", "b", "expected"), [
    ("+", (2, 3), (3,), None),
    ("+", (2, 3), (2,), Misfit(1, 0, 3, 2)),
    ("*", (4, 2, 3), (5, 1, 3), Misfit(0, 0, 4, 5)),
    ("<", (4, 3), (5, 2), Misfit(1, 1, 3, 2)),             # both axes misfit: the right one is looked at first
    ("torch.maximum", (2,), (3,), Misfit(0, 0, 2, 3)),
    ("@", (2, 3), (3, 4), None),
    ("@", (2, 3), (2, 3), Misfit(1, 0, 3, 2)),
    ("@", (3,), (2,), Misfit(0, 0, 3, 2)),
    ("@", (5, 2, 3), (4, 3, 2), Misfit(0, 0, 5, 4)),
    (".mv", (2, 3), (2,), Misfit(1, 0, 3, 2)),
    ("F.linear", (2, 3), (4, 5), Misfit(1, 1, 3, 5)),
    ("@", (), (2,), None),
    ("torch.cat", (2, 3), (2, 4), None),                   # another rule
])
def test_the_axes_that_do_not_fit(operation, a, b, expected):
    assert misfit(operation, a, b) == expected


@pytest.mark.parametrize(("text", "kind"), [
    ("a.view(4, 4)", "RuntimeError"), ("a[5]", "IndexError"), ("torch.zeros(3e9)", "TypeError"), ("1 / 0", "ZeroDivisionError"),
    ("a.softmax(7)", "IndexError"), ("torch.linalg.inv(torch.zeros(2, 2))", "LinAlgError"),
    ("a[::-1]", "ValueError"), ("b.T.view(9)", "RuntimeError"), ("torch.masked_select(a, b > 0.5)", "RuntimeError"),
    ("torch.ones(100, 100, 100).expand(31, 3)", "RuntimeError"), ("a.allclose(b)", "RuntimeError"),
])
def test_pytorchs_own_words_become_the_last_step(text, kind):
    ours, (_, error) = of(text), real(text)
    assert ours.failure.message == str(error)
    assert ours.failure.kind == kind


# what is refused here

@pytest.mark.parametrize(("text", "code", "place"), [
    ("", "expression_empty", None),
    ("a" * 401, "expression_too_long", None),
    ("a × b", "expression_character", "×"),
    ("a\nb", "expression_character", "\n"),
    ("(a + b", "expression_unreadable", "("),
    ("a + ", "expression_unreadable", "+"),
    ("a" + "+a" * 30, "expression_too_deep", "a" + "+a" * 30),
    ("[" + "a[0]," * 79 + "]", "expression_too_complex", "[" + "a[0]," * 79 + "]"),
    ("a.__class__", "expression_not_available", "a.__class__"),
    ("a + rand(3)", "expression_not_available", "rand"),
    ("a + torch.load(1)", "expression_not_available", "torch.load"),
    ("a.sum(axis=0)", "expression_not_available", "axis=0"),
    ("a + (lambda: 0)", "expression_not_available", "lambda: 0"),
    ("a + 'x'", "expression_not_available", "'x'"),
    ("0 < a < 1", "expression_not_available", "0 < a < 1"),
    ("a + torch.zeros", "expression_not_called", "torch.zeros"),
    ("a.sum + 1", "expression_not_called", "a.sum"),
    ("a + 9223372036854775808", "expression_number_too_large", "9223372036854775808"),
    ("a + 10**19", "expression_number_too_large", "10**19"),
    ("a + 2**65", "expression_exponent", "2**65"),
    ("[1] * 10**9", "expression_wrong_kind", "[1] * 10**9"),
    ("a + a.shape.T", "expression_wrong_kind", "a.shape.T"),
    ("a + torch.zeros(10**12)", "expression_too_large", "torch.zeros(10**12)"),
    ("a + torch.zeros(2 * 10**6)", "expression_too_many_elements", "torch.zeros(2 * 10**6)"),
    ("1 + torch.linalg.inv(torch.rand(1000, 1000))", "expression_too_slow", "torch.linalg.inv(torch.rand(1000, 1000))"),
    *((text, "expression_too_slow", text) for text in (      # many matrices, each of which is small
        "torch.linalg.eig(torch.rand(110000, 3, 3))", "torch.linalg.inv(torch.rand(110000, 3, 3))")),
    ("torch.ones(9999).split(1)", "expression_too_many_pieces", "torch.ones(9999).split(1)"),
    ("1 + F.relu(a, True)", "expression_in_place", "F.relu(a, True)"),
])
def test_a_refusal_has_its_code_and_its_place(text, code, place):
    assert refusal(text).code == code
    if place is not None:
        assert marked(text) == place


@pytest.mark.parametrize(("text", "value", "known"), [
    ("rand(3)", "rand", "torch.rand, torch.randn"),
    ("torch.relu6(a)", "torch.relu6", "torch.relu, F.relu"),
    ("F.rand(3)", "F.rand", "torch.rand"),
    ("a.softmx(0)", ".softmx", ".softmax"),
    ("a.__class__", ".__class__", ".T, .mT, .shape"),
    ("a.sum(axis=0)", "axis=", "dim=, keepdim=, dtype="),
    ("c", "c", "a, b, v"),
    ("0 < a < 1", "0 < a < 1", "(0 < a) & (a < 1)"),
    ("a.to(0)", "to(0)", "to(torch.float64)"),
])
def test_what_is_not_available_comes_with_what_is(text, value, known):
    facts = refusal(text).facts
    assert facts["value"] == value
    assert facts["known"].startswith(known)


def test_row_26_of_the_faults_says_what_it_would_need():
    facts = refusal("torch.zeros(10**12)").facts
    assert (facts["needs"], facts["limit"]) == ("4,000 GB", "64 MB")
    assert "4,000 GB" in Text("en")("errors.expression_too_large", **facts)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", [
    "", "a" * 401, "a × b", "(a", "a" + "+a" * 30, "[" + "a[0]," * 79 + "]", "a.data", "a.sum", "10**19", "2**65", "[1] * 2",
    "torch.zeros(10**12)", "torch.zeros(2 * 10**6)", "torch.linalg.inv(torch.rand(1000, 1000))", "torch.ones(9999).split(1)",
    "F.relu(a, True)",
])
def test_every_refusal_finds_its_sentence_and_the_facts_for_it(text, lang):
    error = refusal(text)
    assert Text(lang)(f"errors.{error.code}", **error.facts)


# the budget

def test_what_arises_inside_an_operation_counts_too():
    """Batches are laid out for a matrix product: (500, 500, 1, 2000) numbers, two gigabytes, for a result of one megabyte."""
    error = refusal("torch.ones(500, 1, 1, 2000) @ torch.ones(1, 500, 2000, 1)")
    assert (error.code, error.facts["value"]) == ("expression_too_many_elements", "500,000,000")


def test_sixteen_tensors_of_a_million_floats_are_allowed_and_one_more_is_not():
    assert BYTES // (4 * ELEMENTS) == 16
    assert len(of("[" + "torch.ones(10**6)," * 16 + "]").value) == 16
    assert refusal("[" + "torch.ones(10**6)," * 17 + "]").facts["needs"] == "68 MB"


def test_every_inner_operation_that_multiplies_or_sorts_has_its_rule(monkeypatch):
    """What PyTorch does in one piece differs between versions: a piece without a rule would count as if it went once over its numbers."""
    seen, dispatch = set(), Budget.__torch_dispatch__

    def note(self: Budget, func: object, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        seen.add(func.overloadpacket.__name__)
        return dispatch(self, func, types, args, kwargs)

    monkeypatch.setattr(Budget, "__torch_dispatch__", note)
    for text in EXAMPLES:
        of(text)
    heavy = {name for name in seen if re.search("linalg|mm$|conv|linear|pool|sort|svd|dist|unique|median|attention|lstm", name)}
    assert heavy - set(WORK) == {"_linalg_check_errors", "linalg_vector_norm", "_adaptive_avg_pool2d"}
    assert set(WORK) | set(SIZED_BY_DATA) <= seen


def test_views_take_no_memory():
    million = {"o": torch.ones(1000, 1000)}
    assert len(evaluate("[" + "o.T," * 20 + "]", million).value) == 20
    with pytest.raises(SpecError, match="expression_too_large"):
        evaluate("[" + "o+1," * 20 + "]", million)


def test_the_budget_is_left_with_the_operation():
    with pytest.raises(SpecError), Budget().around([]):
        torch.zeros(10**9)
    assert torch.zeros(2 * ELEMENTS).numel() == 2 * ELEMENTS               # nobody watches any more


def test_a_thousand_million_multiply_adds_are_allowed_and_a_few_more_are_not():
    square = {"o": torch.ones(1000, 1000)}
    assert evaluate("(o @ o)[0, 0]", square).value == 1000
    with pytest.raises(SpecError, match="expression_too_slow"):
        evaluate("o @ o @ o[:, :1]", square)


def test_many_small_operations_inside_one_are_too_many_pieces():
    assert refusal("torch.diff(torch.arange(10**4), 10**4)").code == "expression_too_many_pieces"
    assert CALLS < 10**4


def test_what_an_operation_makes_is_remembered_by_shapes_and_never_by_numbers():
    a = torch.arange(6.0)
    assert [len(evaluate("a[a > 2]", {"a": x}).value) for x in (a, a - 10, a + 10)] == [3, 0, 6]
    assert [tuple(evaluate("a * 2 + a.sum(0)", {"a": x}).value.shape) for x in (a, a.reshape(2, 3), a)] == [(6,), (2, 3), (6,)]
    kinds = [evaluate(text, {"a": a.long()}).value.dtype for text in ("a * 2", "a * 2.0", "a * True")]
    assert kinds == [torch.int64, torch.float32, torch.int64]
    for _ in range(2):
        with pytest.raises(SpecError, match="expression_too_many_elements"):
            evaluate("torch.zeros(2000, 1000)", {})


def test_a_distance_counts_as_the_product_of_matrices_that_it_is():
    spent = []
    for count in (100, 200):
        with Budget().around([]) as counted:
            torch.cdist(torch.ones(100, 50), torch.ones(count, 50))
        spent.append(counted.multiply_adds)
    assert 50 * 100 * 100 <= spent[1] - spent[0] < 2 * 50 * 100 * 100


def test_an_operation_that_is_known_is_not_done_on_meta_again():
    done = []

    def twice(x: Tensor) -> Tensor:
        done.append(x.device.type)
        return x * 2

    budget._known.clear()
    for values in (torch.zeros(3), torch.ones(3), torch.ones(4), torch.ones(3)):
        assert [(tuple(made.shape), made.device.type) for made in budget._made(twice, "twice", (values,), {})] == [((len(values),), "meta")]
    assert done == ["meta", "meta"]                  # once for (3,) and once for (4,)


def test_operations_that_draw_are_remembered_whatever_the_seed():
    budget._known.clear()
    of("torch.rand(2, 3)", seed=1)
    known = len(budget._known)
    of("torch.rand(2, 3)", seed=2)
    assert len(budget._known) == known > 0


def test_what_is_remembered_has_a_limit():
    for n in range(KNOWN + 10):
        budget._made(lambda n: [], "nothing", (n,), {})
        assert len(budget._known) <= KNOWN


def test_descriptions_tell_equal_numbers_of_different_kinds_apart():
    values = [1, 1.0, True, 0.0, -0.0, float("nan"), "1", None, (1,), [1], torch.ones(1), torch.ones(1, 1), torch.ones(1).double()]
    assert len({described(value) for value in values}) == len(values)
    assert described(float("nan")) == described(float("nan"))
    assert described(torch.zeros(2, 3)) == described(torch.ones(2, 3)) != described(torch.ones(3, 2).T)
    assert described([torch.Generator()]) == described([torch.Generator()])
