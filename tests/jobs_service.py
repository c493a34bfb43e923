"""The job service as tests run it: with the counting job, without torch, impatient."""

import os
from dataclasses import replace
from pathlib import Path

from jobs import code_version, service
from jobs.kinds import JOBS
from jobs.limits import LIMITS

if __name__ == "__main__":
    JOBS["count"] = "tests.jobs_count:CountJob"
    service.PRELOAD = os.environ.get("TEST_PRELOAD", "jobs.worker tests.jobs_count").split()
    LIMITS["laptop"] = replace(
        LIMITS["laptop"], workers=2, turn_s=0.4, asks="TEST_ASKS" not in os.environ, heartbeat_s=1.5, kill_after_s=0.5, kill_grace_s=0.5,
        idle_exit_s=float(os.environ.get("TEST_IDLE_EXIT_S", "60")),
    )
    code_version.ROOT = Path(os.environ.get("TEST_CODE", code_version.ROOT))
    service.TIDY_S = 0.2
    service.FORKS = service.FORKS and "TEST_SPAWN" not in os.environ
    service.main()
