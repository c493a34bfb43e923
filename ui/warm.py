"""After the first page is drawn: import what is slow, take one training step, freeze the heap. Once per process.

Streamlit's web process serves everybody with one interpreter: what is imported before the freeze costs the garbage
collector nothing later, and the first learner on a page does not wait for PyTorch.
"""

import gc
import logging
import os
import threading

import streamlit as st

from content.text import Text

os.environ.setdefault("OMP_NUM_THREADS", "1")        # read when torch is first imported: cores are shared by the class

_started = threading.Lock()                          # taken once and never given back
_ready = threading.Event()
_devices: list = []                                  # core.device.Device; all but the CPU


def start() -> None:
    """Begin in the background, unless it has begun."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def badge(t: Text) -> None:
    """What this server computes on: at once the processor, and the rest when PyTorch has looked."""
    st.fragment(_badge, run_every=None if _ready.is_set() else 1.0)(t)


def device_kinds() -> tuple[str, ...]:
    """The devices that a run can ask for on this server: "cpu", and "cuda" or "mps" where there is one."""
    return ("cpu", *dict.fromkeys(device.key.partition(":")[0] for device in _devices))


def _badge(t: Text) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not _ready.is_set():
        st.caption(t("frame.device_waking", cores=cores))
        return
    from core.device import torch_version

    extra = "".join(f" · {device.name}" for device in _devices)
    st.caption(t("frame.device", cores=cores, version=torch_version(), extra=extra))


def _warm_up() -> None:
    try:
        _import_and_step()
    except Exception:                                # a page will meet the same trouble and show it; the log names it
        logging.getLogger(__name__).exception("warm-up failed")
    gc.collect()
    gc.freeze()
    _ready.set()


def _import_and_step() -> None:
    from core import device, process

    process.one_thread()
    from core import descent, loading, look, tensors, weights  # noqa: F401
    from core.data import vision
    from core.expression import explore  # noqa: F401
    from core.gradient import specs  # noqa: F401
    from figures import batch, broadcast, expression, lenet, logits, loss, mosaic, ranges, tensor  # noqa: F401

    process.first_step()
    vision.transforms()
    tensor.first_figure()
    _devices.extend(device.devices()[1:])
