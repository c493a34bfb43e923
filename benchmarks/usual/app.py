"""The usual pattern, done with care: one Streamlit file, the training in a background thread of the visitor's session.

What people write who know both libraries: torch imported at the top, data cached, the loop in a daemon thread that appends to a list
in the session, a fragment that redraws st.line_chart every second, Stop by an Event, Train disabled while a thread lives. Streamlit's and
PyTorch's own settings, no queue, no second process. Network, pictures, optimizer and number of steps are those of the measured run.
Where FIRSTLIGHT_HOME is set, runs report there for the measurement; nothing waits for it.
"""

import json
import os
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st
import torch
from torch import nn
from torch.nn import functional as F

DIGITS = Path(__file__).parents[2] / "core" / "data" / "digits.npz"
LOG = Path(os.environ["FIRSTLIGHT_HOME"], "usual.jsonl") if "FIRSTLIGHT_HOME" in os.environ else None
TOLD_S = 1.0


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(256, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def features(self, x):
        return F.relu(self.conv1(x))

    def forward(self, x):
        x = F.max_pool2d(self.features(x), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))


@st.cache_data
def pictures():
    """Training pictures (N, 1, 28, 28) in [0, 1] and their labels."""
    with np.load(DIGITS) as stored:
        x = torch.from_numpy(stored["images"]).unsqueeze(1).float() / 255
        y = torch.from_numpy(stored["labels"]).long()
    x = F.interpolate(x, size=(28, 28), mode="bilinear", align_corners=False)
    return x[:1293], y[:1293]


@st.cache_resource
def untrained():
    torch.manual_seed(0)
    return LeNet5().eval()


class Training:
    """One press of Train: a thread, and what it has told so far."""

    def __init__(self, epochs, batch_size, lr):
        self.epochs, self.batch_size, self.lr = epochs, batch_size, lr
        self.id, self.learner = os.urandom(4).hex(), learner()
        self.losses, self.state, self.steps = [], "running", 0
        self.x, self.y = pictures()
        self.total = epochs * -(-len(self.x) // batch_size)
        self.stop, self.told = threading.Event(), 0.0
        self.tell()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        net = LeNet5()
        optimizer = torch.optim.Adam(net.parameters(), self.lr)
        for _ in range(self.epochs):
            for chosen in torch.randperm(len(self.x)).split(self.batch_size):
                if self.stop.is_set():
                    self.state = "stopped"
                    return self.tell()
                optimizer.zero_grad()
                loss = F.cross_entropy(net(self.x[chosen]), self.y[chosen])
                loss.backward()
                optimizer.step()
                self.steps += 1
                if self.steps % 5 == 0:
                    self.losses.append(loss.item())
                if time.monotonic() - self.told > TOLD_S:
                    self.tell()
        self.state = "done"
        self.tell()

    def tell(self):
        self.told = time.monotonic()
        if LOG:
            line = {"at": time.time(), "run": self.id, "learner": self.learner, "state": self.state, "steps": self.steps}
            with LOG.open("a") as log:
                log.write(json.dumps(line) + "\n")


def learner():
    """For the measurement only: who is who."""
    return st.context.cookies.get("firstlight_learner", "")


def home():
    st.title("PyTorch in the classroom")
    st.slider("Steps of the walk", 10, 90, 45, key="home.path")
    st.line_chart(np.random.default_rng(0).normal(size=st.session_state["home.path"]).cumsum())


def network():
    st.title("Inside the network")
    digit = st.slider("Picture", 0, 99, 0, key="network.digit")
    x, y = pictures()
    with torch.no_grad():
        maps = untrained().features(x[digit : digit + 1])[0]                # (6, 24, 24)
    left, right = st.columns(2)
    left.plotly_chart(px.imshow(x[digit, 0].numpy(), color_continuous_scale="gray", title=f"label {int(y[digit])}"), key="network.picture")
    right.plotly_chart(px.imshow(maps.numpy(), facet_col=0, facet_col_wrap=3), key="network.maps")


def train():
    st.title("Train a network")
    epochs = st.slider("Epochs", 1, 50, 50, key="train.epochs")
    batch_size = st.select_slider("Batch size", [4, 8, 16, 32, 64], 16, key="train.batch_size")
    lr = st.select_slider("Learning rate", [0.0005, 0.001, 0.002, 0.005], 0.002, key="train.lr")
    job = st.session_state.get("job")
    busy = job is not None and job.thread.is_alive()
    if st.button("Train", type="primary", disabled=busy, key="train.start"):
        st.session_state["job"] = Training(epochs, batch_size, lr)
        st.rerun()
    if job:
        st.fragment(panel, run_every=1.0 if busy else None)(busy)


def panel(was_busy):
    job = st.session_state["job"]
    busy = job.thread.is_alive()
    if was_busy and not busy:
        st.rerun()
    if busy and st.button("Stop", key="train.stop"):
        job.stop.set()
    st.progress(job.steps / job.total, f"{job.state}: step {job.steps} of {job.total}")
    st.line_chart(pd.DataFrame({"loss": job.losses}), height=400)


st.set_page_config(page_title="The usual pattern", layout="wide")
st.navigation([st.Page(home, title="Home", default=True), st.Page(network, title="Network"), st.Page(train, title="Train")]).run()
