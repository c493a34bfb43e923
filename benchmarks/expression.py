"""How soon a typed expression has become its picture: python -m benchmarks.expression [--times 20]

In a real browser one of several expressions is written into the box; time counts from the Enter key to the second frame after the picture
has changed. Needs Chromium. Ends with 1 above the limit.
"""

import argparse
import statistics
import sys
import time
from functools import partial

from playwright.sync_api import Page, sync_playwright

from benchmarks.painted import CHROMIUM, REST_S, painted_ms
from benchmarks.rerun import warm_up
from benchmarks.server import Server, about_machine
from core.expression.explore import EXAMPLES

LIMIT_MS = 150
DRAWN = '[...document.querySelectorAll(".firstlight-picture")].map(e => e.innerHTML).join("")'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    print(about_machine())
    with Server() as server, sync_playwright() as playwright:
        warm_up(server)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"http://127.0.0.1:{server.port}/tensors?view=expression")
        page.get_by_role("button", name="Just show me").click()
        page.locator(".firstlight-picture svg").first.wait_for()
        painted = [typed(page, EXAMPLES[1 + turn % (len(EXAMPLES) - 1)]) for turn in range(times + 3)][3:]      # the first warm up
        browser.close()
    middle = statistics.median(painted)
    print(f"typed to painted: {middle:.0f} ms (median of {times}; {min(painted):.0f} to {max(painted):.0f}), limit {LIMIT_MS} ms: "
          f"{'pass' if middle <= LIMIT_MS else 'FAIL'}")
    sys.exit(middle > LIMIT_MS)


def typed(page: Page, text: str) -> float:
    """Milliseconds from Enter to the picture of that text."""
    time.sleep(REST_S)
    box = page.get_by_role("textbox", name="Expression")
    box.fill(text)
    return painted_ms(page, DRAWN, "keydown", partial(box.press, "Enter"))


if __name__ == "__main__":
    main()
