"""Runs core's long work outside the web process. Pages know only `jobs.client`; the rest is reached through the store."""
