"""Which axis of a picture is which?"""

import inspect

import streamlit as st

from content.text import Text
from core.layout import SEEN, WAYS, Laid, LayoutSpec, lay
from figures import layout as figure
from ui import picture, predict, source
from ui.fold import deeper

PAGE = "tensors.layout"
SHOWN = 9                                            # numbers of a row of memory


def draw(t: Text, spec: LayoutSpec) -> None:
    laid = lay(spec)
    st.code(f"x.shape    # {tuple(laid.x.shape)}: channels, height, width\n{_line(spec.way)}", language="python", wrap_lines=True)
    options = {seen: t(f"tensors.layout.seen.{seen}") for seen in SEEN.values()}
    given = predict.ask(t, spec, t("tensors.layout.predict"), options, PAGE)
    if given is not None:
        predict.compare(t, given, SEEN[spec.way], options, t(f"tensors.layout.why.{spec.way}"), PAGE)
    _picture(t, laid, given is not None)
    if given is not None and laid.message:
        st.code(laid.message, language=None, wrap_lines=True)
    with deeper(t, PAGE) as is_open:
        if is_open:
            st.markdown(t("tensors.layout.deeper"))
    source.show(t, PAGE, WAYS[spec.way], lay)


def _line(way: str) -> str:
    """What is returned, without the remark that gives the answer away."""
    return inspect.getsource(WAYS[way]).partition("return ")[2].partition("#")[0].strip()


def _picture(t: Text, laid: Laid, known: bool) -> None:
    """The stored channels; once it was guessed also what came out, and in which order its numbers are read."""
    words = {"stored": t("tensors.layout.stored"), "alt": t("tensors.layout.alt")}
    words |= {f"channel.{i}": t(f"tensors.layout.channel.{i}") for i in range(3)}
    shown = known and not laid.message
    words |= {"out": t("tensors.layout.out", shape=tuple(laid.out.shape)) if known else t("tensors.layout.out_hidden"),
              "hidden": "✗" if known else "?"}
    strips = [(t("tensors.layout.read_x"), laid.x.reshape(-1)[:SHOWN].numpy(), [0] * SHOWN)]
    if known:
        strips.append((t("tensors.layout.read_out"), laid.out.reshape(-1)[:SHOWN].numpy(), laid.channels.reshape(-1)[:SHOWN].tolist()))
    picture.show(figure.layout(laid.x.numpy(), laid.out.numpy() if shown else None, strips, words), PAGE)
