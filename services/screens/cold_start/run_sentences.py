"""The sentences about a cold start run that is planned, running or stopped."""

from services.backend import Backend
from services.laboratory.context import CANCELLED
from services.laboratory.runs import RunView
from services.language.phrases import counted, percent
from services.library.store import LoadedData
from services.progress import StepState
from services.screens.cold_start.parameters import Parameters
from services.screens.cold_start.split import ALL, MIN_NEW, TIME

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


def aws_words(backend: Backend, parameters: Parameters) -> str:
    """Return what a run makes and costs on AWS, "" on this machine."""
    if backend.kind != "aws":
        return ""
    n = parameters.n_seeds * (1 + len(parameters.column_sets)) + parameters.exploration
    return (
        f"On AWS this imports the data {parameters.n_seeds + parameters.exploration} times and makes {n} trainings and "
        f"campaigns, about an hour each, and costs money; all of it is deleted afterwards."
    )


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
