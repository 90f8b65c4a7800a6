"""One test over many cases."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def over(cases: Iterable[Case]) -> Callable[[Callable[[Case], None]], Callable[[], None]]:
    """Return a decorator that runs a test for every case and names those that fail.

    For thousands of cases of a millisecond each: as a test of its own, pytest takes longer to collect and report one.
    """

    def decorate(test: Callable[[Case], None]) -> Callable[[], None]:
        def run() -> None:
            failed = []
            for case in cases:
                try:
                    test(case)
                except AssertionError as error:
                    failed.append(f"{case}: {error}")
            assert not failed, "\n".join(failed)

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate
