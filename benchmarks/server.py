"""Firstlight's own server as a process of ours: start it on a free port, ask for its CPU time, stop it with all it started."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
HEALTHY_S = 60


class Server:
    """A fresh server with an empty FIRSTLIGHT_HOME of its own. started: moment of time.perf_counter; healthy_s after it.

    home: one that exists, and stays. app: a page of somebody else's, run in its own folder with Streamlit's own settings.
    """

    def __init__(self, home: Path | None = None, app: Path = ROOT / "app.py", **env: str) -> None:
        self.kept, self.app, self.env = home, app, env

    def __enter__(self) -> "Server":
        self.home = self.kept or Path(tempfile.mkdtemp(prefix="firstlight-bench-"))
        self.port = _free_port()
        environment = {**os.environ, "FIRSTLIGHT_HOME": str(self.home), "TMPDIR": str(self.home), **self.env}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)         # makes imports two to three times slower
        command = [sys.executable, "-m", "streamlit", "run", self.app.name, "--server.headless", "true",
                   "--server.address", "127.0.0.1", "--server.port", str(self.port)]
        self.log = (self.home / "server.log").open("ab")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=self.app.parent, env=environment, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        self.healthy_s = self.age_s()
        return self

    def __exit__(self, *_: object) -> None:
        children = _children(self.process.pid)       # the job service outlives the server on purpose; not here
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in children:
            os.kill(pid, signal.SIGTERM)             # its workers notice and end
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.log.close()
        if not self.kept:
            for pid in processes_of(self.home):
                os.kill(pid, signal.SIGKILL)
            shutil.rmtree(self.home, ignore_errors=True)

    def age_s(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self.started

    def cpu_ms(self) -> float:
        """CPU time of all threads so far, those that ended included; counted in ticks of 10 ms, so average over many runs."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICKS_PER_S

    def said(self) -> str:
        """The end of the server's log: a page shows a redacted exception, the log has its traceback."""
        return Path(self.log.name).read_text()[-3000:]

    def memory_mb(self) -> float:
        """All that is in memory, mapped files included, which the system can take back."""
        return self._status_mb("VmRSS")

    def private_mb(self) -> float:
        """What is the process's own."""
        return self._status_mb("RssAnon")

    def _status_mb(self, name: str) -> float:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024

    def _wait(self) -> None:
        address = f"http://127.0.0.1:{self.port}/_stcore/health"
        while self.age_s() < HEALTHY_S and self.process.poll() is None:
            try:
                with urllib.request.urlopen(address, timeout=2) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"the server did not start: {self.said()}")


def about_machine() -> str:
    """The line above every table: without it no figure can be compared."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "streamlit", "plotly"))
    return (f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, a million additions {additions_ms():.0f} ms, "
            f"Python {sys.version.split()[0]}, {versions}")


def additions_ms() -> float:
    """CPU time of a loop that never changes. On a shared machine it says how much dearer everything is at this moment."""
    total, began = 0, time.process_time()
    for i in range(1_000_000):
        total += i
    return (time.process_time() - began) * 1000


def processes_of(home: Path) -> list[int]:
    """Processes that live and work in this FIRSTLIGHT_HOME: no other may ever be killed."""
    return [pid for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")) if works_in(pid, home)]


def works_in(pid: int, home: Path) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return f"FIRSTLIGHT_HOME={home}".encode() in environment and state != "Z" and pid != os.getpid()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _children(pid: int) -> list[int]:
    """Processes that this one started and that live."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found
