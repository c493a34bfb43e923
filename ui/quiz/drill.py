"""Which shape comes out? Questions by chance, the same for everybody with the same link."""

import secrets

import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.lessons.quiz.drill import SUBJECTS, DrillSpec, Item, drill
from core.lessons.quiz.task import RAISES
from core.lessons.quiz.typed import read
from core.models import LENETS, MODELS
from figures import quiz as figure
from ui import controls, frame, link, picture, say
from ui.fold import fold
from ui.link import key_of
from ui.quiz import answers, ask, teacher

PAGE = "quiz.drill"
SETTINGS = ("level", "subject", "items", "seed")
LATER = (*SETTINGS, "item")
LONG = 14                                            # lines of a program that are shown without scrolling


def draw(t: Text, spec: DrillSpec) -> None:
    _settings(t, spec)
    about = _about(spec)
    items = drill(spec.level, spec.subject, int(spec.items), spec.seed)
    given, earlier = answers.of(PAGE, about), answers.others(PAGE, about)
    if spec.item > len(items):
        _result(t, spec, items, given)
    else:
        ask.progress(t, _marks(items, given), spec.item - 1, f"{PAGE}.strip")
        _item(t, spec, items)
    _earlier(t, earlier)
    teacher.draw(t, PAGE, {"view": "drill", **{name: value for name, value in link.differing(spec).items() if name != "item"}})


def _settings(t: Text, spec: DrillSpec) -> None:
    """Folded, so that the question stands high on a projector; the label says how they are set."""
    label = t("drill.settings", level=controls.option(t, "level", spec.level), subject=controls.option(t, "subject", spec.subject),
              items=spec.items, seed=spec.seed)
    with fold(label, f"{PAGE}.settings", ":material/tune:") as is_open:
        if is_open:
            for column, name in zip(st.columns([1.7, 1.7, 1.2, 1], vertical_alignment="bottom"), SETTINGS, strict=True):
                with column:
                    controls.control(PAGE, DrillSpec, name, t, on_change=_begin)
            st.button(t("drill.new"), key=f"{PAGE}.draw", on_click=_new, icon=":material/casino:")


def _item(t: Text, spec: DrillSpec, items: tuple[Item, ...]) -> None:
    item, about, number = items[spec.item - 1], _about(spec), spec.item
    asked, said = item.question, answers.of(PAGE, about).get(number)
    facts = {"shape": asked.shape, "network": controls.option(t, "network", asked.kind), "batch": asked.shape[0]}
    ask.question(t(f"drill.ask.{asked.ask}", **facts))
    picture.show(_picture(t, item, said is not None), f"{PAGE}.flow")
    words = {option: _words(t, option) for option in item.options}
    if said is None:
        if item.options:
            ask.choose(t, PAGE, about, number, words)
        else:
            _typed(t, about, number, asked.ask)
        return
    if item.options:
        ask.chosen(t, PAGE, about, number, words, said, item.truth)
    rule = asked.ask if asked.ask in ("features", "weight", "fits") else "network" if asked.kind in MODELS else asked.kind
    thought = item.thought.get(said, "")
    why = [t(f"drill.thought.{thought}") if thought and said != answers.SHOWN else "", t(f"drill.rule.{rule}")]
    ask.compare(t, said, item.truth, lambda answer: _words(t, answer), *why)
    _on(t, spec, len(items))
    _proof(t, item)


def _typed(t: Text, about: str, number: int, asked: str) -> None:
    """A shape is written down; an answer that cannot be read is no answer yet."""
    key = f"{PAGE}.typed.{about}.{number}"
    with st.form(f"{PAGE}.form", border=False):
        with st.container(key="quiz_typed"):
            text = st.text_input(t(f"drill.typed.{asked}" if asked == "features" else "drill.typed.shape"), key=key, max_chars=60)
        with st.container(horizontal=True):
            sent = st.form_submit_button(t("drill.check"), type="primary", key=f"{PAGE}.check")
            raises = st.form_submit_button(t("drill.raises"), key=f"{PAGE}.raises") if asked not in ("features", "weight") else False
    if sent or raises:
        try:
            answers.give(PAGE, about, number, RAISES if raises else read(text, asked))
        except SpecError as error:
            say.refused(t, error)
        else:
            st.rerun()
    ask.show(t, PAGE, about, number)


def _picture(t: Text, item: Item, answered: bool) -> str:
    asked, refused = item.question, item.truth == RAISES
    given = "" if asked.ask == "weight" else f"x  {asked.shape}"
    called = asked.called if asked.ask not in ("features", "weight") else ""
    lines = "; ".join(asked.lines)
    alt = t("drill.alt", lines=lines, shape=asked.shape) if given else t("drill.alt_weight", lines=lines)
    if not answered:
        return figure.flow(figure.Flow(asked.lines, given, "?", called), alt)
    return figure.flow(figure.Flow(asked.lines, given, _words(t, item.truth), called, asked.outcome.steps, asked.sums, refused), alt)


