"""Which answers are wrong, and what was taken for what."""

import pytest
import torch
from sklearn.metrics import confusion_matrix
from torch.nn import functional as F

from core.mistakes import answers, behind, confusion, from_bytes, mixed_up, to_bytes, worst


@pytest.fixture(scope="module")
def handed():
    return torch.randn(500, 10, generator=torch.Generator().manual_seed(0)) * 3


@pytest.fixture(scope="module")
def labels():
    return torch.randint(10, (500,), generator=torch.Generator().manual_seed(1))


def test_confusion_equals_sklearns(handed, labels):
    found = answers([handed], labels)
    assert confusion(labels, found.predicted, 10).tolist() == confusion_matrix(labels, found.predicted, labels=range(10)).tolist()


def test_confusion_of_five_pictures_by_hand():
    matrix = confusion(torch.tensor([0, 0, 1, 1, 1]), torch.tensor([0, 1, 1, 1, 0]), 2)
    assert matrix.tolist() == [[1, 1], [1, 2]]


def test_a_class_that_never_occurs_keeps_its_row_and_column():
    matrix = confusion(torch.tensor([2]), torch.tensor([0]), 4)
    assert matrix.shape == (4, 4)
    assert matrix[2, 0] == matrix.sum() == 1


def test_answers_of_many_chunks_are_those_of_all_at_once(handed, labels):
    whole, parts = answers([handed], labels), answers(list(handed.split(70)), labels)
    assert all(getattr(whole, name).equal(getattr(parts, name)) for name in ("labels", "predicted", "losses", "probs"))


def test_losses_are_cross_entropy_picture_by_picture(handed, labels):
    found = answers([handed], labels)
    torch.testing.assert_close(found.losses, F.cross_entropy(handed, labels, reduction="none"))
    torch.testing.assert_close(found.losses, -found.probs[torch.arange(500), labels].log())
    assert found.predicted.equal(handed.argmax(1))
    torch.testing.assert_close(found.probs.sum(1), torch.ones(500))


def test_a_network_that_hands_probabilities_is_not_made_less_sure():
    probs = torch.tensor([[0.9, 0.1]])
    assert answers([probs], torch.tensor([0]), "softmax").probs.equal(probs)
    assert answers([probs], torch.tensor([0]), "logits").probs[0, 0] < 0.7


def test_behind_a_cell_lie_its_pictures_and_no_other(handed, labels):
    found = answers([handed], labels)
    matrix = confusion(labels, found.predicted, 10)
    for truth in range(10):
        for said in range(10):
            rows = behind(found, truth, said)
            assert len(rows) == matrix[truth, said]
            assert set(found.labels[rows].tolist()) <= {truth}
            assert set(found.predicted[rows].tolist()) <= {said}
            assert found.losses[rows].diff().le(0).all()


def test_the_worst_mistakes_are_wrong_answers_with_the_highest_loss(handed, labels):
    found = answers([handed], labels)
    rows = worst(found, 12)
    assert (found.labels[rows] != found.predicted[rows]).all()
    wrong = found.losses[found.labels != found.predicted]
    assert found.losses[rows].tolist() == wrong.sort(descending=True).values[:12].tolist()


def test_a_right_answer_is_no_mistake_however_unsure():
    found = answers([torch.tensor([[0.1, 0.0], [0.0, 9.0], [0.0, 1.0]])], torch.tensor([0, 0, 0]))
    assert worst(found, 12).tolist() == [1, 2]
    assert worst(answers([torch.eye(3)], torch.arange(3)), 12).tolist() == []


def test_mistakes_count_in_both_directions():
    assert mixed_up(torch.tensor([[9, 1, 3], [3, 9, 0], [0, 0, 9]])) == [(0, 1)]       # 1 + 3 against 3 + 0


def test_equal_pairs_are_all_named_and_none_where_all_is_right():
    assert mixed_up(torch.tensor([[9, 2, 0], [0, 9, 1], [0, 1, 9]])) == [(0, 1), (1, 2)]
    assert mixed_up(torch.eye(3, dtype=torch.long)) == []


def test_answers_come_back_from_a_file(handed, labels):
    found = answers([handed], labels)
    again = from_bytes(to_bytes(found))
    assert again.labels.equal(found.labels)
    assert again.predicted.equal(found.predicted)
    assert again.losses.equal(found.losses)
    torch.testing.assert_close(again.probs, found.probs, atol=5e-4, rtol=0)
    assert len(to_bytes(found)) < 28 * 500 + 1000
