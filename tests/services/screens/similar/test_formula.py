"""The formula against a count by hand, and against what the engine's own campaign answers through boto3."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from services.backend import Backend, open_backend
from services.library.cooccurrence import Hidden
from services.library.store import Library, LoadedData
from services.personalize import asking, campaigns, recipe_names
from services.personalize.campaigns import Campaign
from services.screens.similar.formula import SimsFormula, SimsSettings, settings_of

EVERYBODY = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.0, 1.0))


def formula(people: dict[int, list[int]], settings: SimsSettings = EVERYBODY) -> SimsFormula:
    users, items = np.array([(user, item) for user, own in people.items() for item in own], dtype=np.int64).T
    return SimsFormula(users, items, len(people), int(items.max()) + 1, settings)


PEOPLE = {0: [0, 1, 2], 1: [0, 1, 2], 2: [0, 2], 3: [2], 4: [2], 5: [2, 3], 6: [3], 7: [3]}
"""Three had item 0: two of them item 1, which nobody else had, all of them item 2, which most had."""


def test_discount_0_ranks_by_people_with_both_and_1_by_their_share() -> None:
    assert formula(PEOPLE).nearest(0, 0.0, 10).tolist() == [2, 1]
    assert formula(PEOPLE).nearest(0, 1.0, 10).tolist() == [1, 2]


def test_too_few_people_with_both_are_no_relation() -> None:
    few = SimsSettings(least_people=3, histories=(0.0, 1.0), items=(0.0, 1.0))
    assert formula(PEOPLE, few).nearest(0, 0.5, 10).tolist() == [2]


def test_items_outside_the_percentiles_are_nobodys_neighbours() -> None:
    bounded = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.0, 0.9))
    assert formula(PEOPLE, bounded).nearest(0, 0.0, 10).tolist() == [1]


def test_what_the_percentiles_hide_is_counted() -> None:
    assert formula(PEOPLE).hidden == Hidden(0, 0, 0.0)
    bounded = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.0, 0.9))
    assert formula(PEOPLE, bounded).hidden == Hidden(1, 1, 6 / 14)  # item 2, 6 of 14 events
    rare = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.3, 1.0))
    assert formula(PEOPLE, rare).hidden == Hidden(1, 0, 2 / 14)  # item 1, which two had


def test_people_outside_the_percentiles_do_not_count() -> None:
    short = SimsSettings(least_people=1, histories=(0.0, 0.8), items=(0.0, 1.0))
    assert formula(PEOPLE, short).nearest(0, 0.0, 10).tolist() == [2]


def test_the_limit_and_an_item_that_nobody_had() -> None:
    assert formula(PEOPLE).nearest(2, 0.0, 1).tolist() == [0]
    assert formula({0: [0, 2], 1: [2]}).nearest(1, 0.5, 5).tolist() == []


@pytest.fixture(scope="module")
def backend(sims_home: Path) -> Iterator[Backend]:
    opened = open_backend({}, sims_home)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def campaign(backend: Backend) -> Campaign:
    return campaigns.for_recipes(backend, "film-demo", recipe_names.FOR_AN_ITEM)[0]


@pytest.fixture(scope="module")
def data(sims_home: Path) -> LoadedData:
    found = Library(sims_home).open("film-demo")
    assert found is not None
    return found


def test_settings_are_those_of_the_version(backend: Backend, campaign: Campaign) -> None:
    assert settings_of(backend, campaign) == SimsSettings(event_type="watch")


def test_the_formula_gives_the_list_that_the_campaign_gives(
    backend: Backend, campaign: Campaign, data: LoadedData
) -> None:
    ids = list(data.catalog().ids)
    settings = settings_of(backend, campaign)
    people, items = data.pairs(settings.event_type)
    counted = SimsFormula(people, items, data.n_users, data.n_items, settings)
    compared = 0
    for item in range(0, len(ids), 25):
        mine = [ids[row] for row in counted.nearest(item, settings.discount, 10)]
        answer = asking.item_ids(asking.similar(backend, campaign, ids[item], 10))
        assert answer[: len(mine)] == mine
        compared += len(mine) == 10
    assert compared > 30
