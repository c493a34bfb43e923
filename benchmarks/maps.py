"""How soon a click has painted the maps of all layers, in a real browser: python -m benchmarks.maps [--clicks 20] [--network KEY ...]

Another digit is chosen with the arrow keys. Time counts from the key's event to the second frame after the maps were drawn anew; CPU is
that of the server process; bytes are those of the websocket. Needs Chromium. Ends with 1 above a limit.
"""

import argparse
import statistics
import sys
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks.rerun import warm_up
from benchmarks.server import Server, about_machine
from benchmarks.tick import cpu_s
from core.models import LENETS

LIMIT_MS, LIMIT_CPU_MS, LIMIT_BYTES = 300, 30, 100_000
CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
REST_S = 0.7                                         # until the server has done all that the click asked for
PAINTED = """() => new Promise(done => {
  const maps = [...document.querySelectorAll("*")].map(e => e.shadowRoot?.querySelector(".maps")).find(Boolean)
  const old = maps.drawn
  addEventListener("keydown", () => {
    const began = performance.now()
    const look = () => maps.drawn === old ? requestAnimationFrame(look)
      : requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)))
    look()
  }, { once: true, capture: true })
  window.listening = true
})"""


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
        for network in asked.network:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            ms, cpu_ms, sizes = measure(server, page, network, asked.clicks)
            good = ms <= LIMIT_MS and cpu_ms <= LIMIT_CPU_MS and sizes <= LIMIT_BYTES
            failed += not good
            figures = f"painted after {ms:4.0f} ms, server CPU {cpu_ms:4.1f} ms, {sizes / 1000:5.1f} KB sent"
            print(f"{network:12s} {figures}  {'pass' if good else 'FAIL'}", flush=True)
            page.close()
        browser.close()
    sys.exit(bool(failed))


def measure(server: Server, page: Page, network: str, clicks: int) -> tuple[float, float, float]:
    """Medians: milliseconds until painted, milliseconds of the server's CPU, bytes sent."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(f"http://127.0.0.1:{server.port}/lenet?network={network}&digit=0")
    page.locator(".maps .sheet").nth(14).wait_for(timeout=30_000)
    slider = page.get_by_role("slider").first
    slider.focus()
    painted, cpu, sent = [], [], []
    for click in range(clicks + 2):                  # the first two warm up
        time.sleep(REST_S)
        received.clear()
        before = cpu_s(server)
        waiting = page.evaluate_handle(f"() => {{ window.painted = ({PAINTED})() }}")
        page.wait_for_function("window.listening")
        page.keyboard.press("ArrowRight" if click // 9 % 2 == 0 else "ArrowLeft")
        painted.append(page.evaluate("window.painted"))
        waiting.dispose()
        time.sleep(REST_S)
        cpu.append((cpu_s(server) - before) * 1000)
        sent.append(sum(received))
    return tuple(statistics.median(values[2:]) for values in (painted, cpu, sent))


if __name__ == "__main__":
    main()
