"""The LSTM tagger: its sentences, its training, its job, and what the page makes of the result."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from core.errors import SpecError
from core.layers import tagger
from core.layers.tagger import NEVER_SEEN, TAGS, TRAINING, VOCABULARY, first, tagged
from figures import word_map
from figures.recurrent import sentence
from jobs import client
from jobs.kinds.tagger import TaggerJob
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from ui import learner

TWO = (0, 3)                                         # of the seeds that the page tells of


@pytest.fixture(scope="module")
def ended():
    """seed -> (job, its records), trained once for all tests."""
    jobs = {seed: TaggerJob({"seed": seed}) for seed in TWO}
    return {seed: (job, [record for record in job.records() if record]) for seed, job in jobs.items()}


def test_the_sentences_are_a_few_dozen_and_the_unseen_ones_are_new_but_of_known_words():
    assert 36 <= len(TRAINING) <= 60
    assert not {words for words, _ in TRAINING} & {words for words, _ in NEVER_SEEN}
    assert len({words for words, _ in TRAINING + NEVER_SEEN}) == len(TRAINING) + len(NEVER_SEEN)
    assert {word for words, _ in NEVER_SEEN for word in words} <= set(VOCABULARY)
    assert {tag for _, tags in TRAINING + NEVER_SEEN for tag in tags} == set(TAGS)
    assert all(len(words) == len(tags) for words, tags in TRAINING + NEVER_SEEN)


def test_a_word_has_the_same_tags_in_both_sets():
    seen = {(word, tag) for words, tags in TRAINING for word, tag in zip(words, tags, strict=True)}
    assert {(word, tag) for words, tags in NEVER_SEEN for word, tag in zip(words, tags, strict=True)} <= seen
    either = {word for word, kind in tagger.kinds().items() if kind == tagger.EITHER}
    assert either == {"plants", "walks", "watches", "flies", "drinks"}


@pytest.mark.parametrize("seed", TWO)
def test_the_goal_is_reached_on_unseen_sentences(ended, seed):
    job, records = ended[seed]
    assert records[-2]["unseen_accuracy"] >= tagger.GOAL
    assert records[-2]["unseen_accuracy"] == tagger.TRIED[seed]
    right = total = 0
    for words, tags in NEVER_SEEN:                   # judged once more, without the code above
        with torch.no_grad():
            log_probs, _ = job.model(torch.tensor([VOCABULARY[word] for word in words]))
        right += sum(TAGS[place] == tag for place, tag in zip(log_probs.argmax(1).tolist(), tags, strict=True))
        total += len(tags)
    assert right / total == records[-2]["unseen_accuracy"]


def test_before_training_the_goal_is_far(ended):
    assert tagger.accuracy(first(0), NEVER_SEEN) < 0.6
    assert ended[0][1][0]["loss"] > 3 * ended[0][1][-2]["loss"]


def test_the_job_tells_every_epoch_and_then_the_weights_as_plain_json(ended):
    job, records = ended[0]
    assert json.loads(json.dumps(records)) == records
    assert [record["type"] for record in records] == ["epoch"] * tagger.EPOCHS + ["trained"]
    assert job.progress() == (tagger.EPOCHS, tagger.EPOCHS)
    again = tagger.from_told(json.loads(json.dumps(records[-1]["weights"])))
    assert all(ours.equal(theirs) for ours, theirs in zip(again.parameters(), job.model.parameters(), strict=True))


def test_the_context_decides_where_the_word_alone_cannot(ended):
    found = tagger.contest(ended[0][0].model)
    assert found.total > found.model / 2 > 0
    assert found.model > found.alone
    noun, verb = tagged(ended[0][0].model, ("my", "plants")), tagged(ended[0][0].model, ("my", "child", "plants", "a", "tree"))
    assert (noun.tags[1], verb.tags[2]) == ("noun", "verb")
    assert not torch.allclose(noun.hidden[1], verb.hidden[2], atol=0.1)


def test_the_same_seed_gives_the_same_losses_and_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    losses = [next(tagger.train(first(4), 4)).loss for _ in range(2)]
    assert losses[0] == losses[1]
    assert torch.rand(1).equal(expected)


def test_similar_words_move_together(ended):
    found = tagger.word_map(ended[0][0].model, 0)
    assert found.at.shape == (len(VOCABULARY), 2)
    assert found.close > found.close_before


@pytest.mark.parametrize(("text", "code"), [
    ("  ", "no_words"), ("the zebra walks", "unknown_word value=zebra"), ("a " * 11, "too_many_words value=11 limit=10")])
def test_what_cannot_be_tagged_is_refused(text, code):
    with pytest.raises(SpecError, match=code):
        tagger.split(text)


def test_capitals_and_full_stops_do_no_harm():
    assert tagger.split("The dog walks.") == ("the", "dog", "walks")


def test_the_picture_holds_words_tags_probabilities_and_hidden_vectors():
    found = tagged(first(1), ("the", "dog"))
    drawn = sentence(found.words, [tag.upper() for tag in found.tags], found.probs.numpy(), [tag.upper() for tag in TAGS],
                     found.hidden.numpy(), {"probability": "p", "hidden": "h", "alt": "words"})
    torch.testing.assert_close(found.probs.sum(1), torch.ones(2))
    for value in (*found.probs.flatten().tolist(), *found.hidden.flatten().tolist()):
        assert f">{round(value, 2) + 0.0:.3g}<".replace("-", "−") in drawn
    assert drawn.count("<rect") == 2 * (4 + 6) + 2   # a cell each, and a frame per word


def ended_well(records):
    """A training of "somebody" that has told these records."""
    run = client.submit("tagger", {"seed": 0}, "somebody")
    with opened_store() as db:
        db.execute("UPDATE runs SET state = 'done', attempt = 1, done = 10, total = 10, ended = created WHERE id = ?", (run,))
        db.executemany("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)",
                       [(run, seq, json.dumps(record)) for seq, record in enumerate(records, start=1)])


@pytest.fixture
def stored(ended, monkeypatch):
    """A training of this learner that has ended."""
    monkeypatch.setattr(learner, "token", lambda: "somebody")
    ended_well(ended[0][1])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_shows_the_result_and_tags_the_learners_sentence(stored, lang):
    at = opened("layers", view="recurrent", lang=lang)
    fine(at.button(key="predict.layers.recurrent.show").click().run())
    at.session_state["fold.layers.recurrent.tagger"] = True
    said = shown(fine(at.run()))
    assert "**100%**" in said
    assert not at.warning
    fine(at.text_input(key="layers.recurrent.sentence").set_value("the zebra walks").run())
    assert "zebra" in at.warning[0].value
    fine(at.text_input(key="layers.recurrent.sentence").set_value("my child walks").run())
    assert not at.warning


def test_without_a_training_there_is_a_button_and_no_result(monkeypatch):
    monkeypatch.setattr(learner, "token", lambda: "somebody")
    at = opened("layers", view="recurrent")
    fine(at.button(key="predict.layers.recurrent.show").click().run())
    at.session_state["fold.layers.recurrent.tagger"] = True
    assert "100%" not in shown(fine(at.run()))
    fine(at.button(key="layers.recurrent.go").click().run())
    assert [(run.kind, run.spec) for run in client.list_runs("somebody")] == [("tagger", {"seed": 0})]


def test_the_map_of_the_embedding_view_needs_no_second_training(stored):
    at = opened("layers", view="embedding")
    fine(at.button(key="predict.layers.embedding.show").click().run())
    at.session_state["fold.layers.embedding.map"] = True
    said = shown(fine(at.run()))
    assert "There is no map yet" not in said
    assert f"of {len(VOCABULARY)} words the nearest other word" in said


def fewer_words(records):
    *epochs, last = json.loads(json.dumps(records))
    last["weights"]["embedding.weight"] = last["weights"]["embedding.weight"][:26]
    return [*epochs, last]


SPOILT = {
    "26 words": fewer_words,
    "nothing": lambda records: [],
    "no weights": lambda records: records[:-1],
    "no epochs": lambda records: records[-1:],
    "no field": lambda records: [*records[:-1], {"type": "trained"}],
    "no layers": lambda records: [*records[:-1], {"type": "trained", "weights": {}}],
    "null": lambda records: [*records[:-1], {"type": "trained", "weights": None}],
    "other epochs": lambda records: [{"type": "epoch", "epoch": 1}, records[-1]],
}


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize(("view", "fold", "place"), [
    ("recurrent", "tagger", "layers.recurrent"), ("embedding", "map", "layers.embedding.tagger")])
def test_a_training_of_another_version_counts_as_none(ended, monkeypatch, view, fold, place, name):
    monkeypatch.setattr(learner, "token", lambda: "somebody")
    ended_well(SPOILT[name](ended[0][1]))
    at = opened("layers", view=view)
    fine(at.button(key=f"predict.layers.{view}.show").click().run())
    at.session_state[f"fold.layers.{view}.{fold}"] = True
    said = shown(fine(at.run()))
    assert "**100%**" not in said
    assert ("There is no map yet" in said) == (view == "embedding")
    assert at.button(key=f"{place}.go").label == "Train with seed 0 (seconds)"
    fine(at.button(key=f"{place}.go").click().run())
    assert len(client.list_runs("somebody", "tagger")) == 2


def test_a_refused_training_is_said(monkeypatch):
    def full(*_):
        raise SpecError("queue_full", size=20, minutes=3)
    monkeypatch.setattr(learner, "token", lambda: "somebody")
    at = opened("layers", view="recurrent")
    fine(at.button(key="predict.layers.recurrent.show").click().run())
    at.session_state["fold.layers.recurrent.tagger"] = True
    fine(at.run())
    monkeypatch.setattr(client, "submit", full)
    fine(at.button(key="layers.recurrent.go").click().run())
    assert "All 20 places are taken" in at.warning[0].value


def test_plotly_knows_every_property_of_the_charts():
    said = {name: name for name in ("loss", "unseen", "accuracy", "epoch")}
    go.Figure(word_map.progress(tagger.EPOCHS, 1.5, said))
    go.Figure(word_map.word_map(np.eye(3, 2), ["a", "b", "c"], ["x", "y", "x"], {"x": "X", "y": "Y"}, ("1", "2")))
