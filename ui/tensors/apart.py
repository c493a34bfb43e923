"""The picture of an expression taken apart, for the views that show one."""

from content.text import Text
from core.expression.evaluate import Evaluation
from core.expression.explore import corner, outcomes, shares, written
from core.tensors import Tensor
from figures import expression as figure
from ui import picture, say

THUMB = 144                                          # elements of a small picture


def show(t: Text, done: Evaluation, chosen: int, key: str) -> None:
    """chosen: the step, counted from 0, that is marked."""
    parts = [_part(done, i) for i in range(len(done.steps))]
    picture.show(figure.taken_apart(done.text, parts, chosen, t("tensors.expression.alt")), key)


def guesses(t: Text, done: Evaluation) -> dict[str, str]:
    """The answers to "which shape comes out?", and how each is shown."""
    words = {"error": t("tensors.combine.error")} | {name: t(f"tensors.expression.{name}") for name in ("other", "several")}
    return {guess: words.get(guess, guess) for guess in outcomes(done)}


def facts(t: Text, done: Evaluation, i: int) -> str:
    """Shape, dtype and stride of one step's tensor, and whose memory it reads."""
    x, source = done.steps[i].value, shares(done, i)
    about = t("tensors.expression.facts", shape=tuple(x.shape), dtype=x.dtype, stride=x.stride())
    return about if source is None else say.together(t, about, t("tensors.expression.view", step=source + 1))


def _part(done: Evaluation, i: int) -> figure.Part:
    step = done.steps[i]
    about = "✗" if step.failure else written(step.value)
    values, title = None, f"{step.text}: {about}"
    if isinstance(step.value, Tensor):
        title = f"{title} · {step.value.dtype}"
        values = None if step.value.is_complex() else corner(step.value, THUMB).double().numpy()
    return figure.Part(step.start, step.end, about, step.uses, step.failure is not None, values, title)
