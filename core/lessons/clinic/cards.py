"""All cards in teaching order: first what Python refuses, then what PyTorch refuses, last what nobody refuses."""

from core.lessons.clinic.calls import CALLS
from core.lessons.clinic.card import Card
from core.lessons.clinic.names import NAMES
from core.lessons.clinic.shapes import SHAPES
from core.lessons.clinic.syntax import SYNTAX
from core.lessons.clinic.training import TRAINING
from core.lessons.clinic.values import VALUES

CARDS: dict[str, Card] = {**SYNTAX, **NAMES, **CALLS, **SHAPES, **VALUES, **TRAINING}
TEXTS = ("s0", "s1", "s2", "s3", "s4")
TOPICS = ("python", "tensors", "modules", "training", "judging")
