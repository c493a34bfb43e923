"""Imported once in the process from which workers are forked, so that a run starts without waiting for torch.

No operation with several threads and no backward happens here: a forked child could hang after it, or refuse backward on CUDA.
"""

import gc
import sys
import time
import traceback

import jobs.worker  # noqa: F401  (what every worker needs)


def _load() -> None:
    from core import process

    process.one_thread()
    process.first_optimizer()                      # no step


began = time.monotonic()
try:
    _load()
except Exception:                                  # forkserver would swallow an ImportError and die of the rest; the run
    traceback.print_exc()                          # that meets the same error tells it to its learner
print(f"preload took {time.monotonic() - began:.2f} s", file=sys.stderr, flush=True)
gc.collect()
gc.freeze()                                        # a collection in a child would copy every page it visits
