"""The sentences about a cold start run that is planned, running or stopped."""

import numpy as np

from services.backend import Backend
from services.laboratory.context import CANCELLED
from services.laboratory.runs import RunView
from services.language.phrases import counted, percent
from services.library.store import LoadedData
from services.money.sentences import before_run
from services.personalize.legacy.stand_ins import current
from services.progress import StepState
from services.screens.cold_start.parameters import RECIPE, Parameters
from services.screens.cold_start.split import ALL, LATER_SHARE, MIN_NEW, TIME

SPLIT_WORDS = {
    ALL: "every event of the new ones counts (Amazon's test)",
    TIME: "only what came after one moment counts",
}


def run_name(parameters: Parameters) -> str:
    """Return the name of a new run: "50 % new, 3 draws, split in time, genres, exploration"."""
    parts = [f"{percent(parameters.share)} new"]
    parts.append("1 draw" if parameters.n_seeds == 1 else f"{parameters.n_seeds} draws")
    if parameters.split == TIME:
        parts.append("split in time")
    if parameters.columns is not None:
        parts.append(" + ".join(name.lower() for name in parameters.columns))
    if parameters.column_sets:
        parts.append("each column alone")
    if parameters.exploration:
        parts.append("exploration")
    return ", ".join(parts)


def problem(data: LoadedData, parameters: Parameters) -> str:
    """Return why a run would be refused, "" where nothing is known beforehand."""
    n_new = round(parameters.share * data.n_items)
    if n_new < MIN_NEW:
        return (
            f"{n_new:,} of {data.n_items:,} items would be new; the recipe needs at least {MIN_NEW}. "
            "Hold out more, or load data with more items."
        )
    return ""


def known(data: LoadedData, parameters: Parameters) -> str:
    """Return what is known of a run before its start: who is asked, for what, how much is left to learn from."""
    users, items = data.pairs(data.event_type)
    n_users, n_with_events = len(np.unique(users)), len(np.unique(items))
    asked = min(parameters.n_people, n_users)
    which = "all" if asked == n_users else "a random sample of"
    left = (1 - parameters.share) * len(items) * (1 - LATER_SHARE if parameters.split == TIME else 1)
    n_new = counted(round(parameters.share * n_with_events), f"new {data.words.noun}", f"new {data.words.nouns}")
    return (
        f"Asks {which} {counted(asked, 'person', 'people')} for {n_new}; about {round(left, -2):,.0f} of "
        f"{counted(len(items), 'event', 'events')} are left to learn from."
    )


def aws_words(backend: Backend, parameters: Parameters) -> str:
    """Return what a run makes and costs on AWS, "" on this machine."""
    if backend.kind != "aws":
        return ""
    n = parameters.n_seeds * (1 + len(parameters.column_sets)) + parameters.exploration
    return (
        f"On AWS this imports the data {parameters.n_seeds + parameters.exploration} times and makes {n} trainings and "
        f"campaigns, about an hour each, and costs money; all of it is deleted afterwards. "
        f"{before_run(backend, [current(backend, RECIPE).recipe] * n)} "
        f"{current(backend, RECIPE).differs}"
    ).strip()


def asked_words(n: int, n_all: int) -> str:
    """Return how many users have been asked so far."""
    return f"{n:,} of {n_all:,} people asked"


def stopped_words(run: RunView) -> str:
    """Return why a run stopped or failed, where, and what of it is kept."""
    failed = next((step for step in run.steps if step.state == StepState.FAILED), None)
    where = f"“{failed.label}” did not work: " if failed is not None else ""
    reason = run.reason or ("Somebody pressed Stop." if run.state == CANCELLED else "No reason was given.")
    n_done = sum(step.state == StepState.DONE for step in run.steps)
    return f"{where}{reason} {counted(n_done, 'step is', 'steps are')} finished; finished draws are kept."
