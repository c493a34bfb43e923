"""Memory: every element is read where the rule says, and views are told from copies."""

import pytest
import torch

from core.errors import SpecError
from core.memory import EXAMPLES, PLACES, MemorySpec, explore, guesses, lender, lent_by, memory, named, same_memory

KEPT = ("a.T + 1", "a.T.clone()", "a.T > 2", "a.T.double()")
ON_THE_WAY = ("(a + 1).T", "torch.ones(1).expand(3)", "(a * 2)[1]")
COPIES = ("a.T.reshape(6)", "a.T.contiguous()", "a[a > 2]", "torch.cat([a, b])", "torch.stack([a, a])")


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_element_stands_at_its_place(text):
    x = explore(MemorySpec(text)).value
    found = memory(x)
    assert found.numbers[found.places].equal(x)
    assert (found.shape, found.stride, found.offset, found.contiguous) == (
        tuple(x.shape), x.stride(), x.storage_offset(), x.is_contiguous())
    for index in torch.cartesian_prod(*(torch.arange(n) for n in x.shape)).reshape(-1, x.ndim).tolist():
        assert found.place(tuple(index)) == int(found.places[tuple(index)])


def test_the_second_element_of_a_transposed_matrix_lies_three_places_on():
    found = memory(torch.arange(6.0).reshape(2, 3).T)
    assert found.place((0, 1)) == 3
    assert found.numbers.tolist() == [0, 1, 2, 3, 4, 5]


def test_an_expanded_axis_reads_one_place_again_and_again():
    found = memory(explore(MemorySpec("a[:1].expand(4, 3)")).value)
    assert found.places.tolist() == [[0, 1, 2]] * 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_views_and_copies_are_told_apart(text):
    done = explore(MemorySpec(text))
    assert lent_by(done) == ("" if text in COPIES else "a")
    done.steps[0].value.view(-1)[0] = 99                   # the proof: what is written into a shows in its views
    changed = bool((memory(done.value).numbers == 99).any())
    assert changed == (text not in COPIES)


@pytest.mark.parametrize(("text", "how"), [*((text, "kept") for text in KEPT), *((text, "on_the_way") for text in ON_THE_WAY),
                                           *((text, "own") for text in COPIES), ("a + 1", "own"), ("a.T", "named"), ("b[1:]", "named")])
def test_where_the_numbers_lie_is_told_from_the_memory_itself(text, how):
    done = explore(MemorySpec(text))
    assert lender(done) == how
    x = done.value
    if how in ("own", "kept"):
        reading = x.flatten()
        assert memory(x).numbers.equal(reading) == (how == "own")


def test_a_single_number_still_has_more_than_one_answer():
    assert len(guesses(memory(explore(MemorySpec("a.sum()")).value))) > 1


def test_a_view_of_b_is_lent_by_b_and_both_are_named():
    done = explore(MemorySpec("b.T[a.long()[0]]"))
    assert list(named(done)) == ["b", "a"]
    assert lent_by(done) == ""
    assert lent_by(explore(MemorySpec("b[1:]"))) == "b"


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_right_stride_is_among_the_answers(text):
    found = memory(explore(MemorySpec(text)).value)
    answers = guesses(found)
    assert str(found.stride) in answers
    assert len(answers) == len(set(answers)) <= 4


@pytest.mark.parametrize(("spec", "code"), [
    (MemorySpec("a.shape"), "memory_no_tensor"),
    (MemorySpec("torch.zeros(30)"), "memory_too_large"),
    (MemorySpec("a", a_size="5, 5"), "memory_too_large"),
    (MemorySpec("a[0].expand(20, 3)"), "memory_too_large"),            # six places, but sixty elements to draw
    (MemorySpec("a", a_size="two"), "size_unreadable"),
    (MemorySpec("open('x')"), "expression_not_available"),
])
def test_what_cannot_be_drawn_says_why(spec, code):
    with pytest.raises(SpecError) as refused:
        explore(spec)
    assert refused.value.code == code


def test_a_large_tensor_on_the_way_does_no_harm():
    assert explore(MemorySpec("torch.arange(1000).sum()")).value.item() == 499500
    with pytest.raises(SpecError, match="memory_too_large"):
        explore(MemorySpec("torch.arange(1000)[5:8]"))                 # three elements, in a memory of a thousand


def test_pytorchs_refusal_is_kept():
    done = explore(MemorySpec("a.T.view(6)"))
    assert "view size is not compatible" in done.failure.message


def test_the_limit_is_what_a_picture_holds():
    assert explore(MemorySpec("a", a_size=f"{PLACES}")).value.numel() == PLACES
    assert not same_memory(torch.zeros(2), torch.zeros(2))
