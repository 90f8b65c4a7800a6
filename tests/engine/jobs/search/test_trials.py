"""The search itself, on a recipe that is quick and whose best setting is known."""

from dataclasses import replace

import numpy as np
import pytest

from services.engine.data.vocabulary import Vocabulary
from services.engine.errors import JobFailed, JobStopped
from services.engine.jobs.evaluation.split import sequence_split
from services.engine.jobs.search.candidates import Candidate, best_candidate
from services.engine.jobs.search.plan import SearchedParameter, SearchPlan
from services.engine.recipes.base import Histories, Recipe, TrainingData, TrainOptions
from services.engine.recipes.counting.popularity import PopularityModel

N_USERS, N_EVENTS, N_ITEMS, WANTED = 200, 10, 100, 70
HIT_RATE = "precision_at_25"


class Report:
    """Records the reports of a search."""

    def __init__(self):
        self.trials = []

    def update(self, fraction, note=""):
        pass

    def finished(self, trial):
        self.trials.append(trial)


class Favourites(Recipe):
    """Shows the items around a number, the same to every user; records its training data."""

    name = "favourites"

    def __init__(self, fails_above=N_ITEMS):
        self.fails_above = fails_above
        self.seen = []

    def train(self, data, options, progress, validation=None):
        centre = options.hyperparameters["centre"]
        if centre > self.fails_above:
            raise ValueError(f"{centre} is too much")
        self.seen.append(data.histories)
        counts = (N_ITEMS - np.abs(np.arange(N_ITEMS) - centre)).astype(np.int64)
        model = PopularityModel(counts)
        for epoch in range(1, 5):
            progress.update(epoch / 4, f"epoch {epoch} of 4")
            if validation is not None:
                progress.curve_point(epoch, validation(model))
        return model


def histories():
    """Users who take items at random and then WANTED; each user's first item is the user's own number."""
    rng = np.random.default_rng(0)
    items = rng.integers(0, N_ITEMS, (N_USERS, N_EVENTS)).astype(np.int32)
    items[:, -1] = WANTED
    offsets = np.arange(N_USERS + 1, dtype=np.int64) * N_EVENTS
    times = np.tile(np.arange(N_EVENTS, dtype=np.int64), N_USERS)
    return Histories(offsets, items.ravel(), times, N_ITEMS)


def candidate(recipe=None):
    data, empty = histories(), Vocabulary.from_ids([])
    options = TrainOptions({"centre": 10})
    return Candidate(recipe or Favourites(), options, TrainingData(data), empty, empty, sequence_split(data))


def plan(n_trials=12, low=0, high=N_ITEMS - 1, first=10):
    return SearchPlan(
        "favourites", (SearchedParameter("centre", "integer", low, high, first=first),), n_trials, HIT_RATE
    )


def users_with_events(found):
    return set(np.flatnonzero(found.lengths() > 0).tolist())


def test_search_finds_a_setting_that_is_better_than_the_first():
    report = Report()
    best = candidate().search(plan(), report)
    assert abs(best.settings["centre"] - WANTED) <= 12  # the list of 25 reaches WANTED
    assert report.trials[0].settings == {"centre": "10"}
    assert [trial.number for trial in report.trials] == list(range(1, 13))
    assert best.value == max(trial.value for trial in report.trials if trial.state == "done")
    assert report.trials[0].value == 0.0


def test_search_is_the_same_twice():
    first, second = Report(), Report()
    candidate().search(plan(), first)
    candidate().search(plan(), second)
    assert [trial.settings for trial in first.trials] == [trial.settings for trial in second.trials]


def test_trials_see_neither_test_users_nor_validation_users():
    recipe = Favourites()
    searched = candidate(recipe)
    searched.search(plan(3), Report())
    test_users = set(searched.split.test_users.tolist())
    final = users_with_events(searched.training())
    assert len(test_users) == 20
    assert final == set(range(N_USERS)) - test_users
    for seen in recipe.seen:
        assert users_with_events(seen) < final
        assert len(users_with_events(seen)) == 135  # a quarter of the 180 who are left judges the trials


