"""Whose weights the trained copy wears: ours, a run of this learner, or whatever a link names."""

import streamlit as st

from content.text import Text
from core import weights
from core.architecture.plan import buildable
from core.models import LENETS
from jobs import client
from jobs.artifacts import WEIGHTS
from ui import box, learner
from ui.architecture.current import own
from ui.link import key_of

RUNS = 10                                            # the latest ones are offered


def mine() -> list[client.Status]:
    """This learner's latest runs: read once, for both boxes."""
    return client.list_runs(learner.token(), "train")[:RUNS]


def networks(mine: list[client.Status]) -> tuple[str, ...]:
    """The introductions' four, the one that is being edited, and those that this learner has trained."""
    trained = (str(run.spec.get("network")) for run in mine)
    return tuple(dict.fromkeys((*LENETS, *own(), *filter(buildable, trained))))


def control(t: Text, network: str, mine: list[client.Status]) -> str:
    """A box of weights that fit the network; "" stands for ours, and for none where a learner's own network has not been trained yet."""
    key = key_of("lenet", "weights")
    runs = [run.id for run in mine if run.spec.get("network") == network and client.artifact(run.id, WEIGHTS)]
    linked = st.session_state[key]
    if linked and linked not in runs and weights.header(raw(linked) or b"").get("network", network) == network and raw(linked):
        runs.append(linked)
    elif linked and linked not in runs:
        st.caption(t("train.gone"))
    offered = ["", *runs] if network in LENETS or not runs else runs
    if linked not in offered:
        st.session_state[key] = offered[0]
    names = {run: t("lenet.untrained") if not run and network not in LENETS else label(t, run) for run in offered}
    return box.choose(t, t("fields.weights.label"), names, key, help=t("fields.weights.help"), persist_state="session")


def raw(run: str) -> bytes | None:
    """The weights file of a run or an upload; None for ours, or when it is gone."""
    path = client.artifact(run, WEIGHTS) if run else None
    return path.read_bytes() if path else None


def label(t: Text, run: str) -> str:
    return t("lenet.run", run=run) if run else t("lenet.ours")
