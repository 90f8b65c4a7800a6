"""The progress of a search: the trial's number, its progress and the best value so far."""

from dataclasses import replace

from services.engine.jobs.progress import JobProgress
from services.engine.jobs.records import Trial


class SearchProgress:
    """Fills one stage of a job from its trials, over all recipes searched; a SearchReport of jobs/search/trials.py."""

    def __init__(self, progress: JobProgress, n_trials: int) -> None:
        """n_trials: the number of planned trials of all recipes."""
        self._progress = progress
        self._n_trials = n_trials
        self._n_finished = 0
        self._best: float | None = None

    def update(self, fraction: float, note: str = "") -> None:
        """Report the fraction of the current trial, 0 to 1. Raises JobStopped when a stop was requested."""
        best = "" if self._best is None else f"best so far {self._best:.4f}"
        words = [f"trial {min(self._n_finished + 1, self._n_trials)} of {self._n_trials}", note, best]
        done = (self._n_finished + min(fraction, 0.999)) / self._n_trials
        self._progress.update(done, ", ".join(word for word in words if word))

    def finished(self, trial: Trial) -> None:
        """Store a finished trial and log it."""
        self._n_finished += 1
        self._progress.trial(replace(trial, number=self._n_finished))
        settings = ", ".join(f"{name} {value}" for name, value in trial.settings.items())
        words = [] if trial.state == "done" else [trial.state]
        if trial.value is not None:
            words.append(f"{trial.metric} {trial.value:.4f}")
            if trial.state == "done" and (self._best is None or trial.value > self._best):
                self._best = trial.value
                words.append("the best so far")
        words.append(f"{trial.seconds:.1f} s")
        note = f". {trial.note}" if trial.note else "."
        self._progress.log(f"Trial {self._n_finished}, {trial.recipe} with {settings}: {', '.join(words)}{note}")

    def skip(self, n_trials: int, sentence: str) -> None:
        """Log why planned trials are skipped."""
        self._n_trials = max(1, self._n_trials - n_trials)
        self._progress.log(sentence)
