"""Runs that have ended, put into the store without a service: computed here, by the jobs themselves."""

import dataclasses
import json
from pathlib import Path

import pytest

from core.train import TrainSpec
from jobs import client
from jobs.home import run_folder
from jobs.kinds import Job
from jobs.kinds.evaluation import EvaluateJob
from jobs.kinds.train import TrainJob
from jobs.store import opened


def own_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of this test's own, and nobody who works on it. A worker sets its process up for one run; a test must not."""
    monkeypatch.setenv("FIRSTLIGHT_HOME", str(home))
    monkeypatch.setattr("jobs.starter.ensure_service", lambda: None)
    monkeypatch.setattr("jobs.kinds.train.for_one_run", lambda spec: None)


def trained(learner: str, title: str = "", **settings: object) -> str:
    """A run of a few steps, done; its id."""
    spec = dataclasses.asdict(TrainSpec(**{"train_images": 100, "epochs": 2, **settings}))
    run = _done(client.submit("train", spec, learner), TrainJob(spec))
    client.rename(run, learner, title)
    return run


def evaluated(learner: str, run: str) -> str:
    """The evaluation of a run as the page asks for it; its id."""
    found = client.status(run)
    spec = {"network": found.spec["network"], "dataset": found.spec["dataset"], "weights": run, "step": found.done, "trained": found.spec}
    return _done(client.submit("evaluate", spec, learner), EvaluateJob(spec))


def _done(run: str, job: Job) -> str:
    records = [record for record in job.records() if record is not None]
    job.save(run_folder(run))
    done, total = job.progress()
    with opened() as db:
        db.execute("UPDATE runs SET state = 'done', attempt = 1, done = ?, total = ?, elapsed_s = 1.5, ended = created WHERE id = ?",
                   (done, total, run))
        lines = [(run, seq, json.dumps({**record, "at_s": seq / 100})) for seq, record in enumerate(records, start=1)]
        db.executemany("INSERT INTO events (run, seq, attempt, json) VALUES (?, ?, 1, ?)", lines)
    return run
