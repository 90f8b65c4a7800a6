"""For how many users a personal list has a right item, beside bestsellers: the one figure that several screens say.

It is measured by the newest evaluation of the data set group, on users whose later events were held out; before there
is one, by the training of the recipe with the highest hit rate, on its test users. The baseline is the stronger of the
two popularities that were measured, and the cut-off is 25 places, whatever the length of a list on a screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from services.backend import Backend, MetricEstimate
from services.laboratory.context import DONE, read_json
from services.laboratory.estimates import Estimate, estimate
from services.laboratory.ranking_metrics import PLACES
from services.laboratory.runs import EVALUATION, LabRuns, RunView
from services.language.metrics import verdict
from services.language.phrases import capital, percent
from services.personalize.recipe_names import (
    FOR_A_USER,
    HRNN,
    HRNN_COLDSTART,
    PERSONAL,
    PERSONAL_LISTS,
    POPULARITY_COUNT,
    answers_of,
)
from services.personalize.versions import VersionView

POPULARITY, UNSEEN_POPULARITY = "popularity", "popularity+unseen"
"""Names of the two baselines in an evaluation's tables: with and without items that a user has seen."""
BESTSELLERS, UNSEEN_BESTSELLERS = "bestsellers", "bestsellers they have not seen"
HIT_RATE = f"hit_rate_at_{PLACES}"
LISTS_OF_ALL = tuple(recipe for recipe in PERSONAL if recipe != HRNN_COLDSTART)
"""Recipes whose lists may hold any item, so that their hit rates can be compared with popularity's."""
LABEL = "People it is right for"
"""The label of the figure."""
SAME = 1e-9
"""A smaller difference of two values is none."""
PEOPLE, FACTS = "people.parquet", "facts.json"


@dataclass(frozen=True)
class HitRates:
    """The share of users whose list has a right item among 25: the recipe's, and that of the stronger popularity."""

    recipe: str
    """AWS's name."""
    model: float
    bestsellers: float
    unseen: bool
    """Whether the stronger popularity leaves out what a user has seen."""
    difference: Estimate
    n_users: int
    run: str = ""
    """The name of the evaluation; "" where a training measured it."""

    @property
    def verdict(self) -> str:
        """ "beats", "no clear difference", "loses to" or "too few people to tell (n = 12)"."""
        return verdict(self.difference, self.n_users)

    @property
    def subject(self) -> str:
        """What sentences call the recipe's lists."""
        return subject(self.recipe)

    @property
    def against(self) -> str:
        """What sentences call the stronger popularity."""
        return UNSEEN_BESTSELLERS if self.unseen else BESTSELLERS

    @property
    def points(self) -> str:
        """The difference in points of percent: "+10 points"."""
        return points(self.model, self.bestsellers)

    @property
    def is_clear(self) -> bool:
        """Whether a winner may be named: only then has the difference a colour."""
        return self.verdict in ("beats", "loses to")

    @property
    def measured(self) -> str:
        """Who measured it, in words."""
        of = f"{self.n_users:,} people"
        return f"{of} whose later events were held out" if self.run else f"{of} held out from the training"

    @property
    def about(self) -> str:
        """What the figure means, for its tooltip."""
        return (
            f"People who find something that they went on to choose among {PLACES} places: {self.measured}. "
            f"{capital(self.against)} are right for {percent(self.bestsellers)} ({self.verdict})."
        )

    @property
    def sentence(self) -> str:
        """The whole comparison, without a full stop; with the verdict where the recipe does not win."""
        values = f"right for {percent(self.model)} of people, {self.against} for {percent(self.bestsellers)}"
        return f"{self.subject} are {values}" + ("" if self.verdict == "beats" else f": {_lost(self.verdict)}")


def points(share: float, baseline: float) -> str:
    """Return the difference of two shares as they are shown: 68 % and 58 % are "+10 points" apart."""
    difference = round(100 * share) - round(100 * baseline)
    return f"{difference:+d} {'point' if abs(difference) == 1 else 'points'}"


def subject(recipe: str) -> str:
    """Return what sentences call a recipe's lists: "personal recommendations" for all that are personal."""
    return PERSONAL_LISTS if recipe in PERSONAL else answers_of(recipe)


def hit_rates(backend: Backend, group: str, trained: Sequence[VersionView]) -> HitRates | None:
    """Return the hit rates of a data set group, None before anything is measured; trained are its versions."""
    run = newest_evaluation(backend, group)
    return of_trainings(trained) if run is None else of_evaluation(run)


