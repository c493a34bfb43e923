"""PyTorch's warnings: word for word, each time, and each with the learner who caused it."""

import warnings

import pytest
import torch
from torch.nn import functional as F

from core.expression.evaluate import evaluate
from core.expression.explore import ExpressionSpec, explore
from core.ops import OPS
from core.warned import heard
from tests.conftest import side_by_side

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "one": torch.ones(1)}
WARNED = {
    "a.view(1, 2, 3).T": "The use of `x.T` on tensors of dimension other than 2",
    "a[0].T": "The use of `x.T` on tensors of dimension other than 2",
    "torch.std(one)": "std(): degrees of freedom is <= 0",
    "torch.cov(torch.ones(3, 1))": "cov(): degrees of freedom is <= 0",
    "F.softmax(a)": "Implicit dimension choice for softmax has been deprecated",
    "F.mse_loss(a, a[:1])": "Using a target size (torch.Size([1, 3])) that is different to the input size (torch.Size([2, 3]))",
    "a[torch.tensor([1, 0], dtype=torch.uint8)]": "indexing with dtype torch.uint8 is now deprecated",
    "torch.linalg.eigvals(a[:, :2]).float()": "Casting complex values to real discards the imaginary part",
}


def of(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(step.text, step.warned) for step in evaluate(text, TENSORS).steps if step.warned]


@pytest.mark.parametrize("text", WARNED)
def test_the_words_are_pytorchs_and_come_every_time(text):
    with warnings.catch_warnings(record=True) as real:
        warnings.simplefilter("always")
        eval(text, {"torch": torch, "F": F, **TENSORS})    # our own words
    words = f"UserWarning: {str(real[0].message).partition(' (Triggered internally')[0]}"
    assert WARNED[text] in words
    assert [of(text) for _ in range(3)] == [[(text, (words,))]] * 3


def test_the_step_that_caused_it_has_it_and_no_other():
    found = of("(F.softmax(a) + 1) @ torch.std(one).expand(3) + a[1].T[0]")
    assert [text for text, _ in found] == ["F.softmax(a)", "torch.std(one)", "a[1].T"]
    assert of("a @ a.T + torch.rand(2)") == []


def test_no_operation_of_the_catalogue_is_one_that_pytorch_warns_of():
    assert [key for key, op in OPS.items() for step in explore(ExpressionSpec(op.example)).steps if step.warned] == []


def test_a_warning_stays_in_its_thread():
    found: dict[int, list] = {number: [] for number in range(8)}
    texts = list(WARNED)

    def work(number: int) -> None:
        for _ in range(40):
            found[number].append(of(texts[number]))

    side_by_side(work, [(number,) for number in found])
    for number, answers in found.items():
        assert len(answers) == 40
        assert all(len(answer) == 1 and WARNED[texts[number]] in answer[0][1][0] for answer in answers)


def test_what_another_thread_says_while_we_listen_goes_on_to_the_others():
    with warnings.catch_warnings(record=True) as others:
        warnings.simplefilter("always")
        with heard() as said:
            side_by_side(warnings.warn, [("elsewhere", UserWarning)])
            warnings.warn("here", UserWarning, stacklevel=1)
    assert said == ["UserWarning: here"]
    assert [str(each.message) for each in others] == ["elsewhere"]


def test_a_listener_that_hands_on_what_it_hears_does_not_hear_it_again(monkeypatch):
    with heard():
        pass
    before, told = warnings.showwarning, []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *where: (told.append(str(message)), before(message, *where)))
    with heard():
        pass
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("elsewhere", UserWarning, stacklevel=1)
    assert told == ["elsewhere"]


def test_it_is_heard_after_another_part_of_the_program_put_the_filters_back():
    for action in ("ignore", "error"):
        with warnings.catch_warnings():
            warnings.simplefilter(action)
            assert len(of("torch.std(one)")) == 1
        assert len(of("torch.std(one)")) == 1
