"""The campaigns of one evaluation and the lists that they answer.

Both are stored as soon as they exist, so that a failed run goes on from there and need not train again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from services.backend import Backend
from services.errors import ServiceError, service_errors
from services.laboratory import groups, ranking_metrics
from services.laboratory.context import RunContext, read_json
from services.laboratory.estimates import estimate
from services.laboratory.groups import Lists, Question
from services.laboratory.ranking_metrics import PLACES
from services.laboratory.stages import Update
from services.screens.evaluation.facts import Interim
from services.screens.evaluation.methods import Method
from services.screens.evaluation.plan import Contestant
from services.screens.evaluation.split import Split

CAMPAIGNS = "campaigns"
"""campaigns.json: ARN by Method.key."""
CHUNK = 200
"""Users whose lists are stored at a time."""
DEPTH = 100
"""Places of the stored lists."""


class Campaigns:
    """The campaigns of one run's data set group, by contestant."""

    def __init__(self, backend: Backend, context: RunContext, group: str) -> None:
        self._backend, self._context, self._group = backend, context, group
        self._arns: dict[str, str] = {}

    def find_kept(self, forget: Callable[[str], None]) -> bool:
        """Take over the campaigns of an earlier attempt that still answer, and tell whether there are any.

        forget is called with the key of every other one: another model will answer in its place.
        """
        for key, arn in self._stored().items():
            if self._exists(arn):
                self._arns[key] = arn
            else:
                forget(key)
        return bool(self._arns)

    def __contains__(self, contestant: Contestant) -> bool:
        return contestant.key in self._arns

    def __getitem__(self, contestant: Contestant) -> str:
        return self._arns[contestant.key]

    def train(self, contestant: Contestant, event_type: str | None, update: Update, group: str = "") -> None:
        """Train and deploy a contestant, and store its campaign; group is another one than the run's, "" for that."""
        self._arns[contestant.key] = groups.train_and_deploy(
            self._backend,
            group or self._group,
            contestant.method.name,
            name=f"{self._group}-{len(self._arns)}-{int(time.time()) % 100_000}",
            event_type=event_type,
            solution_config=contestant.solution_config or None,
            report=update,
            check_cancelled=self._context.check_cancelled,
        )
        self._context.write_json(CAMPAIGNS, self._arns)

    def _stored(self) -> dict[str, str]:
        try:
            return read_json(self._context.folder / f"{CAMPAIGNS}.json")
        except FileNotFoundError:
            return {}

    def _exists(self, arn: str) -> bool:
        try:
            with service_errors():
                self._backend.personalize.describe_campaign(campaignArn=arn)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return False
        return True


@dataclass
class Asking:
    """Asks the campaigns of one run."""

    backend: Backend
    context: RunContext
    threads: int
    seconds: float = field(default=0.0, init=False)
    """Spent on calls, of all campaigns."""

    def ask(
        self, contestant: Contestant, campaign: str, split: Split, question: Question, update: Update
    ) -> list[list[str]]:
        """Return all lists in the order of split.people; those of an earlier attempt are not asked for again.

        DEPTH places are asked for and stored, so that a filter's cost can be measured later; PLACES are returned.
        """
        people = split.people
        lists = {user: items for user, items in self._stored(contestant.key).items() if user in split.truth}
        missing = [user for user in people if user not in lists]
        began = time.monotonic()
        for first in range(0, len(missing), CHUNK):
            n_before = len(lists)

            def report(n: int, n_before: int = n_before) -> None:
                update((n_before + n) / len(people), f"{n_before + n:,} of {len(people):,} people")

            lists |= groups.ask_all(
                self.backend,
                campaign,
                missing[first : first + CHUNK],
                DEPTH,
                report=report,
                check_cancelled=self.context.check_cancelled,
                threads=self.threads,
                question=question,
            )
            self._store(contestant.key, lists)
            self.context.write_json("interim", _interim(contestant, lists, split).to_json())
        self.seconds += time.monotonic() - began
        update(1.0, f"{len(people):,} people")
        return [lists[user][:PLACES] for user in people]

    def forget(self, key: str) -> None:
        """Delete the stored lists of a method."""
        (self.context.folder / f"{Method.read(key).lists_file}.parquet").unlink(missing_ok=True)

    def _stored(self, key: str) -> Lists:
        path = self.context.folder / f"{Method.read(key).lists_file}.parquet"
        if not path.exists():
            return {}
        frame = pd.read_parquet(path)
        return {user: list(items) for user, items in zip(frame["user_id"], frame["items"], strict=True)}

    def _store(self, key: str, lists: Lists) -> None:
        self.context.write(
            Method.read(key).lists_file, pd.DataFrame({"user_id": list(lists), "items": list(lists.values())})
        )


def _interim(contestant: Contestant, lists: Lists, split: Split) -> Interim:
    """Return the hit rate so far, as if the run ended now."""
    hits = ranking_metrics.hits(list(lists.values()), [split.truth[user] for user in lists])
    rate = estimate(np.asarray(hits.any(axis=1), np.float64))
    return Interim(contestant.words, len(lists), len(split.people), rate.value, rate.low, rate.high)
