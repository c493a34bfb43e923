"""Every operation of the registry against numpy, which knows nothing of PyTorch."""

import math
from collections.abc import Callable
from functools import reduce
from itertools import product

import numpy as np
import pytest
import torch

from core.expression.budget import tensors_in
from core.expression.explore import ExpressionSpec, explore
from core.ops import OPS, QUESTIONS, documentation, of_kind, of_question
from core.tensors import DTYPES, RANDOM, CombineSpec, CreateSpec, combine, counting, create, text_matrix

SIZES = [(2, 3), (3,), (), (0, 4), (2, 1, 3), (4, 4)]
PAIRS = [((2, 3), (2, 3)), ((3, 1), (1, 4)), ((), (2, 2)), ((4, 1, 2), (3, 1)), ((0, 3), (3,))]

CREATED: dict[str, Callable[[tuple[int, ...]], np.ndarray]] = {
    "zeros": np.zeros,
    "ones": np.ones,
    "full": lambda size: np.full(size, 7),
    "arange": lambda size: np.arange(math.prod(size)).reshape(size),
    "eye": lambda size: np.eye(*size),
}
COMBINED: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
}


def svd(r: np.ndarray) -> tuple[np.ndarray, ...]:
    """U, S and V of r = U S V^T by the eigenvectors of r^T r, with the signs that make every column of U point down."""
    values, v = np.linalg.eigh(r.T @ r)
    values, v = values[::-1], v[:, ::-1]                   # largest first
    s = np.sqrt(values)
    return r @ v / s, s, v


COMPUTED: dict[str, Callable[[np.ndarray], object]] = {
    "abs": np.abs,
    "asin": np.arcsin,
    "det": lambda r: r[0, 0] * r[1, 1] - r[0, 1] * r[1, 0],
    "svd": svd,
    "std_mean": lambda r: (r.std(ddof=1), r.mean()),       # ddof=1: divided by n - 1
    "max": np.max,
}


def test_every_operation_with_settings_has_an_independent_reference():
    assert {*CREATED, *RANDOM, *COMBINED, *COMPUTED} == {key for key, op in OPS.items() if op.kind}


def test_every_operation_belongs_to_one_question_and_there_are_about_ten():
    assert sorted(key for question in QUESTIONS for key in of_question(question)) == sorted(OPS)
    assert all(len(of_question(question)) >= 4 for question in QUESTIONS)
    assert len(OPS) >= 60
    assert of_kind("nothing") == of_question("nothing") == ()


@pytest.mark.parametrize("key", OPS)
def test_the_reference_is_a_function_of_pytorch_with_that_name(key):
    if key == "index":                                     # x[0] has no name of its own
        assert OPS[key].reference == "torch.Tensor"
        return
    package, *path, name = OPS[key].reference.split(".")
    assert package == "torch"
    assert name == key
    assert callable(getattr(reduce(getattr, path, torch), name))
    assert documentation(key).endswith(f"generated/{OPS[key].reference}.html")


@pytest.mark.parametrize("key", OPS)
def test_the_example_uses_the_operation_and_gives_what_python_gives(key):
    spec = ExpressionSpec(OPS[key].example)
    done = explore(spec)
    assert done.failure is None
    assert done.steps[-1].operation.rpartition(".")[2] == key.replace("index", "[]" if key == "index" else "index")
    tensors = counting((2, 3), (4, 3))
    torch.manual_seed(spec.seed)
    wanted = eval(spec.text, {"torch": torch, "F": torch.nn.functional, **tensors})      # our own words
    for found, real in zip(tensors_in(done.value), tensors_in(wanted), strict=True):
        torch.testing.assert_close(found, real, rtol=0, atol=0, equal_nan=True)
        assert found.stride() == real.stride()


MAKEABLE = [(key, dtype, size) for key, dtype, size in product(CREATED, DTYPES, SIZES)
            if not (key == "eye" and len(size) != 2 or key == "arange" and dtype == "bool")]     # those: test_core_tensors.py


@pytest.mark.parametrize(("key", "dtype", "size"), MAKEABLE, ids=str)
def test_a_made_tensor_equals_numpys(key, dtype, size):
    made = create(CreateSpec(op=key, size=", ".join(map(str, size)), dtype=dtype))
    assert made.dtype == getattr(torch, dtype)
    np.testing.assert_array_equal(made.numpy(), CREATED[key](size).astype(dtype), strict=True)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("key", RANDOM)
