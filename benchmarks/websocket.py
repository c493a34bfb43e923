"""Many browsers in one process: Browser's page as an asyncio session that also polls, as the real one does.

The server announces which fragments want to be run again and how often; each tab keeps these clocks, and sends the fragment
of the button that it presses. Widgets that are no longer drawn are forgotten. Every session can be a learner of its own.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.browser import ANSWER_S, KEPT_RUNS, Browser, Run, _ending

COOKIE = "firstlight_learner"                        # as in ui/learner.py, which cannot be imported without a server


@dataclass
class Asked:
    """A request that somebody waits for. fragment: the one to be run, "" for the whole page."""

    fragment: str
    answered: asyncio.Future
    sent: float = field(default_factory=time.perf_counter)
    seen: Run | None = None                          # from the first run that began after the request


class Tab(Browser):
    """One session. token: 32 hex digits, the learner's cookie."""

    def __init__(self, port: int, page: str = "", query: str = "", token: str = "") -> None:
        self.port, self.page, self.query, self.token, self.page_hash = port, page, query, token, ""
        self.pages, self.states, self.held = {}, {}, {}
        self.buttons: dict[str, bool] = {}           # id -> can be pressed
        self.folds: set[str] = set()
        self.options: dict[str, list[str]] = {}      # id -> what can be chosen, as it travels
        self.drawn: dict[str, tuple[str, int]] = {}  # id -> (its fragment, the run that drew it last)
        self.runs = 0                                # that began, fragments included
        self.fragments: tuple[str, ...] = ()         # of the run going on; () is the whole page
        self.fragment = ""                           # of the element just arriving
        self.asked: list[Asked] = []
        self.clocks: dict[str, tuple[float, asyncio.Task]] = {}
        self.polled: dict[str, float] = {}           # fragment -> when the oldest unanswered poll was sent
        self.poll_s: list[float] = []
        self.exceptions: list[str] = []              # of all runs
        self.alerts: list[str] = []                  # red boxes, of all runs
        self.texts: dict[str, str] = {}              # place on the page -> Markdown
        self.lost = ""                               # why the connection ended, unless we closed it
        self.socket: ClientConnection | None = None

    async def __aenter__(self) -> "Tab":
        self.socket = await connect(f"ws://127.0.0.1:{self.port}/_stcore/stream", origin=f"http://127.0.0.1:{self.port}",
                                    subprotocols=["streamlit"], compression=None, max_size=None, ping_interval=None, open_timeout=60,
                                    additional_headers={"Cookie": f"{COOKIE}={self.token}"} if self.token else None)
        self.reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_clocks(list(self.clocks))
        self.reader.cancel()
        with suppress(asyncio.CancelledError):
            await self.reader
        with suppress(ConnectionClosed, OSError, TimeoutError):
            await self.socket.close()

    async def run(self, pressed: str = "", fragment: str = "", timeout_s: float = ANSWER_S) -> Run:
        """Run the page or one fragment until it is drawn. Raises TimeoutError, or ConnectionError when the server is gone."""
        asked = Asked(fragment, asyncio.get_running_loop().create_future())
        self.asked.append(asked)
        try:
            await self.send(pressed, fragment)
            async with asyncio.timeout(timeout_s):
                seen = await asked.answered
        finally:
            self.asked.remove(asked)
        seen.seconds = time.perf_counter() - asked.sent
        if not fragment:
            self.page = ""                           # later runs name the page by its hash
        return seen

    async def send(self, pressed: str = "", fragment: str = "", polled: bool = False) -> None:
        """Ask for a run without waiting for it. Raises ConnectionError."""
        self.held = {one: last for one, last in self.held.items() if self.runs - last <= KEPT_RUNS + 1}
        message = BackMsg.FromString(self._request(pressed))
        message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = fragment, polled
        try:
            await self.socket.send(message.SerializeToString())
        except ConnectionClosed as gone:
            raise ConnectionError(str(gone)) from gone

    async def go(self, page: str) -> Run:
        self.page_hash, self.query = self.pages[page], ""
        self._stop_clocks(list(self.clocks))
        return await self.run()

    async def press(self, key: str, times: int = 1) -> Run:
        """Press a button, several times at once if wanted. LookupError when it is not there or cannot be pressed."""
        button = _ending([one for one, can in self.buttons.items() if can], key)
        fragment = self.drawn[button][0]
        for _ in range(times - 1):
            await self.send(button, fragment)
        return await self.run(button, fragment)

    async def set(self, key: str, value: object) -> Run:
        widget = _ending(self.states, key)
        kind, _ = self.states[widget]
        self.states[widget] = (kind, [value] if "array" in kind else value)
        return await self.run(fragment=self.drawn[widget][0])

    def choices(self, key: str) -> list[str]:
        """Of a group of buttons; LookupError when it is not there."""
        return self.options[_ending(self.states, key)]

    def has(self, key: str) -> bool:
        """Whether the page has a widget with this key and a value."""
        return any(widget.endswith(f"-{key}") for widget in self.states)

    def shows(self, key: str) -> bool:
        """Whether the page has this button and it can be pressed."""
        return any(can and button.endswith(f"-{key}") for button, can in self.buttons.items())

    async def until(self, true: object, timeout_s: float) -> bool:
        """Wait for the page to become so by its own polling."""
        deadline = time.monotonic() + timeout_s
        while not (answer := true()) and time.monotonic() < deadline and not self.lost:
            await asyncio.sleep(0.05)
        return bool(answer)

    async def _read(self) -> None:
        try:
            async for raw in self.socket:
                message = ForwardMsg.FromString(raw)
                for asked in self.asked:
                    if asked.seen:
                        asked.seen.bytes += len(raw)
                self._hear(message)
            self.lost = "closed by the server"
        except ConnectionClosed as gone:
            self.lost = str(gone)
        except Exception as broken:                  # else the tab would only fall silent
            self.lost = f"{type(broken).__name__}: {broken}"
        self._stop_clocks(list(self.clocks))
        for asked in self.asked:
            if not asked.answered.done():
                asked.answered.set_exception(ConnectionError(self.lost))

    def _hear(self, message: ForwardMsg) -> None:
        kind, seen = message.WhichOneof("type"), Run()
        if kind == "delta":
            self.fragment = message.delta.fragment_id
        self._take(message, seen)
        for trouble in seen.exceptions:
            self.exceptions.append(trouble)
        for asked in self.asked:
            if asked.seen:
                asked.seen.exceptions += seen.exceptions
        match kind:
            case "new_session":
                self._begin(tuple(message.metadata.run.fragment_ids))
            case "auto_rerun":
                self._clock(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_clocks(message.stop_auto_rerun.fragment_ids)
            case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._end(tuple(message.metadata.run.fragment_ids))
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._read_words(message)

    def _begin(self, fragments: tuple[str, ...]) -> None:
        self.runs, self.fragments = self.runs + 1, fragments
        if not fragments:
            self._stop_clocks(list(self.clocks))
        for asked in self.asked:
            if asked.seen is None and (not fragments or asked.fragment in fragments):
                asked.seen = Run()

    def _end(self, fragments: tuple[str, ...]) -> None:
        """Forget what was not drawn again; tell who waits."""
        gone = [one for one, (fragment, run) in self.drawn.items() if run < self.runs and (not fragments or fragment in fragments)]
        for one in gone:
            del self.drawn[one]
            self.states.pop(one, None)
            self.buttons.pop(one, None)
        now = time.perf_counter()
        for fragment in fragments:
            if (sent := self.polled.pop(fragment, None)) is not None:
                self.poll_s.append(now - sent)
        for asked in self.asked:
            done = asked.seen and (not fragments or asked.fragment in fragments)
            if done and not asked.answered.done():
                asked.answered.set_result(asked.seen)

    def _element(self, element: object, seen: Run) -> None:
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind)
        if getattr(drawn, "id", ""):
            self.drawn[drawn.id] = (self.fragment, self.runs)
        if kind == "button":
            self.buttons[drawn.id] = not drawn.disabled
        else:
            super()._element(element, seen)
        if kind == "button_group":
            self.options[drawn.id] = [option.content for option in drawn.options]

    def _read_words(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "alert" and element.alert.format == Alert.ERROR:
            self.alerts.append(element.alert.body)
        if element.WhichOneof("type") == "markdown":
            self.texts[str(list(message.metadata.delta_path))] = element.markdown.body

    def _clock(self, fragment: str, every_s: float) -> None:
        if fragment in self.clocks and self.clocks[fragment][0] == every_s:
            return
        self._stop_clocks([fragment])
        self.clocks[fragment] = (every_s, asyncio.create_task(self._poll(fragment, every_s)))

    async def _poll(self, fragment: str, every_s: float) -> None:
        due = time.monotonic()
        while True:
            due += every_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.polled.setdefault(fragment, time.perf_counter())
            with suppress(ConnectionError):          # the reader tells it
                await self.send(fragment=fragment, polled=True)

    def _stop_clocks(self, fragments: list[str]) -> None:
        for fragment in fragments:
            self.polled.pop(fragment, None)
            if clock := self.clocks.pop(fragment, None):
                clock[1].cancel()
