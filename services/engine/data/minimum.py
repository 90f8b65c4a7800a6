"""AWS's minimum of training data, with AWS's messages (Amazon Personalize endpoints and quotas)."""

from services.engine.errors import JobFailed
from services.engine.recipes.base import Histories

MIN_INTERACTIONS = 1000
"""The dashboard's data check repeats this number on purpose: it checks data for AWS too and knows no engine."""
MIN_ACTIVE_USERS = 25
MIN_ACTIVE_SHARE = 0.01
"""Minimum share of the users with at least 2 interactions."""


def check_minimum_data(histories: Histories, event_type: str | None = None) -> None:
    """Raise JobFailed when these (filtered) interactions are too few to train on."""
    n_events = histories.n_events
    if n_events < MIN_INTERACTIONS:
        words = f"Dataset has fewer than {MIN_INTERACTIONS} interactions"
        words += f" after filtering by event type: {event_type}" if event_type is not None else ""
        remedy = "Import more" if event_type is None else "Import more, or choose another event type or threshold"
        raise JobFailed(f"Create failed. {words}. It has {n_events:,}. {remedy}.")
    lengths = histories.lengths()
    n_users, n_active = int((lengths > 0).sum()), int((lengths >= 2).sum())
    if n_active < MIN_ACTIVE_USERS:
        raise JobFailed(
            f"Create failed. Dataset has fewer than {MIN_ACTIVE_USERS} users with at least 2 interactions each. It has "
            f"{n_active:,}. Import more interactions."
        )
    if n_active < MIN_ACTIVE_SHARE * n_users:
        raise JobFailed(
            f"Create failed. Only {n_active:,} of {n_users:,} users have at least 2 interactions; at least "
            f"{MIN_ACTIVE_SHARE:.0%} must. Import more interactions of the same users."
        )
