"""How a search tells people where it is: the trial's number, how far it is, the best value so far."""

from dataclasses import replace

from services.engine.jobs.progress import JobProgress
from services.engine.jobs.records import Trial


class SearchProgress:
    """Fills one stage of a job from its trials, over all recipes searched; a SearchReport of jobs/search/trials.py."""

    def __init__(self, progress: JobProgress, n_trials: int) -> None:
        """n_trials: how many are planned in all."""
        self._progress = progress
        self._n_trials = n_trials
        self._n_finished = 0
        self._best: float | None = None

    def update(self, fraction: float, note: str = "") -> None:
        """Say how far the present trial is, 0 to 1. Raises JobStopped when a person asked to stop."""
        best = "" if self._best is None else f"best so far {self._best:.4f}"
        words = [f"trial {min(self._n_finished + 1, self._n_trials)} of {self._n_trials}", note, best]
        done = (self._n_finished + min(fraction, 0.999)) / self._n_trials
        self._progress.update(done, ", ".join(word for word in words if word))

    def finished(self, trial: Trial) -> None:
        """Write a finished trial down, for the screen and in the log."""
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
        """Say why trials that were planned are not made."""
        self._n_trials = max(1, self._n_trials - n_trials)
        self._progress.log(sentence)
