"""One worker as the service sees it: does it live, does it speak, does it stop when it is told to?"""

import time
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from jobs.limits import Limits


@dataclass
class Watch:
    """Moments are monotonic seconds of the service, so that neither a clock change nor a sleeping laptop ends a run."""

    run: str
    attempt: int
    process: BaseProcess
    beat: float | None = None                      # the heartbeat last read; only whether it changes matters
    heard: float = field(default_factory=time.monotonic)
    told_to_stop: float | None = None
    ended_for: str | None = None                   # "stop_forced" or "worker_silent", once the service ended it
    signalled: float = 0.0

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
            return "lost", {"code": "worker_silent"}
        return "lost", {"code": "worker_killed", "exitcode": self.process.exitcode}
