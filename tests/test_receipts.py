"""Receipts of the bug clinic: written, read, edited, damaged, hostile; and the teacher's table."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lessons import receipts
from core.lessons.clinic.answers import Answer
from core.lessons.clinic.cards import CARDS
from core.lessons.receipts import MOST_BYTES, Receipt, collect, file_name, read, table, tidy, written
from tests.conftest import ROOT


def mine(nickname: str = "Ada", deck: int = 7, visit: str = "00ada0") -> Receipt:
    answers = Answer("quotes", "syntax", ("two",)), Answer("svd", "right", ("three", "one")), Answer("report", "")
    return Receipt(nickname, visit, deck, 10, answers)


def edited(change) -> bytes:
    content = json.loads(written(mine()))
    change(content)
    return json.dumps(content).encode()


def command(*words: str, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, env=os.environ | variables)


def answered(raw: bytes) -> str:
    """What becomes of it: the teacher's table, or the reason."""
    try:
        return table(receipts.Folder((read(raw),), ()))
    except ValueError as reason:
        return str(reason)


def test_what_was_written_is_read_again():
    assert read(written(mine()).encode()) == mine()
    assert read(written(mine("小明")).encode()) == mine("小明")
    assert read(b"\xef\xbb\xbf" + written(mine()).encode()) == mine()              # as Windows' editor saves it


def test_a_receipt_says_what_a_person_wants_to_know():
    found = json.loads(written(mine()))
    assert (found["nickname"], found["deck"], found["of"], found["version"]) == ("Ada", 7, 10, 1)
    assert found["cards"][1] == {"card": "svd", "said": "right", "foresaw": False, "tries": ["three", "one"], "mended": True,
                                 "at_once": False}


def test_a_receipt_of_all_cards_is_far_below_the_limit():
    full = Receipt("x" * 40, "ffffff", 9999, len(CARDS), tuple(Answer(key, "syntax", ("one", "two", "three")) for key in CARDS))
    assert len(written(full).encode()) < MOST_BYTES / 10


@pytest.mark.parametrize("change", [
    lambda content: content.update(nickname="Eve"),
    lambda content: content["cards"][0].update(said="right"),
    lambda content: content["cards"][1].update(at_once=True),
    lambda content: content.update(checksum="00000000"),
    lambda content: content.pop("checksum"),
])
def test_an_edited_receipt_is_read_and_marked(change):
    found = read(edited(change))
    assert not found.intact
    assert "changed after the download" in table(receipts.Folder((found,), ()))


def test_line_breaks_and_order_are_no_edit():
    found = json.loads(written(mine()))
    assert read(json.dumps(dict(reversed(found.items()))).encode()).intact


def test_what_counts_as_right_is_found_out_anew():
    found = read(edited(lambda content: content["cards"][1].update(foresaw=True, at_once=True)))
    assert (found.answers[1].foresaw, found.answers[1].at_once) == (False, False)


@pytest.mark.parametrize(("raw", "reason"), [
    (b"", "no JSON"),
    (b"\xff\xfe\x00", "no JSON"),
    (b"[" * 90_000, "no JSON"),
    (b'{"format": "firstlight-receipt", "version": 1, "deck": ' + b"9" * 5000 + b"}", "no JSON"),
    (b"{}", "no receipt"),
    (b"[1, 2]", "no receipt"),
    (b" " * (MOST_BYTES + 1), "larger than 100 KB"),
    (edited(lambda content: content.update(version=2)), "another version"),
    (edited(lambda content: content.update(deck="7")), "incomplete"),
    (edited(lambda content: content.update(deck=True)), "incomplete"),
    (edited(lambda content: content.update(of=-1)), "incomplete"),
    (edited(lambda content: content.update(cards={})), "incomplete"),
    (edited(lambda content: content.update(cards=["quotes"])), "incomplete"),
    (edited(lambda content: content.pop("nickname")), "incomplete"),
    (edited(lambda content: content.pop("visit")), "incomplete"),
    (edited(lambda content: content.update(visit="../../x")), "incomplete"),
    (edited(lambda content: content["cards"][0].update(card="nothing")), "does not exist here"),
    (edited(lambda content: content["cards"][0].update(card=["svd"])), "does not exist here"),
    (edited(lambda content: content["cards"][0].update(said="maybe")), "cannot be given"),
    (edited(lambda content: content["cards"][0].update(said=["syntax"])), "cannot be given"),
    (edited(lambda content: content["cards"][0].update(tries=[["one"]])), "cannot be given"),
    (edited(lambda content: content["cards"][0].update(tries=["one", "one"])), "cannot be given"),
    (edited(lambda content: content["cards"].append(content["cards"][0])), "twice"),
])
def test_what_is_no_receipt_is_refused_with_the_reason(raw, reason):
    with pytest.raises(ValueError, match=reason):
        read(raw)


