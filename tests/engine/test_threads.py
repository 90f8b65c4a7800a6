"""The threads of a process that answers requests: one by default."""

import os
import subprocess
import sys

import pytest

from services.engine.threads import THREAD_VARIABLES

COUNTED = """
import numpy, threadpoolctl
from services.engine.threads import answer_with_one_thread
answer_with_one_thread()
import scipy.linalg
print(max(pool["num_threads"] for pool in threadpoolctl.threadpool_info()))
"""


@pytest.mark.parametrize(("given", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_libraries_loaded_before_and_after_get_one_thread_unless_the_environment_says_otherwise(given, threads):
    inherited = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    ran = subprocess.run([sys.executable, "-c", COUNTED], env=inherited | given, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == threads or os.cpu_count() == 1
