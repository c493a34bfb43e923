"""Pictures of a learner's own on the page: every upload is read in its turn, what is gone is said, and no name is taken for Markdown."""

import json

import torch
from streamlit.testing.v1 import AppTest

from core.data import ImageSet, kept
from jobs import client
from jobs.store import opened as opened_store
from tests.test_pages import fine, opened, own_store, server_had_a_visitor, shown  # noqa: F401  (two are fixtures)
from tests.zips import pets, zipped

SLOT = "data.own.zip"


def upload(at: AppTest, name: str, count: int) -> AppTest:
    at.file_uploader(key="data.own.file").set_value((name, zipped(pets(count)), "application/zip"))
    return fine(at.run())


def end(at: AppTest, state: str, cause: dict | None = None, record: dict | None = None) -> None:
    run = at.session_state[SLOT]
    with opened_store() as db:
        db.execute("UPDATE runs SET state = ?, cause = ? WHERE id = ?", (state, cause and json.dumps(cause), run))
        if record:
            db.execute("INSERT INTO events (run, seq, attempt, json) VALUES (?, 1, 1, ?)", (run, json.dumps(record)))


def test_a_second_zip_waits_for_the_first_and_is_read_then():
    at = upload(opened("data", view="own"), "a.zip", 4)
    first = at.session_state[SLOT]
    at = upload(at, "b.zip", 5)
    assert "b.zip is read next" in shown(at).replace("\\", "")
    assert at.session_state[SLOT] == first
    end(at, "failed", {"code": "zip_damaged"})
    at = fine(at.run())
    assert client.status(at.session_state[SLOT]).spec["name"] == "b.zip"


def test_a_zip_that_could_not_be_read_can_be_uploaded_again():
    at = upload(opened("data", view="own"), "a.zip", 4)
    first = at.session_state[SLOT]
    end(at, "failed", {"code": "upload_gone"})
    at = fine(at.run())
    assert at.session_state[SLOT] == first                                # the same file that still lies there is not tried for ever
    at = upload(at, "a.zip", 4)
    assert at.session_state[SLOT] != first


def test_pictures_that_were_cleaned_up_are_said_to_be_gone():
    at = upload(opened("data", view="own"), "a.zip", 4)
    end(at, "done", record={"type": "gathered", "dataset": "zip." + "0" * 16})
    assert "not on this server, or no longer" in shown(fine(at.run()))


def test_a_class_that_is_named_like_markdown_is_only_a_name():
    images = torch.zeros(6, 1, 8, 8, dtype=torch.uint8)
    named = ImageSet(images, torch.tensor([0, 0, 0, 0, 1, 1]), ("![x](https:evil.example)", "$a_b_$"))
    list(kept.keep("folder.evil", "evil", named, named))
    at = opened("data", view="look", dataset="folder.evil")
    at = fine(at.button(key="predict.data.look.show").click().run())
    said = next(info.value for info in at.info if "Most often" in info.value)
    assert "![" not in said
    assert "\\!\\[x" in said
    assert "$a" not in said.replace("\\$", "")
