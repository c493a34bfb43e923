"""Where does each element lie?"""

import math

import numpy as np
import streamlit as st

from content.text import Text
from core.errors import SpecError
from core.expression.evaluate import Evaluation
from core.expression.explore import overwrite, printed
from core.memory import EXAMPLES, Memory, MemorySpec, explore, guesses, lender, lent_by, memory, named, same_memory
from figures.memory import memory as figure
from ui import examples, link, picture, predict, say, source, underlined
from ui.fold import deeper
from ui.link import key_of

PAGE = "tensors.memory"
OVERWRITE = f"{PAGE}.overwrite"
NUMBER = 99                                          # written into the memory of a


def draw(t: Text, spec: MemorySpec) -> None:
    link.forgets("tensors", OVERWRITE)
    examples.offer(t, PAGE, {text: {"text": text} for text in EXAMPLES})
    try:
        done = explore(spec)
    except SpecError as error:
        _refused(t, spec, error)
        return
    if done.failure:
        st.warning(t("tensors.memory.refused"), icon=":material/report:")
        st.code(f"{done.failure.kind}: {done.failure.message}", language=None, wrap_lines=True)
    elif not done.value.numel():
        st.info(t("tensors.empty", shape=tuple(done.value.shape)))
    elif _guessed(t, spec, done):
        _show(t, done)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("tensors.memory.deeper"))
    source.show(t, PAGE, Memory, memory, same_memory)


def _refused(t: Text, spec: MemorySpec, error: SpecError) -> None:
    if "start" in error.facts:
        underlined.show(t, spec.text, error, f"{PAGE}.refused")
    else:
        say.refused(t, error)


def _guessed(t: Text, spec: MemorySpec, done: Evaluation) -> bool:
    """Ask for the stride; once there is an answer, compare."""
    found, name = memory(done.value), lent_by(done)
    options = {guess: guess for guess in guesses(found)}
    about = (spec.text, spec.a_size, spec.b_size)
    given = predict.ask(t, about, t("tensors.memory.predict", text=done.text, shape=found.shape), options, PAGE)
    if given is None:
        return False
    why = t(f"tensors.memory.why.{lender(done)}", text=done.text, stride=found.stride, name=name)
    predict.compare(t, given, str(found.stride), options, why, PAGE)
    return True


def _show(t: Text, done: Evaluation) -> None:
    """The memories, the tensor below them, and the way to one of its elements."""
    sources, name = named(done), lent_by(done)
    element, write = st.columns([3, 2], vertical_alignment="bottom")
    with element:
        chosen = _slider(t, done.value.numel()) - 1
    if sources and write.toggle(t("tensors.memory.overwrite", number=NUMBER, name=next(iter(sources))), key=OVERWRITE):
        overwrite(done, NUMBER)
    found = memory(done.value)
    strips = [(t("tensors.memory.of", name=each), _numbers(memory(x))) for each, x in sources.items() if each != name]
    strips.append((t("tensors.memory.of", name=name or _short(done.text)), _numbers(found)))
    words = {"alt": t("tensors.memory.alt"), "title": f"{_short(done.text)}   {found.shape}", "hover": t("tensors.memory.hover")}
    picture.show(figure(done.value.double().numpy(), found.places.numpy(), strips, chosen, words), PAGE)
    index = _index(chosen, found.shape)
    products = "".join(f" + {i}·{step}" for i, step in zip(index, found.stride, strict=True))
    st.markdown(t("tensors.memory.rule", index=list(index), sum=f"{found.offset}{products}", place=found.place(index)))
    lent = t("tensors.memory.shares", name=name) if name else t("tensors.memory.own")
    st.markdown(t("tensors.memory.facts", shape=found.shape, stride=found.stride, offset=found.offset, contiguous=found.contiguous,
                  lent=lent))
    st.code(f">>> {done.text}\n{printed(done.value)}", language=None, wrap_lines=True)


def _numbers(found: Memory) -> np.ndarray:
    return found.numbers.double().numpy()


def _slider(t: Text, count: int) -> int:
    """Which element is followed; nothing to choose where there is only one."""
    key = key_of(PAGE, "element")
    st.session_state[key] = min(st.session_state[key], count)
    if count == 1:
        return 1
    return st.slider(t("fields.element.label"), 1, count, key=key, help=t("fields.element.help"), persist_state="session")


def _index(element: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Of the element with this number, counted row by row."""
    return tuple(element // math.prod(shape[axis + 1:]) % size for axis, size in enumerate(shape))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
