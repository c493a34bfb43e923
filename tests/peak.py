"""How much memory this process has ever held."""

import resource
import sys


def peak_mb() -> float:
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1_000_000 if sys.platform == "darwin" else 1000)        # macOS counts bytes, Linux kilobytes
