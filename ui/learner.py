"""Who is asking: a random token in a cookie of the browser. No name, no account, never in the URL."""

import secrets

import streamlit as st

COOKIE = "firstlight_learner"
DAYS = 90
KEY = "learner"

_WRITE_COOKIE = """
export default function ({ data }) {
  if (!document.cookie.split("; ").some((c) => c.startsWith(data.name + "="))) {
    document.cookie = `${data.name}=${data.token}; path=/; max-age=${data.seconds}; SameSite=Lax`
  }
}
"""
_cookie = st.components.v2.component("firstlight_cookie", js=_WRITE_COOKIE, html="<span></span>")


def token() -> str:
    """The same for every visit of this browser, as long as it keeps its cookies."""
    if KEY not in st.session_state:
        known = st.context.cookies.get(COOKIE, "")
        st.session_state[KEY] = known if known.isalnum() and len(known) == 32 else secrets.token_hex(16)
    return st.session_state[KEY]


def remember() -> None:
    """Let the browser keep the token. To be called once by every page that starts work."""
    _cookie(key="learner.cookie", data={"name": COOKIE, "token": token(), "seconds": DAYS * 86400})