def test_a_random_tensor_is_drawn_by_the_seed_alone(key, dtype):
    torch.manual_seed(1729)
    expected = getattr(torch, key)(3, 4, dtype=getattr(torch, dtype))
    torch.manual_seed(1)                                   # the global generator must not matter
    made = create(CreateSpec(op=key, size="3, 4", dtype=dtype, seed=1729))
    torch.testing.assert_close(made, expected, rtol=0, atol=0)


def test_rand_fills_zero_to_one_evenly_and_randn_is_a_bell_around_zero():
    uniform = create(CreateSpec(op="rand", size="20, 20", seed=0))
    bell = create(CreateSpec(op="randn", size="20, 20", seed=0))
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.05                # 0.5, +- 3.5 standard errors of 0.289 / 20
    assert abs(bell.mean()) < 0.2
    assert abs(bell.std() - 1) < 0.15


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=str)
@pytest.mark.parametrize("key", COMBINED)
def test_two_tensors_combine_as_in_numpy(key, a, b):
    shown = combine(CombineSpec(op=key, a_size=", ".join(map(str, a)), b_size=", ".join(map(str, b))))
    first = np.arange(math.prod(a), dtype="float32").reshape(a)
    second = (np.arange(math.prod(b), dtype="float32").reshape(b) + 1) * 10
    np.testing.assert_array_equal(shown.a.numpy(), first)
    np.testing.assert_array_equal(shown.b.numpy(), second)
    np.testing.assert_allclose(shown.result.numpy(), COMBINED[key](first, second), rtol=1e-6)
    assert shown.message == ""


def test_one_plus_ten_times_two_by_hand():
    column_and_row = {"a_size": "2, 1", "b_size": "1, 2"}  # a = [[0], [1]], b = [[10, 20]]
    results = {key: combine(CombineSpec(op=key, **column_and_row)).result.tolist() for key in COMBINED}
    assert results == {
        "add": [[10, 20], [11, 21]],
        "sub": [[-10, -20], [-9, -19]],
        "mul": [[0, 0], [10, 20]],
        "div": [[0, 0], [pytest.approx(0.1), pytest.approx(0.05)]],
    }


@pytest.mark.parametrize("seed", [0, 1, 42, 1729])
@pytest.mark.parametrize("key", COMPUTED)
def test_a_function_of_a_matrix_equals_numpys(key, seed):
    r = text_matrix(seed)
    expected, found = COMPUTED[key](r.double().numpy()), OPS[key].run(r)
    if key == "svd":
        signs = np.sign((expected[0] * found.U.numpy()).sum(0))            # each pair of columns may change its sign
        expected = (expected[0] * signs, expected[1], expected[2] * signs)
    if not isinstance(expected, tuple):
        expected, found = (expected,), (found,)
    for ours, numpys in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours.numpy(), numpys, rtol=2e-4, atol=2e-5)


def test_svd_returns_v_and_not_its_transpose():
    u, s, v = OPS["svd"].run(text_matrix(1729))
    torch.testing.assert_close(u @ s.diag() @ v.T, text_matrix(1729))
    assert not torch.allclose(u @ s.diag() @ v, text_matrix(1729))


def test_the_functions_of_one_matrix_by_hand():
    r = torch.tensor([[3.0, 0.0], [4.0, 5.0]])
    assert OPS["det"].run(r) == 15                         # 3·5 - 0·4
    assert OPS["max"].run(r) == 5
    std, mean = OPS["std_mean"].run(r)
    assert mean == 3                                       # (3 + 0 + 4 + 5) / 4
    torch.testing.assert_close(std, torch.tensor((0 + 9 + 1 + 4) / 3).sqrt())
    torch.testing.assert_close(OPS["svd"].run(r).S, torch.tensor([45.0, 5.0]).sqrt())
    assert OPS["asin"].run(torch.tensor([1.0])).item() == pytest.approx(math.pi / 2)
    assert OPS["asin"].run(torch.tensor([1.5])).isnan().all()              # no angle has a sine above 1
