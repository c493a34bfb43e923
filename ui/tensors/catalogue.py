"""All operations, by the question that they answer."""

import streamlit as st

from content.text import Text
from core.expression.evaluate import Evaluation
from core.expression.explore import ExpressionSpec, explore, outcome, overwrite, printed, shares
from core.memory import MemorySpec
from core.ops import OPS, documentation, of_question
from core.ops.catalogue import BACK, MANY, CatalogueSpec, back
from core.tensors import Tensor, ViewSpec, counting
from figures.histogram import histogram
from figures.product import product
from ui import chart, controls, link, picture, predict, source
from ui.link import key_of
from ui.tensors import apart, search

NUMBER = 99                                          # written into the source of a view
DTYPES = ("torch.float32", "torch.float16", "torch.int64", "torch.bool")


def offered(t: Text) -> tuple[str, ...]:
    """What the words find, the best first; without words, or when they find nothing, what belongs to the question."""
    words = st.session_state[key_of("tensors.catalogue", "find")]
    return search.found(t, words) or of_question(st.session_state[key_of("tensors.catalogue", "ask")])


def draw(t: Text, spec: CatalogueSpec) -> None:
    link.forgets("tensors", "tensors.catalogue.overwrite", "tensors.catalogue.cell")
    if spec.find.strip():
        found = len(search.found(t, spec.find))
        st.caption(t("tensors.catalogue.found", count=found, all=len(OPS)) if found else t("tensors.catalogue.nothing", all=len(OPS)))
    op = OPS[spec.op]
    st.code(op.example, language="python", wrap_lines=True)
    done = explore(ExpressionSpec(op.example))
    asked, options, truth = _question(t, op.question, done)
    given = predict.ask(t, spec.op, asked, options, "tensors.catalogue")
    if given is None:
        return
    if op.question == "memory" and st.toggle(t("tensors.catalogue.overwrite", number=NUMBER), key="tensors.catalogue.overwrite"):
        overwrite(done, NUMBER)
    apart.show(t, done, len(done.steps) - 1, "tensors.catalogue")
    if spec.op == "matmul":
        _cell_by_cell(t, *(done.steps[used].value for used in done.steps[-1].uses))
    predict.compare(t, given, truth, options, t(f"ops.{spec.op}"), "tensors.catalogue")
    if isinstance(done.value, Tensor):
        st.markdown(apart.facts(t, done, len(done.steps) - 1))
    st.code(f">>> {op.example}\n{printed(done.value)}", language=None, wrap_lines=True)
    _more(t, spec.op, done)
    _onward(t, spec.op)
    source.show(t, "tensors.catalogue", counting, explore)


def _more(t: Text, key: str, done: Evaluation) -> None:
    """The way back to what a factorisation began with; how often chance draws what."""
    if key in BACK:
        again = back(key, done)
        st.markdown(t(f"tensors.catalogue.back.{key}"))
        st.code(f">>> {again.text}\n{again.value!r}", language=None, wrap_lines=True)
    if key in MANY:
        drawn = explore(ExpressionSpec(MANY[key]))
        words = {name: t(f"tensors.catalogue.histogram.{name}") for name in ("value", "count", "hover")}
        st.markdown(t("tensors.catalogue.histogram.title", text=drawn.text))
        chart.show(histogram(drawn.value.double().numpy(), words), "tensors.histogram", t("tensors.catalogue.histogram.alt"))


def _onward(t: Text, key: str) -> None:
    """To the documentation, to the view in which the example can be changed, to its memory."""
    op = OPS[key]
    with st.container(horizontal=True):
        st.link_button(t("tensors.catalogue.documentation", name=op.reference), documentation(key), icon=":material/menu_book:")
        st.button(t("tensors.catalogue.change"), key="tensors.catalogue.change", icon=":material/edit:", on_click=_over,
                  args=("expression", ExpressionSpec(op.example)))
        if op.question in ("memory", "pick", "join"):
            st.button(t("tensors.catalogue.memory"), key="tensors.catalogue.memory", icon=":material/memory:", on_click=_over,
                      args=("memory", MemorySpec(op.example)))


def _over(view: str, spec: ExpressionSpec | MemorySpec) -> None:
    """To another view of this page; a link to the page that is open would not be followed."""
    controls.write("tensors", ViewSpec(view))
    controls.write(f"tensors.{view}", spec)


def _cell_by_cell(t: Text, a: Tensor, b: Tensor) -> None:
    """One number of the product at a time."""
    columns = b.shape[1]
    cell = st.slider(t("tensors.catalogue.cell", count=len(a) * columns), 1, len(a) * columns, key="tensors.catalogue.cell") - 1
    words = {"a": "a", "b": "b.T", "out": "a @ b.T", "alt": t("tensors.catalogue.product_alt")}
    picture.show(product(a.numpy(), b.numpy(), cell // columns, cell % columns, words), "tensors.product")


def _question(t: Text, question: str, done: Evaluation) -> tuple[str, dict[str, str], str]:
    """What is asked, the answers, and the right one."""
    if question == "memory":
        answers = {answer: t(f"tensors.catalogue.{answer}") for answer in ("shared", "own")}
        return t("tensors.catalogue.predict_memory"), answers, "own" if shares(done, len(done.steps) - 1) is None else "shared"
    if question == "number" and isinstance(done.value, Tensor):
        return t("tensors.catalogue.predict_dtype"), {name: name for name in DTYPES}, str(done.value.dtype)
    return t("tensors.expression.predict"), apart.guesses(t, done), outcome(done)