def test_a_nickname_cannot_steer_the_terminal_or_leave_its_folder():
    assert tidy("\x1b[2JAda\n\u202eeve\ud800") == "[2JAdaeve"
    assert tidy("x" * 99) == "x" * 40
    assert file_name("../../etc/passwd", 7, "00ada0") == "firstlight-receipt-etc-passwd-7-00ada0.json"
    assert file_name("小明", 0, "00ada0") == "firstlight-receipt-小明-0-00ada0.json"
    assert file_name("👍", 0, "00ada0") == "firstlight-receipt-0-00ada0.json"


def test_the_table_has_a_line_for_each_learner_and_one_for_each_card():
    other = Receipt("Bo", "00b000", 7, 10, (Answer("svd", "right", ("one",)), Answer("zero_last", "right", ("two",))), file="bo.json")
    lines = table(receipts.Folder((mine(), other), ())).splitlines()
    assert lines[1].split() == ["Ada", "7", "3/10", "1", "(50%)", "1", "1", "(33%)"]
    assert lines[2].split() == ["Bo", "7", "2/10", "1", "(50%)", "0", "1", "(100%)", "bo.json"]
    quotes, svd, sound, report = lines[5:9]
    assert quotes.split() == ["Pretty", "quotation", "marks", "[quotes]", "1", "1", "(100%)", "0", "1", "(100%)", "syntax"]
    assert svd.split()[-10:] == ["[svd]", "2", "0", "(0%)", "0", "1", "(50%)", "wrong", "right", "(2)"]
    assert sound.split()[-5:] == ["1", "1", "(100%)", "0", "right"]       # nothing to mend: no share of it
    assert report.split()[-7:] == ["[report]", "1", "0", "1", "0", "(0%)", "wrong"]
    assert "often taken for  the wrong prediction that was made most often" in table(receipts.Folder((mine(),), ()))


def test_columns_stay_straight_with_chinese_names():
    lines = table(receipts.Folder((mine(), mine("小明小明")), ())).splitlines()
    assert lines[1].index("3/10") == lines[2].index("3/10") + 4                    # four letters that take two places each


def put(folder, **files: Receipt) -> None:
    for name, receipt in files.items():
        (folder / f"{name}.json").write_text(written(receipt), encoding="utf-8")


