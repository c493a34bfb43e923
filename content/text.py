"""Text in one language, handed down as `t`: t("lenet.title") or t("errors.no_such_batch", value=9, batches=8)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "简体中文"}
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Text:
    """Looks up `file.key` in content/file.toml, where every key holds its sentence in each language."""

    lang: str

    def __call__(self, key: str, /, **facts: object) -> str:
        """Raises KeyError for a key that does not exist: tests render every page in every language."""
        words = sentences()[key][self.lang]
        return words.format(**facts) if facts else words

    def has(self, key: str) -> bool:
        return key in sentences()


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Every key with its sentence in each language."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        _collect(tomllib.loads(path.read_text("utf-8")), path.stem, found)
    return found


def _collect(table: dict, prefix: str, found: dict) -> None:
    if set(table) == set(LANGUAGES):
        found[prefix] = table
        return
    for name, inner in table.items():
        if not isinstance(inner, dict):
            raise ValueError(f"{prefix}.{name}: a sentence needs exactly the languages {', '.join(LANGUAGES)}")
        _collect(inner, f"{prefix}.{name}", found)
