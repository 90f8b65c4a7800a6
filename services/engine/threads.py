"""One thread for the linear algebra of a process that answers requests.

An answer needs a few small matrix products, for which a second thread gains little. On two cores it costs much: during
a training, OpenBLAS's threads wait for each other in busy loops, and the reasons of a list took 220 to 1,000 ms instead
of 16 (benchmarks/reasons.py with OPENBLAS_NUM_THREADS 2 and 1). jobs/launcher.py sets the worker's number of threads.
"""

import os

from threadpoolctl import threadpool_limits

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def answer_with_one_thread() -> None:
    """Limit this process to one thread, also for libraries imported later; environment variables take precedence."""
    if any(os.environ.get(name) for name in THREAD_VARIABLES):
        return
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    threadpool_limits(1, user_api="blas")
