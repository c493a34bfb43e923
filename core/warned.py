"""What PyTorch warns of, heard by the thread that caused it.

While other code of the process records warnings with `warnings.catch_warnings`, it may take one of ours: 2 of 2,000 in a test where
another thread did nothing else.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

OURS = r"core\.(expression|gradient|lessons\.clinic)\.|torch\._ops$|torch\.nn\.modules\.module$"
_thread = threading.local()
_first = warnings.showwarning                        # before any of ours


@contextmanager
def heard() -> Iterator[list[str]]:
    """`with heard() as said: ...` collects the warnings, "UserWarning: ...", every time and not only the first.

    `warnings.catch_warnings` would take those of all threads, and give the filters back in the wrong order when two of them overlap.
    """
    _listen()
    before, _thread.said = getattr(_thread, "said", None), []
    try:
        yield _thread.said
    finally:
        _thread.said = before


def _listen() -> None:
    """For good, and again after a `catch_warnings` somewhere else has put everything back."""
    torch.set_warn_always(True)                      # much of it is else said once in the life of the process
    rule = ("always", Warning, OURS)
    if not any((action, category, module and module.pattern) == rule for action, _, category, module, _ in warnings.filters[:1]):
        warnings.filterwarnings("always", module=OURS)
    others = warnings.showwarning                    # looked at once: another thread may be here too
    if others is not _hear:
        _hear.others, warnings.showwarning = others, _hear


def _hear(message: Warning | str, category: type[Warning], *where: object) -> None:
    """Python hands every warning of the process to this; those of threads that do not listen go on as before."""
    said = getattr(_thread, "said", None)
    if said is not None:
        said.append(f"{category.__name__}: {str(message).partition(' (Triggered internally')[0]}")
    elif getattr(_thread, "handed_on", False):       # whoever came after us hands it back to us
        _first(message, category, *where)
    else:
        _thread.handed_on = True
        try:
            _hear.others(message, category, *where)
        finally:
            _thread.handed_on = False
