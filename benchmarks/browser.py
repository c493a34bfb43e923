"""A Streamlit browser without a screen: the page's websocket, the values of its widgets, and what a rerun costs.

It does what the real one does at each rerun: it names page and query, sends the value of every widget, and tells which
large messages it still holds, so that bytes are those that a learner's browser would receive. It does not poll.
"""

import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from websockets.sync.client import connect

ANSWER_S = 120
KEPT_RUNS = 2                                        # the real browser forgets a large message after so many runs without it


@dataclass
class Run:
    """One run of the page's script, as the browser saw it. polling: some fragment asks to be run again and again."""

    seconds: float = 0.0
    bytes: int = 0
    exceptions: list[str] = field(default_factory=list)
    polling: bool = False
    finished: bool = False


class Browser:
    """One session. page is a URL path such as "lenet" (home: ""), query what stands behind its question mark."""

    def __init__(self, port: int, page: str = "", query: str = "") -> None:
        self.page, self.query, self.page_hash = page, query, ""
        self.pages: dict[str, str] = {}              # URL path -> hash
        self.states: dict[str, tuple[str, object]] = {}      # widget id -> (field of WidgetState, value)
        self.buttons: set[str] = set()
        self.folds: set[str] = set()
        self.held: dict[str, int] = {}               # hash of a large message -> the run that last used it
        self.runs = 0
        self.socket = connect(f"ws://127.0.0.1:{port}/_stcore/stream", origin=f"http://127.0.0.1:{port}",
                              subprotocols=["streamlit"], compression=None, max_size=None)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def run(self, pressed: str = "") -> Run:
        """Run the page, until it is drawn. pressed: id of a button."""
        seen, began = Run(), time.perf_counter()
        self.buttons.clear()
        self.runs += 1
        self.held = {one: last for one, last in self.held.items() if self.runs - last <= KEPT_RUNS + 1}
        self.socket.send(self._request(pressed))
        while not seen.finished:
            raw = self.socket.recv(timeout=ANSWER_S)
            seen.bytes += len(raw)
            self._take(ForwardMsg.FromString(raw), seen)
        self.page = ""                               # later runs name the page by its hash
        seen.seconds = time.perf_counter() - began
        return seen

    def go(self, page: str) -> Run:
        """Click a page in the navigation."""
        self.page_hash, self.query = self.pages[page], ""
        return self.run()

    def press(self, key: str) -> Run:
        """Press the button whose key ends so. LookupError when the page shows none."""
        return self.run(pressed=_ending(self.buttons, key))

    def shows(self, key: str) -> bool:
        """Whether the last run drew a button whose key ends so."""
        return any(button.endswith(key) for button in self.buttons)

    def set(self, key: str, value: object) -> Run:
        """Give the widget with this key a value, as it travels (words for a choice), and run."""
        widget = _ending(self.states, key)
        kind, _ = self.states[widget]
        self.states[widget] = (kind, [value] if "array" in kind else value)
        return self.run()

    def open_folds(self) -> Run:
        """Open every fold."""
        self.states |= dict.fromkeys(self.folds, ("bool_value", True))
        return self.run()

    def _request(self, pressed: str) -> bytes:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash, asked.page_name = self.query, self.page_hash, self.page
        asked.cached_message_hashes.extend(self.held)
        for widget, (kind, value) in self.states.items():
            state = asked.widget_states.widgets.add(id=widget)
            if "array" in kind:
                getattr(state, kind).SetInParent()
                getattr(state, kind).data.extend(value)
            else:
                setattr(state, kind, value)
        if pressed:
            asked.widget_states.widgets.add(id=pressed, trigger_value=True)
        return message.SerializeToString()

    def _take(self, message: ForwardMsg, seen: Run) -> None:
        if message.metadata.cacheable:
            self.held[message.hash] = self.runs
        match message.WhichOneof("type"):
            case "new_session":
                self.page_hash = message.new_session.page_script_hash
            case "navigation":
                self.page_hash = message.navigation.page_script_hash
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "page_not_found":
                seen.exceptions.append("page not found")
            case "ref_hash":
                self.held[message.ref_hash] = self.runs
            case "auto_rerun":
                seen.polling = True
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._element(message.delta.new_element, seen)
            case "delta" if message.delta.add_block.expandable.id:
                self.folds.add(message.delta.add_block.expandable.id)
            case "script_finished":                  # a page that called st.rerun goes on at once
                seen.finished = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _element(self, element: object, seen: Run) -> None:
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind)
        if kind == "exception":
            seen.exceptions.append(f"{drawn.type}: {drawn.message[:150]}")
        elif kind == "button":
            self.buttons.add(drawn.id)
        elif (value := _value(kind, drawn)) and (drawn.set_value or drawn.id not in self.states):
            self.states[drawn.id] = value


def _ending(ids: object, key: str) -> str:
    """The one id of these that ends with the key: Streamlit puts a widget's key at the end of its id."""
    found = [one for one in ids if one.endswith(f"-{key}") or (key.startswith(".") and one.endswith(key))]
    if len(found) != 1:
        raise LookupError(f"{key}: {len(found)} widgets on the page, of {sorted(one.split('-', 2)[-1] for one in ids)}")
    return found[0]


def _value(kind: str, drawn: object) -> tuple[str, object] | None:
    """Field and value of a widget as it is drawn: the value that Python gave it, else its default."""
    given = drawn.set_value if hasattr(drawn, "set_value") else False
    match kind:
        case "button_group":
            words = list(drawn.raw_values) if given else [drawn.options[i].content for i in drawn.default]
            return "string_array_value", words
        case "selectbox" if not given and not drawn.HasField("default"):
            return None                              # nothing is chosen
        case "selectbox":
            return "string_value", drawn.raw_value if given else drawn.options[drawn.default]
        case "slider" if drawn.type == Slider.SELECT_SLIDER:
            return "string_array_value", list(drawn.raw_value) if given else [drawn.options[int(i)] for i in drawn.default]
        case "slider":
            return "double_array_value", list(drawn.value if given else drawn.default)
        case "number_input":
            return "double_value", drawn.value if given else drawn.default
        case "text_input":
            return "string_value", drawn.value if given else drawn.default
        case "checkbox":
            return "bool_value", drawn.value if given else drawn.default
    return None
