"""The search for the best settings: optuna proposes settings, and a trial trains with them and measures the model.

The test users of GetSolutionMetrics do not take part. The users are split twice:

    test users         a tenth (jobs/evaluation/split.py), for the metrics alone; no trial reads their events
    validation users   a tenth of the others, or up to a quarter to reach 500 of them; a trial reads the oldest 90 %
                       of their events and predicts the newest 10 %
    all others         every trial trains on them; the final training also uses the validation users

The first trial uses the settings of a training without a search, so the result is never worse on the validation users.
The tree-structured Parzen estimator proposes the next ones (Bergstra et al. 2011), with a fixed seed. A trial below the
median of the finished ones after half of its training is stopped early (median rule, Golovin et al. 2017).
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.engine.errors import EngineError, JobFailed
from services.engine.jobs.evaluation.metrics import evaluate_model
from services.engine.jobs.evaluation.split import TestSplit, sequence_split
from services.engine.jobs.evaluation.versions import evaluate_related_items
from services.engine.jobs.records import Trial
from services.engine.jobs.search.plan import SearchedParameter, SearchPlan
from services.engine.recipes.base import Histories, Model, Progress, RelatedItemsModel, UserModel, Validation
from services.engine.recipes.hyperparameters import to_text

logger = logging.getLogger(__name__)

VALIDATION_SEED = 1
TARGET_USERS, MAX_USERS = 500, 2000
MIN_SHARE, MAX_SHARE = 0.1, 0.25
SEED = 0
MAX_RANDOM_TRIALS = 10
"""Maximum number of random trials before the estimator proposes settings; a third of all trials if that is less."""
MIN_FINISHED_TRIALS = 3
"""Number of finished trials from which on a trial may be stopped early."""
FAILURES = (JobFailed, EngineError, MemoryError, ArithmeticError, RuntimeError, ValueError)
"""Errors that settings can cause, such as too little memory or data. Any other error fails the job."""

TrainTrial = Callable[[Mapping[str, Any], Progress, Validation | None], Model]
"""Trains with these typed hyperparameters; the caller knows the other settings."""


class SearchReport(Protocol):
    """Receives the progress of a search; jobs/search/progress.py implements it."""

    def update(self, fraction: float, note: str) -> None:
        """Report the fraction of the current trial, 0 to 1. Raises JobStopped."""

    def finished(self, trial: Trial) -> None:
        """Report the result of the current trial."""


@dataclass(frozen=True)
class BestTrial:
    """The best trial of a search."""

    plan: SearchPlan
    settings: Mapping[str, Any]
    """The searched hyperparameters, typed."""
    value: float

    def beats(self, other: "BestTrial | None") -> bool:
        """Return whether this trial is better; a tie goes to the other one."""
        return other is None or self.value > other.value


def validation_split(histories: Histories) -> TestSplit:
    """Split the training users into training and validation users; histories contain no events of test users."""
    n_users = int((histories.lengths() >= 2).sum())
    share = min(max(TARGET_USERS / max(n_users, 1), MIN_SHARE), MAX_SHARE)
    return sequence_split(histories, VALIDATION_SEED, share).sample(MAX_USERS)


def search(plan: SearchPlan, split: TestSplit, train: TrainTrial, report: SearchReport) -> BestTrial:
    """Train plan.n_trials times and return the best. split is that of validation_split(); train() must not use its
    users.

    Settings that were proposed before are not trained again, so a small range has fewer trials. Raises JobFailed with
    the first reason when no trial could be trained, and JobStopped when a stop was requested.
    """
    return _Search(plan, split, train, report).run()


class _Search:
    def __init__(self, plan: SearchPlan, split: TestSplit, train: TrainTrial, report: SearchReport) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._optuna: Any = optuna
        self._plan, self._train, self._report = plan, train, report
        self._measure = _Measure(split, plan.metric)
        n_random = min(MAX_RANDOM_TRIALS, max(MIN_FINISHED_TRIALS, plan.n_trials // 3))
        self._study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=SEED, n_startup_trials=n_random),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=MIN_FINISHED_TRIALS),
        )
        self._study.enqueue_trial({searched.name: searched.first for searched in plan.searched})
        self._known: dict[tuple[Any, ...], Trial] = {}
        self._half_way: float | None = None  # an epoch; known after the first trial

    def run(self) -> BestTrial:
        best: BestTrial | None = None
        distributions = {searched.name: _distribution(self._optuna, searched) for searched in self._plan.searched}
        for _ in range(4 * self._plan.n_trials):  # more than the trials, because proposals may repeat
            if len(self._known) == self._plan.n_trials:
                break
            proposed = self._study.ask(distributions)
            settings = {s.name: _typed(s, proposed.params[s.name]) for s in self._plan.searched}
            key = tuple(settings.values())
            is_new = key not in self._known
            if is_new:
                self._known[key] = self._try(proposed, settings)
            trial = self._known[key]
            self._report_to_study(proposed, trial)
            if is_new and trial.state == "done" and trial.value is not None:
                candidate = BestTrial(self._plan, settings, trial.value)
                best = candidate if candidate.beats(best) else best
        if best is None:
            first, n_trials = next(iter(self._known.values())), len(self._known)
            raise JobFailed(f"None of {n_trials} trials of {self._plan.recipe} could be trained. {first.note}")
        return best

    def _try(self, proposed: Any, settings: Mapping[str, Any]) -> Trial:
        """Train and measure once; report and return the trial."""
        progress = _TrialProgress(self._report, proposed, self._half_way, self._optuna.TrialPruned)
        value: float | None
        self._report.update(0.0, "")
        started, state, note = time.monotonic(), "done", ""
        try:
            value = self._measure(self._train(settings, progress, self._measure))
            if not math.isfinite(value):
                raise ArithmeticError(f"{self._plan.metric} came out as {value}.")
            self._half_way = progress.last_epoch / 2 if self._half_way is None else self._half_way
        except self._optuna.TrialPruned:
            state, value = "stopped early", progress.last_value
        except FAILURES as error:
            state, value, note = "failed", None, str(error) or type(error).__name__
            logger.warning("trial failed recipe=%s settings=%s", self._plan.recipe, settings, exc_info=True)
        texts = {name: to_text(setting) for name, setting in settings.items()}
        seconds = round(time.monotonic() - started, 3)
        number = len(self._known) + 1
        trial = Trial(number, self._plan.recipe, texts, self._plan.metric, state, value, seconds, note)
        self._report.finished(trial)
        return trial

    def _report_to_study(self, proposed: Any, trial: Trial) -> None:
        states = self._optuna.trial.TrialState
        if trial.state == "done":
            self._study.tell(proposed, trial.value)
        else:
            self._study.tell(proposed, state=states.FAIL if trial.state == "failed" else states.PRUNED)


class _Measure:
    """Measures a model, also a partly trained one, on the validation users (a recipes.base.Validation)."""

    def __init__(self, split: TestSplit, metric: str) -> None:
        self._split, self._metric = split, metric

    def __call__(self, model: Model) -> float:
        inputs, targets = self._split.inputs, self._split.targets
        if isinstance(model, UserModel):
            return evaluate_model(model, inputs, targets).metrics()[self._metric]
        if isinstance(model, RelatedItemsModel):
            return evaluate_related_items(model, inputs, targets).metrics()[self._metric]
        raise TypeError(f"{type(model).__name__} answers neither for users nor for items")


class _TrialProgress:
    """The recipes.base.Progress of one trial: forwards the progress, and stops a trial that is below the median."""

    def __init__(self, report: SearchReport, trial: Any, half_way: float | None, pruned: type[Exception]) -> None:
        self._report, self._trial, self._half_way, self._pruned = report, trial, half_way, pruned
        self.last_epoch = 0.0
        self.last_value: float | None = None

    def update(self, fraction: float, note: str = "") -> None:
        self._report.update(fraction, note)

    def curve_point(self, epoch: float, value: float) -> None:
        self.last_epoch, self.last_value = epoch, value
        self._trial.report(value, round(1000 * epoch))
        if self._half_way is not None and epoch >= self._half_way and self._trial.should_prune():
            raise self._pruned


def _distribution(optuna: Any, searched: SearchedParameter) -> Any:
    """Return the range as optuna's distribution; integers that span a factor of four have a logarithmic scale."""
    if searched.kind == "categorical":
        return optuna.distributions.CategoricalDistribution(searched.choices)
    if searched.kind == "integer":
        log = searched.low >= 1 and searched.high >= 4 * searched.low
        return optuna.distributions.IntDistribution(int(searched.low), int(searched.high), log=log)
    return optuna.distributions.FloatDistribution(searched.low, searched.high)


def _typed(searched: SearchedParameter, value: Any) -> Any:
    """Return a proposed value with the recipe's type; "true" and "false" become booleans."""
    if searched.kind == "categorical":
        return {"true": True, "false": False}.get(value, value)
    return round(value, 4) if searched.kind == "float" else int(value)
