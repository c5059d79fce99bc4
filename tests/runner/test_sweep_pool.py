"""Workers of a sweep: how many, with how many threads, and what happens when one dies."""

from __future__ import annotations

import os
import subprocess
import sys

from gramlib.runner.limits import cpu_limit
from gramlib.runner.sweep_pool import Pool, usual_jobs, worker_environment

ECHO = "import sys, json\nfor line in sys.stdin: print(json.dumps({'event': 'job_done', 'job': json.loads(line)['job']}), flush=True)"
DIES = "import os\ninput()\nos._exit(9)"


def test_workers_share_the_processors_unless_somebody_has_set_threads() -> None:
    made = worker_environment(10_000, {"PATH": "x"})
    assert (made["OMP_NUM_THREADS"], made["NUMBA_NUM_THREADS"], made["PATH"]) == ("1", "1", "x")
    assert worker_environment(1, {})["OMP_NUM_THREADS"] == str(max(1, int(cpu_limit())))
    assert worker_environment(2, {"OMP_NUM_THREADS": "7"})["OMP_NUM_THREADS"] == "7"
    assert 1 <= usual_jobs() <= (os.cpu_count() or 1)


def test_a_job_given_is_an_event_heard() -> None:
    with Pool(2, (sys.executable, "-c", ECHO)) as pool:
        for number, worker in enumerate(pool.workers):
            worker.give({"job": f"job {number}"})
        heard = sorted(pool.heard.get(timeout=20)[1]["job"] for _ in range(2))
    assert heard == ["job 0", "job 1"]


def test_a_worker_that_dies_is_told_with_its_job_and_can_be_replaced() -> None:
    with Pool(1, (sys.executable, "-c", DIES)) as pool:
        gone = pool.workers[0]
        gone.give({"job": "a"})
        worker, event = pool.heard.get(timeout=20)
        assert worker is gone and event == {"event": "worker_gone", "job": "a", "code": 9}
        pool.replace(gone)
        assert pool.workers[0] is not gone


def test_papermill_is_imported_without_a_grammar_that_takes_seconds_to_build() -> None:
    script = (
        "import sys\nfrom gramlib.runner import attempts\nattempts._load_papermill()\n"
        "print('jsonschema' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
