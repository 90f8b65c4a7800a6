"""Follow a training to its end, and stop it."""

from collections.abc import Callable

from services.backend import Backend
from services.errors import TrainingError
from services.personalize.training import stop
from services.personalize.versions import VersionView, version
from services.personalize.waiting import poll_seconds, wait_until


def follow(
    backend: Backend,
    version_arn: str,
    report: Callable[[float | None, str], None],
    check_cancelled: Callable[[], None],
) -> VersionView | None:
    """Follow a training until it ends and return the version; None when it was deleted meanwhile.

    When check_cancelled raises, the training is stopped, and the error raised again once it has stopped.
    """

    def on_poll(view: VersionView | None) -> None:
        try:
            check_cancelled()
        except Exception:
            stop_and_wait(backend, version_arn)
            raise
        if view is not None:
            report(*_progress(view))

    return wait_until(
        lambda: version(backend, version_arn), _has_ended, interval_s=poll_seconds(backend), on_poll=on_poll
    )


def stop_and_wait(backend: Backend, version_arn: str) -> None:
    """Stop a training and wait until it has stopped; does nothing when it has ended already."""
    try:
        stop(backend, version_arn)
    except TrainingError:
        return
    wait_until(lambda: version(backend, version_arn), _has_ended, interval_s=poll_seconds(backend))


def _has_ended(view: VersionView | None) -> bool:
    return view is None or not view.running


def _progress(view: VersionView) -> tuple[float | None, str]:
    """Return the fraction that is done, None on AWS, and the current stage with its note."""
    if view.job is None:
        return None, view.status.lower()
    stage = view.job.stage
    parts = [stage.name, stage.note] if stage is not None else ["waiting for the worker"]
    return view.job.fraction, " · ".join(part for part in parts if part)
