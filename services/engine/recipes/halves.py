"""Two halves of a computation, side by side where a second thread may help. Torch; for training only.

The loss takes more than half of a training and falls into independent halves of its rows. What is computed, and in
which order it is added up, does not depend on whether a second thread takes part, so the model does not either. Torch
releases Python's lock while it computes, so two Python threads use two cores; they wait without busy loops.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TypeVar

import torch

T = TypeVar("T")

_helper: ContextVar[Executor | None] = ContextVar("helper", default=None)


@contextmanager
def computing_threads(n_threads: int) -> Iterator[None]:
    """Use this many threads, and flush denormals, which cost hundreds of cycles each.

    The second one is a helper for halves; from four on, torch divides single operations too, which changes roundings.
    """
    before, of_operations = torch.get_num_threads(), max(1, n_threads // 2)
    _prepare(of_operations)
    helper = ThreadPoolExecutor(1, "halves", _prepare, (of_operations,)) if n_threads > 1 else None
    token = _helper.set(helper)
    try:
        yield
    finally:
        _helper.reset(token)
        if helper is not None:
            helper.shutdown()
        torch.set_flush_denormal(False)
        torch.set_num_threads(before)


def in_halves(n_rows: int, compute: Callable[[int, int], T]) -> tuple[T, T]:
    """Return compute(start, end) of the first and of the second half of the rows."""
    middle, helper = n_rows // 2, _helper.get()
    if helper is None:
        return compute(0, middle), compute(middle, n_rows)
    first = helper.submit(_without_gradients, partial(compute, 0, middle))
    try:
        second = compute(middle, n_rows)
    finally:
        half = first.result()
    return half, second


def _without_gradients(compute: Callable[[], T]) -> T:
    with torch.no_grad():  # belongs to a thread
        return compute()


def _prepare(n_threads: int) -> None:
    """Set what torch keeps for each thread."""
    torch.set_num_threads(n_threads)
    torch.set_flush_denormal(True)
