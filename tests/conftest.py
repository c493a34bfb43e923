"""What several tests need: a running server, and a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--disable-quic"]
PATIENCE_S = 60.0                                    # what only a broken program needs, also on a busy machine


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """As many processes as there are cores for a folder of tests; a file or a test alone starts sooner in this one."""
    return None if any(Path(arg).is_dir() for arg in config.args) else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A file's tests stay in one process, and all that use a browser share one: each of them keeps several processes busy."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "in a browser" if in_browser(file) else file

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those in a browser come first: together they take the longest."""
    items.sort(key=lambda item: not in_browser(item.nodeid.partition("::")[0]))


@cache
def in_browser(file: str) -> bool:
    """Whether tests of a file need a browser; in the processes of pytest-xdist and in the one that hands the tests out."""
    return "chromium" in (ROOT / file).read_text("utf-8")


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """As in the workers: two on busy cores are many times slower."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def packages_looked_through_once():
    """As a server does. Every AppTest reads about every package that is installed, which takes longer than most pages."""
    if "streamlit" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True, scope="session")
def warm_up_in_turn():
    """The first AppTest waits for the warm-up, which a server leaves to a thread.

    Modules that a thread imports make loggers, and pytest walks through all loggers at every turn of a test: "dictionary changed size".
    """
    if "streamlit" in sys.modules:
        from ui import warm

        warm.start = lambda: warm._started.acquire(blocking=False) and warm._warm_up()


def absent(reason: str) -> None:
    """No browser: a reason to skip at a desk, a failure where the checks are meant to run."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@contextmanager
def streamlit_server(folder: Path, log: Path, **env: str) -> Iterator[str]:
    """`streamlit run app.py` in `folder` on a free port of this machine; its address. Ended with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true", "server.fileWatcherType": "none",
               "browser.gatherUsageStats": "false"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *(f"--{name}={value}" for name, value in options.items())]
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)} | env, stdout=out, stderr=out)
        try:
            _wait_for_port(port, server)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(PATIENCE_S)


@contextmanager
def served(folder: Path, code: str) -> Iterator[str]:
    """An app of a test's own, in an empty folder; its address."""
    (folder / "app.py").write_text(code, encoding="utf-8")
    with streamlit_server(folder, folder / "server.log") as url:
        yield url


def side_by_side(run: Callable[..., None], arguments: Iterable[tuple]) -> None:
    """Run it in as many threads as there are sets of arguments, and wait for all."""
    threads = [threading.Thread(target=run, args=given) for given in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def product(home: Path, **env: str) -> Iterator[str]:
    """The whole product on a store of its own; its job service is ended with it."""
    with streamlit_server(ROOT, home / "server.log", FIRSTLIGHT_HOME=str(home), **env) as url:
        yield url
    log = home / "service.log"
    for line in log.read_text().splitlines() if log.exists() else ():
        if line.endswith("service up"):
            with suppress(ProcessLookupError):
                os.kill(int(line.split()[-3]), signal.SIGTERM)


@pytest.fixture(scope="session")
def app_home(tmp_path_factory) -> Path:
    """Where the product of all browser tests keeps its runs."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def app(app_home) -> Iterator[str]:
    """The whole product, once for all browser tests: it is warm after ten seconds only. Every new browser is another learner."""
    with product(app_home) as url:
        yield url


def _wait_for_port(port: int, server: subprocess.Popen, timeout_s: float = PATIENCE_S) -> None:
    end = time.monotonic() + timeout_s
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server did not start")


def tick_bytes(frames: list[bytes]) -> list[int]:
    """What each run of the page's script, or of a fragment, has sent to the browser, from everything that came in."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    sizes: list[int] = []
    for frame in frames:
        if ForwardMsg.FromString(frame).WhichOneof("type") == "new_session":
            sizes.append(0)
        if sizes:
            sizes[-1] += len(frame)
    return sizes[:-1]                                  # the last may go on


@pytest.fixture(scope="session")
def chromium():
    """A real browser; pages of one context share its cache and cookies."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        absent("playwright is not installed: pip install -r requirements-dev.txt")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None) or absent("no Chromium on the path: apt-get install chromium")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_S * 1000)
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


def _probing(message) -> bool:
    """Streamlit looks for its server under a deep link's own path first; the 404 is harmless."""
    return "/_stcore/" in message.location["url"]


@pytest.fixture
def chromium_page(chromium):
    """A tab of a browser that was never here; what it complained about is in page.complaints."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" and not _probing(message) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()
