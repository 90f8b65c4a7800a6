"""How an engine that is like AWS behaves: durations, rates and rights, as frozen data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """What `serve --like-aws` was asked for."""

    seconds: float = 2.0
    """Shortest duration of a change of a resource; each takes up to LONGEST times as long."""

    seed: int = 0
    """Of the durations: the same seed and the same names give the same ones."""

    rate: float = 10.0
    """Requests per second of each operation of the control plane, twice as many at once; 0 is without a limit.
    AWS documents 1 and does not document how many at once."""

    session_s: float = 0.0
    """Seconds after its first request in which an access key is valid; 0 is for ever."""

    event_s: float = 1.0
    """Shortest time until an event, item or user that was put is seen; each takes up to twice as long."""

    iam_endpoint_url: str | None = None
    """Where roles are asked for; None checks no rights."""