def _proof(t: Text, item: Item) -> None:
    asked, long = item.question, item.question.code.count("\n") > LONG
    st.markdown(t("drill.proof"))
    st.code(asked.code, height=340 if long else "content")
    st.code(asked.outcome.message or (item.truth if asked.ask == "features" else f"torch.Size([{item.truth.strip('(),')}])"), language=None,
            wrap_lines=True)
    _where(t, asked.kind)


def _where(t: Text, kind: str) -> None:
    """The page of the product that shows it."""
    if kind in LENETS:
        frame.page_link("lenet", t("quiz.where", what=controls.option(t, "network", kind)), network=kind)
    else:
        view = "norm" if kind in MODELS else kind
        frame.page_link("layers", t("quiz.where", what=controls.option(t, "view", view)), view=view)


def _on(t: Text, spec: DrillSpec, count: int) -> None:
    back = (_go, (spec.item - 1,)) if spec.item > 1 else None
    ask.steps(t, PAGE, back, (_go, (spec.item + 1,)), t("quiz.next") if spec.item < count else t("quiz.to_result"))


def _result(t: Text, spec: DrillSpec, items: tuple[Item, ...], given: answers.Given) -> None:
    marks = _marks(items, given)
    if not given:
        st.info(t("quiz.nothing"), icon=":material/quiz:")
        st.button(t("quiz.begin"), key=f"{PAGE}.begin", on_click=_go, args=(1,), type="primary")
        return
    st.markdown(f"#### {t('quiz.score', right=marks.count('right'), of=len(items))}")
    if "open" in marks:
        st.button(t("quiz.unanswered", n=marks.count("open")), key=f"{PAGE}.open", on_click=_go, args=(marks.index("open") + 1,))
    with st.container(horizontal=True):
        st.button(t("drill.same"), key=f"{PAGE}.same", on_click=_again, args=(_about(spec),), icon=":material/replay:")
        st.button(t("drill.new"), key=f"{PAGE}.new", on_click=_new, type="primary", icon=":material/casino:")
    _kinds(t, items, marks)


def _kinds(t: Text, items: tuple[Item, ...], marks: list[str]) -> None:
    """The marks kind by kind, in teaching order, and where to look again."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in SUBJECTS["all"]}
    for item, mark in zip(items, marks, strict=True):
        by_kind[item.question.kind].append(mark)
    named = {controls.option(t, "network" if kind in MODELS else "view", kind): found for kind, found in by_kind.items() if found}
    picture.show(figure.rows(named, t("quiz.rows_alt")), f"{PAGE}.rows")
    weak = [kind for kind, found in by_kind.items() if {"wrong", "shown"} & set(found)]
    st.markdown(t("quiz.again") if weak else t("quiz.all_right"))
    with st.container(horizontal=True):
        for kind in weak:
            _where(t, kind)


def _earlier(t: Text, earlier: dict[str, answers.Given]) -> None:
    """Drills that were begun with other settings; nothing of them is lost."""
    if not earlier:
        return
    st.caption(t("drill.earlier"))
    with st.container(horizontal=True):
        for about in list(earlier)[:3]:
            level, subject, items, seed = about.split("|")
            marks = _marks(drill(level, subject, int(items), int(seed)), earlier[about])
            label = t("drill.earlier_one", level=controls.option(t, "level", level), subject=controls.option(t, "subject", subject),
                      seed=seed, right=marks.count("right"), of=items)
            st.button(label, key=f"{PAGE}.earlier.{about}", on_click=_return, args=(level, subject, items, int(seed)), type="tertiary",
                      icon=":material/history:")


def _marks(items: tuple[Item, ...], given: answers.Given) -> list[str]:
    return [answers.mark(given.get(i), item.truth) for i, item in enumerate(items, start=1)]


def _words(t: Text, answer: str) -> str:
    return t("drill.raises") if answer == RAISES else answer


def _about(spec: DrillSpec) -> str:
    """One drill's name among those of this visit."""
    return f"{spec.level}|{spec.subject}|{spec.items}|{spec.seed}"


def _go(item: int) -> None:
    st.session_state[key_of(PAGE, "item")] = item


def _begin() -> None:
    """After a setting was changed: the first question of that drill that is still open."""
    spec = controls.read(PAGE, DrillSpec)
    given = answers.of(PAGE, _about(spec))
    _go(next(i for i in range(1, int(spec.items) + 2) if i not in given))


def _again(about: str) -> None:
    answers.forget(PAGE, about)
    _go(1)


def _new() -> None:
    st.session_state[key_of(PAGE, "seed")] = secrets.randbelow(10_000)
    _begin()


def _return(level: str, subject: str, items: str, seed: int) -> None:
    for name, value in (("level", level), ("subject", subject), ("items", items), ("seed", seed)):
        st.session_state[key_of(PAGE, name)] = value
    _begin()
