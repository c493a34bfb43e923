"""What the learner should know while a run goes on: it does not learn, channels died, the system interfered."""

import streamlit as st

from content.text import Text
from jobs import client
from ui import say
from ui.train.history import History
from ui.train.words import cause, epoch

ABOVE = 2                                            # times the share that guessing gets right, from which on it is more than luck


def draw(t: Text, found: client.Status, past: History) -> None:
    if past.resumed and (found.active or found.state == "done" and past.resumed["code"] != "continued"):   # else its end has its own words
        st.info(_resumed(t, found, past.resumed), icon=":material/history:")
    elif found.active and found.cause and found.cause["code"] != "continued":        # interrupted, and not yet at work again
        st.info(t("train.goes_on"), icon=":material/history:")
    if not_learning(past):
        chance, judged = past.started.get("chance_loss"), [epoch["judged_loss"] for epoch in past.epochs]
        right, classes = [_accuracy(epoch) for epoch in past.epochs], past.started.get("classes", 10)
        learned = past.epochs[-1].get("train_accuracy") or 0.0
        key = f"train.{_trouble(right, learned, classes)}"
        st.warning(t(key, learned=f"{learned:.0%}", loss=f"{judged[-1]:.3f}", best=f"{max(right):.0%}", right=f"{right[-1]:.0%}",
                     chance=f"{chance:.3f}" if chance else "ln(10)"), icon=":material/trending_flat:")
    for layer, channels in past.alarm.items():
        listed = ", ".join(map(str, channels))
        many = "one" if len(channels) == 1 else "many"
        st.markdown(f":orange[:material/skull: {t(f'train.dead.{many}', layer=layer, channels=listed, n=len(channels))}]")


def not_learning(past: History) -> bool:
    return bool(past.epochs) and not past.epochs[-1]["learning"]


def _accuracy(epoch: dict) -> float:
    """On validation pictures where there are any. Runs of older versions have told less."""
    found = epoch.get("val_accuracy")
    return (epoch.get("train_accuracy") if found is None else found) or 0.0


def _trouble(right: list[float], learned: float, classes: int) -> str:
    """What a loss above that of guessing means: the shares of right answers tell, of validation pictures and of those learned from."""
    better = min(ABOVE / classes, (1 + 1 / classes) / 2)                   # of two classes guessing gets half right
    if right[-1] >= better:
        return "too_sure"
    if max(right) >= min(2 * better, 1.0):
        return "forgot"
    return "by_heart" if learned >= better else "not_learning"


def _resumed(t: Text, found: client.Status, record: dict) -> str:
    """Why it was interrupted, and from where it went on."""
    code, from_epoch = record["code"], epoch(found, record.get("done", 0))
    key = f"train.resumed.{code}"
    if not t.has(key):
        return say.together(t, cause(t, record), t("train.resumed.other", epoch=from_epoch))
    return t(key, epoch=from_epoch, at=record.get("at", ""))
