"""What one look at a running training costs the server: python -m benchmarks.tick [--ticks 60] [--below KEY ...]

A training of the text's kind runs, the page is opened, and its polling fragments are asked for again and again as a learner's
browser does. CPU is that of the whole server process; bytes are those that reach the browser. Ends with 1 above a limit.
"""

import argparse
import statistics
import sys
import time
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.browser import ANSWER_S, Browser, Run
from benchmarks.rerun import warm_up
from benchmarks.server import Server, about_machine
from content.text import Text

LIMIT_MS, LIMIT_BYTES = 5.0, 3 * 1024
TICK_S = 0.5                                         # as the page asks
LONG = "epochs=50&batch_size=2&lr=0.0005&val_fraction=0"               # about 40 s
BELOW = ("accuracy", "lr", "images_per_s", "report")
WARM_UPS = 4


@dataclass(frozen=True)
class Cost:
    """Medians of all ticks; mean_ms with the few that draw the whole page, because something around the chart has changed."""

    cpu_ms: float
    bytes: int
    mean_ms: float
    largest: int


class Polling(Browser):
    """A browser that also asks for fragments that want to be run again."""

    def __init__(self, port: int, page: str, query: str) -> None:
        self.fragments: dict[str, float] = {}        # id -> seconds between two runs
        self.sessions = 1                            # runs of the script since the last request; the first may be a fragment alone
        super().__init__(port, page, query)

    def run(self, pressed: str = "") -> Run:
        self.sessions = 1
        return super().run(pressed)

    def tick(self, fragment: str) -> Run:
        """Run one fragment, as the browser's clock does."""
        self.sessions = 0
        message = BackMsg.FromString(self._request(""))
        message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, True
        seen, began = Run(), time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not seen.finished:
            raw = self.socket.recv(timeout=ANSWER_S)
            seen.bytes += len(raw)
            self._take(ForwardMsg.FromString(raw), seen)
        seen.seconds = time.perf_counter() - began
        return seen

    def _take(self, message: ForwardMsg, seen: Run) -> None:
        super()._take(message, seen)
        if message.WhichOneof("type") == "new_session":
            self.sessions += 1
            if self.sessions > 1:                    # the whole page runs: its fragments say again what they want
                self.fragments.clear()
        if message.WhichOneof("type") == "auto_rerun":
            self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ticks", type=int, default=24)
    parser.add_argument("--below", nargs="*", default=BELOW, help="what stands below the loss")
    asked = parser.parse_args()
    print(about_machine())
    failed = 0
    with Server() as server:
        warm_up(server)
        for below in asked.below:
            with Polling(server.port, "train", LONG) as browser:
                _start(browser, below)
                costs = {below: measure(server, browser, asked.ticks)}
                browser.press("train.pause")         # the run leaves the server its core, and tells nothing new
                time.sleep(2.0)
                costs[f"{below}, paused"] = measure(server, browser, asked.ticks)
                browser.press("train.stop")
            for name, cost in costs.items():
                good = cost.cpu_ms <= LIMIT_MS and cost.bytes <= LIMIT_BYTES
                failed += not good
                print(f"{name:20s} {cost.cpu_ms:4.1f} ms (mean {cost.mean_ms:4.1f})  {cost.bytes:5d} bytes (at most {cost.largest:5d})  "
                      f"{'pass' if good else 'FAIL'}", flush=True)
    sys.exit(bool(failed))


def measure(server: Server, browser: Polling, ticks: int) -> Cost:
    browser.run()
    for _ in range(WARM_UPS):
        _tick(browser)
    cpu_ms, sizes = [], []
    while len(sizes) < ticks and browser.fragments:
        time.sleep(TICK_S)
        before = cpu_s(server)
        sizes.append(_tick(browser))
        cpu_ms.append((cpu_s(server) - before) * 1000)
    return Cost(statistics.median(cpu_ms), round(statistics.median(sizes)), statistics.mean(cpu_ms), max(sizes))


def cpu_s(server: Server) -> float:
    """CPU time of the whole server process, to the nanosecond: Linux's clock of another process (CPUCLOCK_SCHED)."""
    return time.clock_gettime((~server.process.pid << 3) | 2)


def _tick(browser: Polling) -> int:
    return sum(browser.tick(fragment).bytes for fragment in list(browser.fragments))


def _start(browser: Polling, below: str) -> None:
    """Begin a run, and wait until it is at work."""
    browser.run()
    browser.set("train.below", Text("en")(f"train.below.{below}"))
    browser.press(".show")
    browser.press("train.start")
    deadline = time.monotonic() + 60
    while not browser.shows("train.pause") and time.monotonic() < deadline:
        time.sleep(0.5)
        browser.run()
    browser.run()


if __name__ == "__main__":
    main()
