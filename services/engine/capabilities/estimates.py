"""How long a training or a batch job will take, in seconds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import TYPE_CHECKING

from services.engine.capabilities.jobs import TRAININGS, recipe_of
from services.engine.capabilities.models import version_of
from services.engine.recipes import registry

if TYPE_CHECKING:
    from services.engine.context import EngineContext

MEASURED_RULES = {
    "aws-popularity-count": (1.0, 3e-6),
    "aws-hrnn": (3.0, 2.2e-4),
    "aws-hrnn-metadata": (4.0, 3.5e-4),
    "aws-hrnn-coldstart": (6.0, 1.2e-4),
    "aws-user-personalization": (4.0, 3.5e-4),
    "aws-user-personalization-v2": (4.0, 3.5e-4),
    "aws-trending-now": (1.0, 4e-6),
    "aws-semantic-similarity": (2.0, 1e-6),
    "aws-item-affinity": (3.0, 1e-5),
    "aws-item-attribute-affinity": (1.5, 1e-5),
    "aws-next-best-action": (1.5, 1e-5),
    "aws-sims": (1.0, 6e-6),
    "aws-similar-items": (2.0, 3e-5),
    "aws-personalized-ranking": (3.0, 2.2e-4),
    "aws-personalized-ranking-v2": (4.0, 3.5e-4),
}
"""Expected seconds of a training: at its start, and per event, of a network at 100,000 events; used until this home has
its own figures. Seconds of the processor on a quiet machine, measured by `python -m benchmarks.training_seconds`."""
GROWTH = 0.77
"""Ten times the events are 5.9 times the seconds of a network: larger data are passed fewer times."""
BATCH_START_S, BATCH_LINE_S, BATCH_SCORE_S = 1.5, 4e-5, 2e-8
"""The same for batch jobs: a worker's start, one line, and one score."""


def training_seconds(context: EngineContext, recipe: str, n_events: int) -> float | None:
    """Estimate the seconds of a training from this home's jobs of similar size, else by a measured rule."""
    similar = [
        (abs(size["n_events"] - n_events), seconds * n_events / size["n_events"])
        for size, seconds in _finished_trainings(context, recipe)
        if n_events / 10 <= size["n_events"] <= n_events * 10
    ]
    if similar:
        return statistics.median(seconds for _, seconds in sorted(similar)[:3])
    if recipe not in MEASURED_RULES:
        return None
    start, per_event = MEASURED_RULES[recipe]
    if not registry.find(recipe).recipe_class.trains_on_all_users:
        n_events = round(100_000 * (n_events / 100_000) ** GROWTH)
    return start + per_event * n_events


def batch_seconds(context: EngineContext, solution_version_arn: str, n_lines: int) -> float | None:
    """Estimate the seconds of a batch job of this version from its last job, else by a measured rule."""
    version = version_of(context, solution_version_arn)
    if version is None or not version.body.get("_training_size"):
        return None
    jobs = context.resources.list("batch-inference-job", parent_arn=solution_version_arn)
    finished = [job["_batch"] for job in jobs if job.body.get("_batch", {}).get("lines")]
    if finished:
        return BATCH_START_S + float(finished[-1]["seconds"]) * n_lines / int(finished[-1]["lines"])
    per_line = BATCH_LINE_S + BATCH_SCORE_S * int(version["_training_size"]["n_items"])
    return BATCH_START_S + per_line * n_lines


def _finished_trainings(context: EngineContext, recipe: str) -> list[tuple[Mapping[str, int], float]]:
    trainings = []
    for job in context.queue.in_state("done"):
        if job.kind not in TRAININGS or job.started_at is None or job.ended_at is None:
            continue
        version = version_of(context, job.arn)
        if version is None or recipe_of(version) != recipe or not version.body.get("_training_size"):
            continue
        if version.body.get("performHPO"):  # includes the time of a search
            continue
        trainings.append((version["_training_size"], job.ended_at - job.started_at))
    return trainings
