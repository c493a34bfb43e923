"""What the network object says of itself, and how it is called."""

import streamlit as st

from content.text import Text
from core.introyt1 import text_output
from core.look import Look, call_and_forward, some_batch
from ui.lenet import start


def draw(t: Text, seen: Look, network: str) -> None:
    st.markdown(t("lenet.print"))
    st.code(f">>> print(net)\n{seen.fresh.model}", language=None)
    x = some_batch(network, 16)
    called = call_and_forward(seen.fresh.model, x)
    st.markdown(t("lenet.batch"))
    st.code(f">>> net(torch.rand{tuple(x.shape)}).shape\n{called.logits.shape}", language=None)
    st.markdown(t("lenet.call"))
    st.code(f">>> torch.equal(net(x), net.forward(x))\n{called.equal}\n"
            f">>> hooks run by net(x), by net.forward(x)\n{called.hooks_by_call, called.hooks_by_forward}", language=None)
    if network == "lenet":
        st.markdown(t("lenet.text_output"))
        st.code(repr(text_output()[1]), language=None)
        start.buttons(t)
