"""Back and Forward, as the browser's own buttons mean them."""

from streamlit.runtime.scriptrunner import get_script_run_ctx


def travelled() -> bool:
    """Whether this run was caused by Back or Forward. Its query is then no old one, however soon after our own it comes.

    Streamlit tells nobody in public. Where the name is missing, a step back counts once STALE_S have passed, like a followed link.
    """
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
