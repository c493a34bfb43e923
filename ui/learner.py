"""Who is asking: a random token in a cookie of the browser. No name, no account, never in the URL."""

import json
import secrets

import streamlit as st

COOKIE = "firstlight_learner"
DAYS = 90
KEY = "learner"

# The browser's own token counts: two tabs that open together agree on the one that reached the cookie first.
_AGREE = """
export default function ({ data, setStateValue }) {
  const { name, token, seconds } = JSON.parse(new TextDecoder().decode(data))
  const read = () => document.cookie.split("; ").find((c) => c.startsWith(name + "="))?.slice(name.length + 1)
  if (!/^[0-9a-f]{32}$/.test(read() ?? "")) {
    document.cookie = `${name}=${token}; path=/; max-age=${seconds}; SameSite=Lax`
  }
  const held = read()
  if (held && held !== token) setStateValue("held", held)
}
"""
_cookie = st.components.v2.component("firstlight_cookie", js=_AGREE, html="<span></span>")


def token() -> str:
    """The same for every visit of this browser, as long as it keeps its cookies."""
    if KEY not in st.session_state:
        known = st.context.cookies.get(COOKIE, "")
        st.session_state[KEY] = known if _is_token(known) else secrets.token_hex(16)
    return st.session_state[KEY]


def remember() -> None:
    """Agree with the browser on the token. To be called once by every page that starts work."""
    data = json.dumps({"name": COOKIE, "token": token(), "seconds": DAYS * 86400}).encode()
    held = _cookie(key="learner.cookie", data=data, on_held_change=lambda: None).held
    if isinstance(held, str) and _is_token(held):
        st.session_state[KEY] = held


def _is_token(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("0123456789abcdef")
