"""A step of the guided story, and the data and campaigns that it is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from services.backend import Backend
from services.laboratory import follow, hit_rates
from services.laboratory.runs import COLD_START, RunView
from services.library.catalog import Catalog
from services.library.people import People
from services.library.store import LoadedData
from services.library.tastes import Tastes
from services.lists.cast import Cast
from services.personalize import asking, campaigns
from services.personalize.campaigns import Campaign


@dataclass(frozen=True)
class StoryStep:
    """One step of the story."""

    key: str
    screen: str
    """Key of the screen."""
    title: str
    say: str
    """One sentence to say."""
    do: str
    """One thing to click."""
    number: str
    """One number to point at, "" while it cannot be computed."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The choices of the screen, by parameter of its address."""
    after_event: int = 0
    """The number is no longer a surprise after this event of a replay; 0 where nothing is played."""
    missing: str = "not deployed yet"
    """The words in the number's place while it is ""."""


@dataclass(frozen=True)
class Stage:
    """The data, users and campaigns that the steps are computed from."""

    backend: Backend
    group: str
    data: LoadedData
    catalog: Catalog
    people: People
    tastes: Tastes
    cast: Cast
    count: int
    """Length of the lists."""

    def campaign(self, recipes: Sequence[str], *, first: str = "") -> Campaign | None:
        """Return the campaign of one of these recipes, preferably of `first`; None when none is active."""
        active = campaigns.for_recipes(self.backend, self.group, recipes)
        return min(active, key=lambda campaign: campaign.recipe != first, default=None)

    @cached_property
    def for_an_item(self) -> Campaign | None:
        """What Similar shows first; None when nothing answers for an item."""
        return next(iter(campaigns.for_an_item(self.backend, self.group)), None)

    @cached_property
    def for_a_list(self) -> Campaign | None:
        """What Ranking shows first; None when nothing orders a list."""
        return next(iter(campaigns.for_a_list(self.backend, self.group)), None)

    def answer(self, campaign: Campaign, user_id: str) -> list[str]:
        """Return the item ids of a user's list."""
        return asking.item_ids(asking.recommend(self.backend, campaign, user_id, self.count))

    @cached_property
    def cold_start(self) -> RunView | None:
        """The newest finished Cold start run on this data."""
        return follow.finished(self.backend, COLD_START, self.group)

    @cached_property
    def evaluation(self) -> RunView | None:
        """The evaluation that says for how many users the lists are right."""
        return hit_rates.newest_evaluation(self.backend, self.group)
