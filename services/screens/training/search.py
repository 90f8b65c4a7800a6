"""The sentences about a search for the best settings: its trials, their metric, the gain."""

from collections.abc import Mapping, Sequence

from services.backend import Trial
from services.language.metrics import metric_label
from services.language.phrases import counted, in_seconds


def best_trial(trials: Sequence[Trial]) -> Trial | None:
    """Return the finished trial with the highest value, the earliest of equal ones."""
    finished = [trial for trial in trials if trial.state == "done" and trial.value is not None]
    return max(finished, key=lambda trial: trial.value or 0.0, default=None)


def trial_words(trial: Trial) -> str:
    """Return a trial's settings: "hidden_dimension 96, bptt 12"."""
    return ", ".join(f"{name} {value}" for name, value in trial.settings.items())


def search_sentence(trials: Sequence[Trial]) -> str:
    """Return the number of trials, the best one, and its gain over the default settings."""
    if not trials:
        return "No trial has finished yet."
    best, first = best_trial(trials), trials[0]
    how_many = counted(len(trials), "trial has finished", "trials have finished")
    if best is None or best.value is None:
        measured = "it could not be measured" if len(trials) == 1 else "none of them could be measured"
        return f"{how_many}; {measured} to the end."
    label = metric_label(best.metric)
    reached = (
        f"{how_many}; trial {best.number} is the best, {label} {best.value:.3f} on people held out to compare trials"
    )
    if best is first:
        return f"{reached}: the settings without a search."
    if first.value is None or first.state != "done":
        return f"{reached}."
    return f"{reached}, {best.value - first.value:+.3f} against trial 1, the settings without a search."


def offer_sentence(searchable: Sequence[str], by_hand: Mapping[str, str], n_trials: int, seconds: float | None) -> str:
    """Return what a search would try and its duration; searchable and by_hand hold names of hyperparameters."""
    free = [name for name in searchable if name not in by_hand]
    if not free:
        return f"Nothing is left to search: {', '.join(searchable)} are set by hand."
    takes = "" if seconds is None else f", about {in_seconds(seconds)} with the training after it"
    return f"Tries {', '.join(free)}: {counted(n_trials, 'trial', 'trials')}{takes}."


def tuned_words(value: str, default: str) -> str:
    """Return a value found by a search beside the default, in Markdown."""
    same = value.lower() == default.lower()
    return f"**{value}** :gray[(searched; {'the default' if same else f'default {default}'})]"