def newest_evaluation(backend: Backend, group: str) -> RunView | None:
    """Return the newest finished evaluation of lists for users that measured them one by one.

    AWS's own split gives means alone; similar items and rankings are no list for a user.
    """
    runs = LabRuns(backend.home).all(EVALUATION)
    of_group = (run for run in runs if run.state == DONE and run.parameters.get("group") == group)
    return next((run for run in of_group if (run.folder / PEOPLE).exists() and _of_users(run)), None)


def _of_users(run: RunView) -> bool:
    first = next(iter(run.parameters.get("recipes") or (HRNN,)))
    return str(first) in FOR_A_USER


def of_evaluation(run: RunView) -> HitRates:
    """Return what an evaluation has found. Raises FileNotFoundError where the run was deleted meanwhile."""
    first: dict[str, Any] = read_json(run.folder / FACTS)["contestants"][0]
    people = pd.read_parquet(run.folder / PEOPLE, columns=["method", HIT_RATE])
    values = {str(name): part.to_numpy(np.float64) for name, part in people.groupby("method", sort=False)[HIT_RATE]}
    model = values[str(first["key"])]
    baseline = max((name for name in (POPULARITY, UNSEEN_POPULARITY) if name in values), key=lambda n: values[n].mean())
    return HitRates(
        recipe=str(first["recipe"]),
        model=float(model.mean()),
        bestsellers=float(values[baseline].mean()),
        unseen=baseline == UNSEEN_POPULARITY,
        difference=estimate(model - values[baseline]),
        n_users=len(model),
        run=run.name,
    )


def of_trainings(trained: Sequence[VersionView]) -> HitRates | None:
    """Return the hit rates of the trained version with the highest one, None where none can be compared."""
    known = [version for version in trained if version.recipe in LISTS_OF_ALL and version.estimate(HIT_RATE)]
    if not known:
        return None
    version = max(known, key=lambda version: version.value(HIT_RATE) or 0.0)
    model, own = version.estimate(HIT_RATE), version.estimate(HIT_RATE, POPULARITY)
    stronger = stronger_popularity(trained, HIT_RATE, of=version)
    if model is None or own is None or stronger is None or version.evaluation is None:
        return None
    paired = stronger.value <= own.value + SAME
    difference = version.evaluation.model_minus_popularity[HIT_RATE] if paired else _unpaired(model, stronger)
    listed = next(
        (v.value(HIT_RATE) for v in trained if v.recipe == POPULARITY_COUNT and _same_users(v, version)), None
    )
    return HitRates(
        recipe=version.recipe,
        model=model.value,
        bestsellers=stronger.value,
        unseen=listed is not None and abs(listed - stronger.value) > SAME,
        difference=Estimate(difference.value, difference.low, difference.high),
        n_users=version.evaluation.n_users,
    )


def stronger_popularity(trained: Sequence[VersionView], metric: str, *, of: VersionView) -> MetricEstimate | None:
    """Return the highest value of popularity on a version's test users, None where it was not measured.

    A training measures popularity with or without seen items, as its recipe lists them; the recipe that counts
    popularity lists them always. All versions with as many test users as this one were measured on the same ones.
    """
    beside = [version for version in trained if _same_users(version, of)]
    found = [version.estimate(metric, POPULARITY) for version in beside]
    found += [version.estimate(metric) for version in beside if version.recipe == POPULARITY_COUNT]
    return max((one for one in found if one is not None), key=lambda one: one.value, default=None)


def own_popularity(version: VersionView, trained: Sequence[VersionView], metric: str) -> str:
    """Return which popularity a version was measured beside: that of all items, or without those a user has seen."""
    own = version.estimate(metric, POPULARITY)
    counted = next((v.value(metric) for v in trained if v.recipe == POPULARITY_COUNT and _same_users(v, version)), None)
    if own is None or counted is None or abs(counted - own.value) <= SAME:
        return BESTSELLERS
    return UNSEEN_BESTSELLERS


def _same_users(one: VersionView, other: VersionView) -> bool:
    if one.evaluation is None or other.evaluation is None:
        return False
    return one.evaluation.n_users == other.evaluation.n_users and one.event_type == other.event_type


def _unpaired(model: MetricEstimate, other: MetricEstimate) -> Estimate:
    """Return the difference of two means as if of different users: wider than the paired one, so no false winner."""
    difference = model.value - other.value
    half = float(np.hypot(model.high - model.low, other.high - other.low)) / 2
    return Estimate(difference, difference - half, difference + half)


def _lost(called: str) -> str:
    return "bestsellers win" if called == "loses to" else called
