"""What a learner did, kept over a reload: in this server's memory, under the token of the browser's cookie, for some hours.

A page that keeps something calls `learner.remember()` once; without cookies the entries end with the visit. Never in the URL.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from ui import learner

LEARNERS = 300                                       # so many at once; whoever was away longest is forgotten first
HOURS = 12                                           # and everybody who was away for so long


@dataclass
class _Shelf:
    """One learner's entries by name, and when they were last looked at."""

    seen: float
    entries: dict[str, dict] = field(default_factory=dict)


_shelves: OrderedDict[str, _Shelf] = OrderedDict()   # token -> shelf, the one that was looked at last at the end
_lock = Lock()


def of(name: str) -> dict:
    """This learner's own dict of that name, empty at first: change it in place. name: "page.what" or "page.view.what".

    The "reset" of the page, or of that view, empties it. Keep it small: only learners are counted here.
    """
    with _lock:
        return _shelf(learner.token(), time.monotonic()).entries.setdefault(name, {})


def forget(prefix: str) -> None:
    """Every entry whose name begins so is as if there never had been anything."""
    with _lock:
        entries = _shelf(learner.token(), time.monotonic()).entries
        for name in [name for name in entries if name.startswith(prefix)]:
            del entries[name]


def _shelf(token: str, now: float) -> _Shelf:
    """Under the lock. Those who were away too long go first, then as many as there are too many."""
    while _shelves and now - next(iter(_shelves.values())).seen > HOURS * 3600:
        _shelves.popitem(last=False)
    shelf = _shelves.setdefault(token, _Shelf(now))
    shelf.seen = now
    _shelves.move_to_end(token)
    while len(_shelves) > LEARNERS:
        _shelves.popitem(last=False)
    return shelf
