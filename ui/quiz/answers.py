"""What was answered: it outlasts other pages, another language and a reload of the page."""

from collections.abc import Hashable

from ui import kept

Given = dict[Hashable, str]                          # question -> the answer, SHOWN for "just show me"
SHOWN = ""
MOST = 30                                            # so many sets of questions are remembered


def of(page: str, about: str) -> Given:
    """The answers to one set of questions; page: "key.view", whose reset forgets them."""
    every: dict[str, Given] = _every(page)
    if about not in every:
        begun = [one for one, given in list(every.items()) if given]       # those that were only looked at crowd nothing out
        for one in set(every) - set(begun[-MOST + 1 :]):
            every.pop(one, None)
    return every.setdefault(about, {})


def others(page: str, about: str) -> dict[str, Given]:
    """The sets that were begun before, the latest first."""
    return {name: given for name, given in reversed(list(_every(page).items())) if given and name != about}


def give(page: str, about: str, question: Hashable, answer: str) -> None:
    """The first answer counts."""
    of(page, about).setdefault(question, answer)


def forget(page: str, about: str) -> None:
    of(page, about).clear()


def mark(said: str | None, truth: str) -> str:
    """A key of figures.quiz.MARKS."""
    return "open" if said is None else "shown" if said == SHOWN else "right" if said == truth else "wrong"


def _every(page: str) -> dict[str, Given]:
    return kept.of(f"{page}.answers")
