"""One worker as the service sees it: does it live, does it speak, does it stop when it is told to, has it had its turn?"""

import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from jobs.limits import Limits
from jobs.worker import STICKY

YIELD_S = 3.0                                      # a worker that was told to make room is given so long before another one is told


@dataclass
class Watch:
    """Moments are monotonic seconds of the service, so that neither a clock change nor a sleeping laptop ends a run."""

    run: str
    attempt: int
    process: BaseProcess
    slot: str = "cpu"
    orders: Connection | None = None               # of a process that goes on when its run is over
    beat: float | None = None                      # the heartbeat last read; only whether it changes matters
    heard: float = field(default_factory=time.monotonic)
    told_to_stop: float | None = None
    told_to_yield: float | None = None
    ended_for: str | None = None                   # "stop_forced" or "worker_silent", once the service ended it
    signalled: float = 0.0

    def look(self) -> str:
        """"at work"; "free" when a process that stays has handed its run back, which it says once; "gone" when the process ended."""
        if self.process.exitcode is not None:
            return "gone"
        if self.orders is None or not self.orders.poll():
            return "at work"
        try:
            self.orders.recv()
        except (EOFError, OSError):                # it is ending: the next look knows how
            return "at work"
        return "free"

    @property
    def yields(self) -> bool:
        return self.told_to_yield is not None and time.monotonic() - self.told_to_yield < YIELD_S

    def see(self, beat: float | None, stop_asked: bool) -> None:
        now = time.monotonic()
        if beat != self.beat:
            self.beat, self.heard = beat, now
        if stop_asked and self.told_to_stop is None:
            self.told_to_stop = now

    def enforce(self, state: str, limits: Limits) -> None:
        """End a worker that does not stop when told to, or is silent: first politely, then not."""
        now = time.monotonic()
        if self.ended_for:
            if now - self.signalled >= limits.kill_grace_s:
                self.process.kill()
            return
        silent_s = now - self.heard
        if self.told_to_stop is not None and now - self.told_to_stop >= limits.kill_after_s:
            self.ended_for = "stop_forced"
        elif silent_s >= (limits.starting_s if state == "starting" else limits.heartbeat_s):
            self.ended_for = "worker_silent"
        if self.ended_for:
            self.signalled = now
            self.process.terminate()

    def end_state(self) -> tuple[str, dict]:
        """What a worker that is gone without a word of its own leaves: (state, cause)."""
        if self.ended_for == "stop_forced":
            return "stopped", {"code": "stop_forced"}
        if self.ended_for == "worker_silent":
            return "lost", {"code": "worker_silent", "seconds": round(self.signalled - self.heard)}
        at = time.strftime("%H:%M")
        if self.process.exitcode == STICKY:
            return "failed", {"code": "gpu_restarted", "at": at}
        return "failed", {"code": "worker_killed", "exitcode": self.process.exitcode, "at": at}
