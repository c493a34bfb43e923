"""What the fifth text, introyt1 in a blog, prints: less than the others, without a test accuracy."""

from core.lessons.numbers import retold

ROWS = (
    *retold.tensors("s4"),
    *retold.models("s4"),
    *retold.data("s4"),
    *retold.training("s4"),
)
