"""Hostile expressions: nothing is executed, nothing but SpecError comes out, and every answer is quick and small.

FIRSTLIGHT_FUZZ says how many damaged or enlarged expressions are tried, 400 if it is not set.
"""

import json
import os
import subprocess
import sys

import pytest
import torch
from expressions import EXCESSIVE, FORBIDDEN, named, real, same

from core.errors import SpecError
from core.expression.budget import BYTES
from core.expression.evaluate import evaluate
from tests.conftest import ROOT

pytestmark = pytest.mark.filterwarnings("ignore")          # PyTorch's advice is no refusal
COUNT = int(os.environ.get("FIRSTLIGHT_FUZZ", "400"))
WATCHED = """
import json, random, resource, sys, time, warnings
sys.path.insert(0, "tests")
warnings.simplefilter("ignore")
import torch
torch.set_num_threads(1)
from expressions import EXAMPLES, HOSTILE, enlarged, mutated, named
from core.errors import SpecError
from core.expression.evaluate import evaluate

tensors, told = named(), {"slowest": [0, 0, ""], "events": [], "uncaught": [], "codes": {}}
def answer(text):
    start, cpu = time.perf_counter(), time.process_time()
    try:
        evaluation = evaluate(text, tensors)
        code = "failed" if evaluation.failure else "computed"
        if "meta" in str(evaluation.failure).lower():
            told["uncaught"].append([text, str(evaluation.failure)])
    except SpecError as refused:
        code = refused.code
    except BaseException as uncaught:
        code = "uncaught"
        told["uncaught"].append([text, repr(uncaught)])
    told["codes"][code] = told["codes"].get(code, 0) + 1
    told["slowest"] = max(told["slowest"], [time.process_time() - cpu, time.perf_counter() - start, text])

for text in EXAMPLES:                                # what PyTorch imports at first use is there before the watch begins
    answer(text)

def watch(event, args):
    ours = event == "compile" and args[1] == "<unknown>"   # ast.parse, which makes no code
    if not ours and event.partition(".")[0] in PLACES:
        told["events"].append([event, repr(args)[:200], now])

PLACES = {"open", "exec", "import", "compile", "marshal", "code", "pickle", "os", "subprocess", "socket", "ctypes", "shutil", "pty"}
told.update(slowest=[0, 0, ""], codes={})
before, rng, now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, random.Random(int(sys.argv[2])), ""
sys.addaudithook(watch)
for now in [*HOSTILE, *(rng.choice((mutated, enlarged))(rng) for _ in range(int(sys.argv[1])))]:
    answer(now)
now = "exec('1')"                                    # the watch works
exec("1")
told["more_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(json.dumps(told))
"""


def test_there_are_hundreds_of_written_attacks():
    assert len(set(FORBIDDEN)) > 200
    assert len(set(EXCESSIVE)) > 200


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_is_forbidden_is_refused_before_anything_of_it_is_used(text):
    with pytest.raises(SpecError):
        evaluate(text, named())


@pytest.mark.parametrize("text", EXCESSIVE, ids=ascii)
def test_what_asks_for_too_much_is_refused_or_is_what_pytorch_gives(text):
    try:
        ours = evaluate(text, named())
    except SpecError:
        return
    theirs, error = real(ours.text) if ours.failure is None else (None, None)
    assert error is None
    assert ours.failure is not None or same(ours.value, theirs)
    assert not any(isinstance(step.value, torch.Tensor) and step.value.numel() > 10**6 for step in ours.steps)


def test_damaged_and_enlarged_expressions_execute_nothing_and_are_answered_quickly_within_the_memory():
    command = [sys.executable, "-c", WATCHED, str(COUNT), "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    print(told["slowest"], told["more_mb"], told["codes"])
    assert told["uncaught"] == []
    assert {event[2] for event in told["events"]} == {"exec('1')"}, told["events"][:5]
    assert told["slowest"][0] < 2, told["slowest"]
    assert told["more_mb"] * 10**6 < 5 * BYTES       # done twice, copies inside one operation, PyTorch's own reserve
