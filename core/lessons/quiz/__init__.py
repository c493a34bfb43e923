"""The quiz: the eight review questions that close the introyt1 text, and drills in which a shape is predicted."""

from dataclasses import dataclass

from core import fields

VIEWS = ("review", "drill")


@dataclass(frozen=True)
class QuizSpec:
    """Which of the two is shown."""

    view: str = fields.choice("review", VIEWS)
