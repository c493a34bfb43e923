"""A job of the ladder: its button, how far it is, and what it told once it has ended well."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from content.text import Text
from jobs import client
from ui import watch

Result = TypeVar("Result")


@dataclass(frozen=True)
class Asked:
    """slot: where the session remembers the job. place: of its widgets, and of its words in content."""

    place: str
    slot: str
    kind: str
    spec: dict


def offer(t: Text, asked: Asked, words: tuple[str, str], read: Callable[[client.Status], Result],
          tick: Callable[[client.Status], None]) -> tuple[client.Status | None, Result | None]:
    """The job, and what `read` makes of it when it has ended well. words: of the button, the first time and after.

    A job whose records cannot be read any more is as if it had never been.
    """
    watch.again(asked.slot, asked.kind, asked.spec)
    found = watch.found(asked.slot)
    came = readable(read, found)
    if found and found.state == "done" and not came:
        found = None
    watch.offer(t, asked.slot, found, asked.kind, asked.spec, words[bool(found)], f"{asked.place}.go")
    if found:
        watch.live(t, found, asked.place, tick)
    return found, came


def readable(read: Callable[[client.Status], Result], found: client.Status | None) -> Result | None:
    """None for a job that has not ended well, or whose records are of another version."""
    try:
        return read(found) if found and found.state == "done" else None
    except watch.UNREADABLE:
        return None


def progress(t: Text, found: client.Status, said: str) -> None:
    """How far a job at work is; `said` once that is known."""
    if found.active:
        st.progress(found.done / found.total if found.total else 0.0, said if found.total else t("frame.waiting"))
