"""How soon a click, or a stroke, has painted the maps of all layers: python -m benchmarks.maps [--clicks 20] [--network KEY ...]

In a real browser another digit is chosen with the arrow keys; then strokes are drawn with the mouse. Time counts from the key's event, or
from the pointer's leaving, to the second frame after the maps were drawn anew; CPU is that of the server process, less what the same server
takes in the same time when nobody clicks (Streamlit looks for new settings five times a second); bytes are those of the websocket. Needs
Chromium. Ends with 1 above a limit.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page, sync_playwright

from benchmarks.painted import CHROMIUM, REST_S, painted_ms
from benchmarks.rerun import warm_up
from benchmarks.server import Server, about_machine
from benchmarks.tick import cpu_s
from core.models import LENETS

CLICK_LIMITS = (300, 30, 100_000)                    # milliseconds until painted, of CPU; bytes
STROKE_LIMITS = (300,)
IDLE_S = 5.0                                         # for the share that is not the click's
DRAWN = '[...document.querySelectorAll("*")].map(e => e.shadowRoot?.querySelector(".maps")).find(Boolean)?.drawn'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clicks", type=int, default=20)
    parser.add_argument("--network", nargs="*", default=LENETS)
    asked = parser.parse_args()
    print(about_machine())
    failed = 0
    with Server() as server, sync_playwright() as playwright:
        warm_up(server)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, way in WAYS.items():
            for network in asked.network:
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                ms, cpu_ms, sizes = measure(server, page, network, asked.clicks, way)
                good = all(figure <= limit for figure, limit in zip((ms, cpu_ms, sizes), way.limits, strict=False))
                failed += not good
                figures = f"painted after {ms:4.0f} ms, server CPU {cpu_ms:4.1f} ms, {sizes / 1000:5.1f} KB sent"
                print(f"{name:9s} {network:12s} {figures}  {'pass' if good else 'FAIL'}", flush=True)
                page.close()
        browser.close()
    sys.exit(bool(failed))


def another_digit(page: Page, click: int) -> None:
    """One step of the digit's slider, up to 9 and back."""
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight" if click // 9 % 2 == 0 else "ArrowLeft")


def a_stroke(page: Page, click: int) -> None:
    """A short line in another place, done before the pad's first message while drawing is due."""
    box = page.locator(".pad canvas").bounding_box()

    def to(across: float, down: float) -> None:
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])

    across, down = 0.15 + 0.14 * (click % 6), 0.15 + 0.14 * (click // 6 % 6)
    to(across, down)
    page.mouse.down()
    to(across + 0.05, down + 0.05)
    page.mouse.up()


@dataclass(frozen=True)
class Way:
    """Of changing the picture: the browser's event from which time counts, the page's query, what causes the event, and its limits."""

    event: str
    query: str
    act: Callable[[Page, int], None]
    limits: tuple[int, ...]


WAYS = {
    "a digit": Way("keydown", "digit=0", another_digit, CLICK_LIMITS),
    "a stroke": Way("pointerup", "picture=drawn", a_stroke, STROKE_LIMITS),
}


def measure(server: Server, page: Page, network: str, clicks: int, way: Way) -> tuple[float, float, float]:
    """Medians: milliseconds until painted, milliseconds of the server's CPU for the click, bytes sent."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(f"http://127.0.0.1:{server.port}/lenet?network={network}&{way.query}")
    page.locator(".maps .sheet").nth(14).wait_for(timeout=30_000)
    painted, cpu, sent, idle = [], [], [], 0.0
    for click in range(clicks + 2):                  # the first two warm up
        time.sleep(REST_S)
        if click == 2:
            before = cpu_s(server)
            time.sleep(IDLE_S)
            idle = (cpu_s(server) - before) / IDLE_S
        received.clear()
        before, began = cpu_s(server), time.perf_counter()
        painted.append(painted_ms(page, DRAWN, way.event, partial(way.act, page, click)))
        time.sleep(REST_S)
        cpu.append((cpu_s(server) - before - idle * (time.perf_counter() - began)) * 1000)
        sent.append(sum(received))
    return tuple(statistics.median(values[2:]) for values in (painted, cpu, sent))


if __name__ == "__main__":
    main()
