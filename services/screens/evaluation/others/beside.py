"""A finished evaluation with lists of other recommenders beside its own: the same people, truth and metrics.

Whoever one of the lists leaves out counts for nobody: every method's figures are those of the people that all have a
list for, so differences stay paired.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from services.errors import DataError
from services.laboratory.ranking_metrics import PLACES
from services.other_lists.kept import OtherLists
from services.screens.evaluation.frames import Lists, lists_frame, people_frame, summary
from services.screens.evaluation.measures import measure
from services.screens.evaluation.methods import OTHER, TAKEN, Method
from services.screens.evaluation.others.basis import Basis
from services.screens.evaluation.results import EvaluationResult


def method_of(other: OtherLists) -> Method:
    """Return the method of lists of another recommender."""
    return Method(f"{OTHER}{other.id}")


def n_covered(result: EvaluationResult, other: OtherLists) -> int:
    """Return how many of the people whom a result asked have a list."""
    return sum(user in other.lists for user in result.truth)


class BesideOthers(EvaluationResult):
    """A finished run and other lists. Measuring them takes a second for 10,000 people."""

    def __init__(self, folder: Path, basis: Basis, others: Sequence[OtherLists]) -> None:
        """Raises DataError where no person has a list of each."""
        super().__init__(folder)
        self._basis, self._others = basis, tuple(others)
        whole = EvaluationResult(folder)
        everybody = list(whole.users["user_id"])
        self.asked = [user for user in everybody if all(user in other.lists for other in others)]
        """The people who are compared, in the order of users."""
        if not self.asked:
            names = ", ".join(other.name for other in others)
            raise DataError(f"None of the {len(everybody):,} people of this result has a list of {names}.")
        self._whole, self._fewer = whole, len(self.asked) < len(everybody)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the other lists."""
        return tuple(other.id for other in self._others)

    @property
    def whole(self) -> EvaluationResult:
        """The run alone, with everybody whom it asked."""
        return self._whole

    @property
    def n_left_out(self) -> int:
        """How many people of the run have no list."""
        return len(self._whole.users) - len(self.asked)

    @cached_property
    def words(self) -> dict[Method, str]:
        """The names of what was trained and of the other recommenders."""
        return {**self._whole.words, **{method_of(other): other.name for other in self._others}}

    @property
    def other_methods(self) -> list[Method]:
        """The other recommenders."""
        return [method_of(other) for other in self._others]

    @property
    def own_models(self) -> list[Method]:
        """What was trained."""
        return [method for method in self.models if not method.other]

    @cached_property
    def truth(self) -> dict[str, list[str]]:
        """What every compared user took afterwards."""
        return {user: self._whole.truth[user] for user in self.asked}

    @cached_property
    def users(self) -> pd.DataFrame:
        """Return user_id, n_known, n_truth and the segments of the compared users."""
        return self._of_asked(self._whole.users)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Return user_id, method and every "METRIC_at_K" that the run has."""
        own = self._of_asked(self._whole.people)
        found = people_frame(
            self.asked, {m: measure(self._lists[m], self._truth, self._basis.items) for m in self._lists}
        )
        return pd.concat([own, found[[name for name in own.columns if name in found]]], ignore_index=True)

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Return user_id, method, items, hits."""
        own = self._of_asked(self._whole.lists)
        return pd.concat([own, lists_frame(self.asked, self._lists, self._truth)], ignore_index=True)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Return method, metric, k, value, low, high; of all methods over the compared users."""
        own, taken = self._whole.summary, self._whole.summary["method"] == TAKEN.key
        if self._fewer:
            return pd.concat([self._measured(self.people, own), own[taken]], ignore_index=True)
        others = self.people["method"].isin([method.key for method in self._lists])
        return pd.concat([own, self._measured(self.people[others], own)], ignore_index=True)

    def _measured(self, people: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the summary for a part of people, of the metrics that the run has."""
        names = [name for name in people.columns if name not in ("user_id", "method")]
        shown = {str(key): part["items"] for key, part in self.lists.groupby("method", sort=False)}
        values, lists = {}, {}
        for key, part in people.groupby("method", sort=False):
            method = Method.read(str(key))
            values[method] = {name: part[name].to_numpy(np.float64) for name in names}
            lists[method] = [list(items) for items in shown[str(key)]]
        found = summary(lists, values, self._basis.items, self._truth)
        known = set(zip(own["metric"], own["k"], strict=True))
        of_run = np.array([pair in known for pair in zip(found["metric"], found["k"], strict=True)])
        return found[of_run & (found["method"] != TAKEN.key).to_numpy()].dropna(subset=["value"])

    def deep_lists(self, method: Method) -> dict[str, list[str]]:
        """Return each compared user's list as far as it is known."""
        other = next((one for one in self._others if method_of(one) == method), None)
        if other is not None:
            return {user: list(other.lists[user]) for user in self.asked}
        lists = self._whole.deep_lists(method)
        return {user: lists[user] for user in self.asked}

    @cached_property
    def _lists(self) -> dict[Method, Lists]:
        return {method_of(other): [list(other.lists[user][:PLACES]) for user in self.asked] for other in self._others}

    @cached_property
    def _truth(self) -> list[list[str]]:
        return [self.truth[user] for user in self.asked]

    def _of_asked(self, frame: pd.DataFrame) -> pd.DataFrame:
        if not self._fewer:
            return frame
        return frame[frame["user_id"].isin(set(self.asked))].reset_index(drop=True)
