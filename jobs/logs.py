"""Logs that cannot fill the disk."""

import contextlib
import os
from pathlib import Path


def keep_small(log: Path, most_bytes: int = 1_000_000) -> None:
    """Empty a log that has grown too large. Its writers append, so they go on at the new end."""
    with contextlib.suppress(OSError):             # a log is never worth a failure
        if log.stat().st_size > most_bytes:
            os.truncate(log, 0)
