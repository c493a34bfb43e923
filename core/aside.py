"""Work that may fall silent, in a thread of its own, so that whoever waits for it hears something all the same."""

import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")
LOOK_S = 0.2                                         # the longest silence


def aside(work: Generator[T]) -> Iterator[T | None]:
    """The values of `work`, one by one; while it is silent its last value again and again, None before the first.

    What `work` raises is raised here. Whoever closes this iterator closes `work`, which then ends at its next value.
    """
    values: Queue = Queue(maxsize=1)
    stop, failed, end = threading.Event(), [], object()

    def put(value: object) -> bool:
        """Whether it was taken: nobody asks any more once `stop` is set."""
        while not stop.is_set():
            try:
                values.put(value, timeout=LOOK_S)
                return True
            except Full:
                continue
        return False

    def run() -> None:
        try:
            for value in work:
                if not put(value):
                    work.close()
        except BaseException as error:
            failed.append(error)
        put(end)

    thread, last = threading.Thread(target=run, daemon=True), None
    thread.start()
    try:
        while last is not end:
            with suppress(Empty):
                last = values.get(timeout=LOOK_S)
            if last is not end:
                yield last
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]
