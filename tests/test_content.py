"""Both languages say everything, and nothing is said that no page shows."""

import re
import string
from pathlib import Path

import pytest

from content.text import LANGUAGES, Text, sentences
from core.architecture.steps import LIMITS
from ui import say

ROOT = Path(__file__).parents[1]
SOURCES = [*ROOT.glob("app.py"), *(p for folder in ("pages", "ui") for p in (ROOT / folder).rglob("*.py"))]
CODE = "\n".join(p.read_text("utf-8") for p in SOURCES)


def used_keys() -> list[re.Pattern]:
    """Patterns of the keys in t("...") and t(f"..."); a field in braces stands for any name."""
    name = r"((?:[a-z_]+|\{\w+\})\.[^\"']*)"
    literals = re.findall(r"\bt(?:\.has)?\(\s*f?[\"']" + name, CODE) + re.findall(r"(?:text|key) = f\"" + name, CODE)
    return [re.compile(re.sub(r"\\\{.*?\\\}", r"[a-z_0-9]+", re.escape(key)) + "$") for key in literals]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sentences())
def test_sentence_exists_in_every_language_with_the_same_facts(key):
    words = sentences()[key]
    assert set(words) == set(LANGUAGES)
    assert all(text.strip() for text in words.values())
    if "%{" in words["en"] or key == "data.back":    # plotly's templates are not Python's
        return
    assert placeholders(words["en"]) == placeholders(words["zh"])


def test_every_sentence_is_shown_somewhere():
    patterns = used_keys()
    ours = [key for key in sentences() if not any(pattern.match(key) for pattern in patterns)]
    assert ours == []


def test_every_key_in_the_code_has_its_sentence():
    literal = re.findall(r'\bt\(\s*"([a-z_]+\.[a-z_.0-9]+)"', CODE)
    assert len(literal) > 80
    assert [key for key in literal if key not in sentences()] == []


def test_every_error_code_has_its_sentence():
    code = "\n".join(p.read_text("utf-8") for folder in ("core", "jobs") for p in (ROOT / folder).rglob("*.py"))
    codes = set(re.findall(r'SpecError\("(\w+)"', code)) | set(re.findall(r'"code": "(\w+)"', code)) | {"worker_silent"} | set(LIMITS)
    said = {key.removeprefix("errors.") for key in sentences() if key.startswith("errors.")}
    assert codes == said


def test_chinese_has_no_english_sentence_and_english_no_chinese():
    for key, words in sentences().items():
        if key.startswith(("home.title",)):
            continue
        assert not re.search("[\u4e00-\u9fff]", words["en"]), key


def test_bold_chinese_is_closed_where_markdown_sees_it():
    wrong = [key for key, words in sentences().items() if re.search(r"[。，：；！？）]\*\*[^\s|*。，：；]", words["zh"])]
    assert wrong == []


def test_missing_key_is_an_error_and_not_a_blank():
    with pytest.raises(KeyError):
        Text("en")("frame.no_such_key")


def test_bold_sentences_that_are_put_together_stay_bold_in_chinese():
    """Markdown ends bold after a full stop only before a space, which Chinese does not have."""
    assert say.together(Text("zh"), "**先说说你的预测。**", "它能答对多少？") == "**先说说你的预测**。它能答对多少？"
    assert say.together(Text("en"), "**Right.**", "", "It is so.") == "**Right.** It is so."