def test_a_folder_is_read_and_what_is_left_out_is_listed(tmp_path):
    put(tmp_path, b=mine("Bo", visit="00b000"), a=mine(), old=Receipt("Bo", "00b000", 7, 10, (Answer("svd", "right", ("three",)),)))
    (tmp_path / "torn.json").write_text(written(mine())[:200], encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no receipt", encoding="utf-8")
    (tmp_path / "folder.json").mkdir()
    found = collect(tmp_path)
    assert [(receipt.nickname, receipt.file) for receipt in found.receipts] == [("Ada", "a.json"), ("Bo", "b.json")]
    assert len(found.receipts[1].answers) == 3
    assert dict(found.left_out) == {"torn.json": "no JSON", "old.json": "an earlier state of b.json"}


def test_two_learners_with_one_nickname_are_both_listed_with_their_files(tmp_path):
    put(tmp_path, first=mine(), second=mine(visit="00ada1"))
    found = collect(tmp_path)
    assert (len(found.receipts), found.left_out) == (2, ())
    assert [line.split()[-1] for line in table(found).splitlines()[1:3]] == ["first.json", "second.json"]


def test_what_is_no_earlier_state_stays_also_of_the_same_visit(tmp_path):
    changed = Receipt("Ada", "00ada0", 7, 10, (Answer("quotes", "right"),))                  # she had said "syntax"
    put(tmp_path, a=mine(), b=changed, c=mine(deck=8))
    assert [one.file for one in collect(tmp_path).receipts] == ["a.json", "b.json", "c.json"]


def test_of_two_copies_one_stays(tmp_path):
    put(tmp_path, a=mine(), b=mine(), c=mine())
    found = collect(tmp_path)
    assert [one.file for one in found.receipts] == ["c.json"]
    assert len(found.left_out) == 2


def test_a_files_name_cannot_steer_the_terminal(tmp_path):
    for name in ("a\x1b[2J.json", "b\x1b[2J.json"):
        (tmp_path / name).write_text(written(mine()), encoding="utf-8")
    told = table(collect(tmp_path))
    assert "a?[2J.json: an earlier state of b?[2J.json" in told
    assert "\x1b" not in told


def test_rows_for_a_spreadsheet_hold_every_answer_and_no_formula():
    found = list(csv.DictReader(io.StringIO(receipts.rows(receipts.Folder((mine("=1+1, 2"),), ())))))
    assert [row["card"] for row in found] == ["quotes", "svd", "report"]
    assert found[0] | {"learner": "'=1+1, 2", "title": "Pretty quotation marks", "predicted right": "1", "mended at once": "1"} == found[0]
    assert (found[1]["repairs"], found[1]["mended"], found[1]["mended at once"]) == ("three one", "1", "0")
    assert found[2]["predicted"] == "just shown"


def test_a_folder_of_many_files_is_cut_with_a_note(tmp_path, monkeypatch):
    monkeypatch.setattr(receipts, "MOST_FILES", 3)
    for i in range(5):
        (tmp_path / f"{i}.json").write_text(written(mine(f"n{i}", visit=f"00000{i}")), encoding="utf-8")
    found = collect(tmp_path)
    assert len(found.receipts) == 3
    assert found.left_out == (("3.json", "more than 3 files"), ("4.json", "more than 3 files"))


def test_the_command_prints_the_table_and_needs_no_torch(tmp_path):
    (tmp_path / "ada.json").write_text(written(mine()), encoding="utf-8")
    (tmp_path / "bad.json").write_bytes(b"\x00" * (MOST_BYTES + 5))
    code = "import sys; sys.modules['torch'] = None; from core.lessons.receipts import main; sys.exit(main())"
    told = command("-c", code, str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "Ada" in told.stdout
    assert "bad.json: larger than 100 KB" in told.stdout
    missing = command("-m", "core.lessons.receipts", str(tmp_path / "no"))
    assert (missing.returncode, "is no folder" in missing.stderr) == (1, True)


def test_a_terminal_that_knows_no_chinese_gets_the_table_all_the_same(tmp_path):
    (tmp_path / "a.json").write_text(written(mine("小明")), encoding="utf-8")
    told = command("-m", "core.lessons.receipts", str(tmp_path), PYTHONIOENCODING="ascii")
    assert (told.returncode, "??" in told.stdout) == (0, True), told.stderr


def test_the_command_prints_rows_and_tells_of_the_rest_elsewhere(tmp_path):
    put(tmp_path, a=mine("小明"))
    (tmp_path / "bad.json").write_bytes(b"{}")
    told = command("-m", "core.lessons.receipts", str(tmp_path), "--csv", PYTHONIOENCODING="utf-8")
    assert told.returncode == 0
    assert told.stdout.splitlines()[1] == "小明,a.json,7,quotes,Pretty quotation marks,syntax,syntax,1,two,1,1,1"
    assert "bad.json" in told.stderr


def test_a_folder_without_receipts_is_said_to_be_one(tmp_path):
    told = command("-m", "core.lessons.receipts", str(tmp_path))
    assert (told.returncode, told.stdout, told.stderr.strip()) == (1, "", f"no receipts found in {tmp_path}")
    (tmp_path / "bad.json").write_bytes(b"{}")
    assert "bad.json: no receipt" in command("-m", "core.lessons.receipts", str(tmp_path)).stderr


ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["quotes", "one"]),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(where=st.sampled_from(["nickname", "visit", "deck", "of", "version", "format", "cards", "checksum", "card", "said", "tries"]),
       what=ANYTHING)
def test_a_receipt_with_anything_anywhere_is_read_or_refused(where, what):
    def change(content: dict) -> None:
        (content if where in content else content["cards"][0])[where] = what

    assert answered(edited(change))


def test_a_receipt_nested_as_deep_as_can_just_be_read_is_read_or_refused():
    """Reading and writing give up at different depths: between them it would be read, and its checksum would fail."""
    whole = written(mine())
    for depth in range(100, 1500, 1):
        assert answered(f"{whole[:-2]}, \"more\": {'[' * depth}{']' * depth}}}".encode())


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=60), at=st.integers(0, 400))
def test_damaged_bytes_are_read_or_refused(raw, at):
    whole = written(mine()).encode()
    assert answered(whole[:at] + raw + whole[at + len(raw):])
