"""The store's connections: each is had by one piece of work at a time, and none that is doubtful is had again."""

import shutil
import threading

import pytest

from core.errors import SpecError
from jobs import store
from jobs.store import KEPT, VERSION, opened
from tests.jobs_place import place  # noqa: F401

pytestmark = pytest.mark.usefixtures("place")


def test_the_next_piece_of_work_gets_the_connection_of_the_last():
    with opened() as first:
        pass
    with opened() as second:
        assert second is first


def test_pieces_of_work_at_the_same_time_have_a_connection_each():
    had, meet = [], threading.Barrier(KEPT + 3)

    def work():
        with opened() as db:
            meet.wait(10)                          # all of them are at work
            had.append(id(db))
            meet.wait(10)

    threads = [threading.Thread(target=work) for _ in range(KEPT + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(had)) == KEPT + 3
    assert len(store._unused_ones) <= KEPT


def test_after_an_error_nobody_gets_the_connection_again():
    with pytest.raises(ZeroDivisionError), opened() as broken:
        _ = broken.execute("BEGIN IMMEDIATE") and 1 / 0
    with opened() as db:
        assert db is not broken
        db.execute("BEGIN IMMEDIATE")              # nobody holds the store
        db.execute("ROLLBACK")


def test_a_connection_with_an_open_transaction_is_closed():
    with opened() as forgotten:
        forgotten.execute("BEGIN IMMEDIATE")
    with opened() as db:
        assert db is not forgotten
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")


def test_what_a_piece_of_work_had_set_for_itself_ends_with_it():
    with opened() as db:
        db.execute("PRAGMA synchronous = FULL")
    with opened() as db:
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 1         # NORMAL


def test_a_folder_that_was_removed_and_made_anew_has_a_store_of_its_own(place):  # noqa: F811
    with opened() as old:
        old.execute("INSERT INTO commands (run, name, args) VALUES ('x', 'stop', '{}')")
    shutil.rmtree(place)
    with opened() as new:
        assert new is not old
        assert new.execute("SELECT count(*) FROM commands").fetchone()[0] == 0


def test_a_store_that_a_newer_program_has_changed_is_refused_also_through_a_known_connection():
    with opened() as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(SpecError, match="store_too_new"), opened():
        pass
