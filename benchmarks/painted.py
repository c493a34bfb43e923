"""How long a browser takes from an event to the second frame after something was drawn anew."""

from collections.abc import Callable

from playwright.sync_api import Page

CHROMIUM = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
REST_S = 0.7                                         # until the server has done all that the event asked for
LISTEN = """([drawn, event]) => {
  const now = new Function("return " + drawn)
  const old = now()
  window.painted = new Promise(done => addEventListener(event, () => {
    const began = performance.now()
    const look = () => (now() ?? old) === old ? requestAnimationFrame(look)
      : requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)))
    look()
  }, { once: true, capture: true }))
}"""


def painted_ms(page: Page, drawn: str, event: str, act: Callable[[], None]) -> float:
    """Milliseconds from the event, which act causes, until the JavaScript expression drawn has another value and was painted."""
    page.evaluate(LISTEN, [drawn, event])
    act()
    return page.evaluate("window.painted")