def test_test_users_do_not_move_the_search():
    """Whatever the test users did, the trials have the same values."""
    searched, report, other = candidate(), Report(), Report()
    searched.search(plan(5), report)
    of_test = np.repeat(~searched.split.train_users, searched.data.histories.lengths())
    changed = np.where(of_test, np.int32(3), searched.data.histories.items).astype(np.int32)
    data = replace(searched.data, histories=replace(searched.data.histories, items=changed))
    replace(searched, data=data).search(plan(5), other)
    assert [(t.settings, t.value, t.state) for t in report.trials] == [
        (t.settings, t.value, t.state) for t in other.trials
    ]


def test_settings_that_fail_are_failed_trials():
    report = Report()
    best = candidate(Favourites(fails_above=85)).search(plan(20), report)
    failed = [trial for trial in report.trials if trial.state == "failed"]
    assert failed
    assert all(trial.value is None and "is too much" in trial.note for trial in failed)
    assert best.settings["centre"] <= 85


def test_search_fails_with_the_first_reason_when_every_trial_does():
    with pytest.raises(JobFailed, match=r"None of 4 trials of favourites could be trained\. 10 is too much"):
        candidate(Favourites(fails_above=-1)).search(plan(4), Report())


def test_settings_are_not_trained_twice():
    report = Report()
    candidate().search(plan(8, low=10, high=12), report)
    assert len({trial.settings["centre"] for trial in report.trials}) == len(report.trials) <= 3


def test_trials_that_fall_behind_are_stopped_early_and_never_win():
    report = Report()
    best = candidate().search(plan(20, first=WANTED), report)
    early = [trial for trial in report.trials if trial.state == "stopped early"]
    assert early
    assert all(trial.value is not None and trial.value <= best.value for trial in early)
    assert best.settings == {"centre": WANTED}


def test_stop_ends_a_search():
    class Stopping(Report):
        def update(self, fraction, note=""):
            if len(self.trials) == 2 and fraction > 0.5:
                raise JobStopped("A user requested it.")

    report = Stopping()
    with pytest.raises(JobStopped):
        candidate().search(plan(), report)
    assert len(report.trials) == 2


class Progress:
    """Records the reports to a job's progress."""

    def __init__(self):
        self.notes, self.fractions, self.lines, self.trials = [], [], [], []

    def update(self, fraction, note=""):
        self.fractions.append(fraction)
        self.notes.append(note)

    def trial(self, trial):
        self.trials.append(trial)

    def log(self, line):
        self.lines.append(line)


class NeedsColumns(Favourites):
    name = "needs-columns"
    uses_metadata = True


def test_the_best_of_several_recipes_is_chosen_and_unsuited_ones_are_left_out():
    recipes = [NeedsColumns(), Favourites(fails_above=-1), Favourites()]
    plans = [replace(plan(4), recipe=name) for name in ("needs-columns", "failing", "favourites")]
    progress = Progress()
    chosen, best = best_candidate([candidate(recipe) for recipe in recipes], plans, progress)
    assert chosen.recipe is recipes[2]
    assert best.plan.recipe == "favourites"
    assert chosen.options.hyperparameters == dict(best.settings)
    assert progress.lines[0].startswith("needs-columns is left out: there is no column")
    assert [trial.number for trial in progress.trials] == list(range(1, 9))
    assert "trial 5 of 8, epoch 1 of 4" in progress.notes
    assert progress.notes[-1].startswith("trial 8 of 8")
    assert progress.fractions == sorted(progress.fractions)


def test_no_recipe_that_can_be_trained_is_a_failure_in_words():
    with pytest.raises(JobFailed, match="10 is too much"):
        best_candidate([candidate(Favourites(fails_above=-1))] * 2, [plan(2)] * 2, Progress())
