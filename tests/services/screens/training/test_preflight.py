"""What is known of a training before it is started."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from services.library.prepared import FILE_ORDER, PreparedData
from services.library.schemas import propose_schema
from services.library.store import LoadedData
from services.personalize.recipe_names import HRNN, HRNN_COLDSTART, POPULARITY_COUNT, SIMS
from services.screens.training.preflight import NO_LIMITS, Preflight, basis, preflight
from tests.services.screens.cold_start import worlds
from tests.services.screens.cold_start.worlds import sweet_and_sour

NOW = 1_700_000_000.0


def known(
    home: Path, data: PreparedData, recipe: str = HRNN, event_type: str | None = None, **settings: str
) -> Preflight:
    loaded: LoadedData = worlds.data(home, data)
    return preflight(loaded, basis(loaded, event_type), recipe, settings, event_type, NOW)


def test_people_who_will_be_asked_and_rows_that_count_are_told(tmp_path: Path) -> None:
    found = known(tmp_path, sweet_and_sour())
    assert found.problems == ()
    assert found.notes == (
        "2,400 events to train on.",
        "Metrics are measured on 6 people, a tenth of those with two events or more.",
    )


def test_rows_that_repeat_another_one_are_counted_once(tmp_path: Path) -> None:
    data = sweet_and_sour()
    twice = data.with_frame(
        "Interactions", pd.concat([data.interactions, data.interactions.head(3)], ignore_index=True)
    )
    assert known(tmp_path, twice).notes[0] == (
        "2,400 events to train on: of 2,403, 3 rows repeat another exactly and count once."
    )


def test_too_few_events_of_a_type_are_told_before_the_start(tmp_path: Path) -> None:
    data = sweet_and_sour()
    rare = data.interactions.assign(EVENT_TYPE=["buy" if n < 40 else "watch" for n in range(len(data.interactions))])
    found = known(tmp_path, data.with_frame("Interactions", rare), event_type="buy")
    assert found.problems == ("There are 40 events of the type buy; a training needs 1,000.",)


def test_repeats_may_leave_too_few(tmp_path: Path) -> None:
    data = sweet_and_sour()
    half = data.interactions.head(600)
    doubled = data.with_frame("Interactions", pd.concat([half, half], ignore_index=True))
    (problem,) = known(tmp_path, doubled, POPULARITY_COUNT).problems
    assert problem == "There are 600 events once 600 repeats are left out; a training needs 1,000."


def test_too_few_people_with_two_events(tmp_path: Path) -> None:
    data = sweet_and_sour()
    alone = data.interactions.assign(USER_ID=[f"v{n}" for n in range(len(data.interactions))])
    (problem,) = known(tmp_path, data.with_frame("Interactions", alone)).problems
    assert problem == "0 people have two events or more; a training needs 25."


def test_an_order_in_place_of_times_is_told(tmp_path: Path) -> None:
    found = known(tmp_path, replace(sweet_and_sour(), time_kind=FILE_ORDER))
    assert "No column says when: metrics hold out what stands last in the file, not what came later." in found.notes


def test_one_time_for_all_is_told(tmp_path: Path) -> None:
    data = sweet_and_sour()
    same = data.with_frame("Interactions", data.interactions.assign(TIMESTAMP=1_600_000_000))
    assert "All events have one time, so nothing can be learned from their order." in known(tmp_path, same).notes


def dated(n_new: int) -> PreparedData:
    """The shop with items that were created on the last day, so many of them with fewer than 15 events."""
    data = sweet_and_sour()
    assert data.items is not None
    few = data.interactions["ITEM_ID"].value_counts().sort_values()
    last = int(data.interactions["TIMESTAMP"].max())
    rare = set(few.index[:n_new])
    created = [last if item in rare else 1_000_000_000 for item in data.items["ITEM_ID"]]
    items = data.items.assign(CREATION_TIMESTAMP=created)
    schemas = {**data.schemas, "Items": propose_schema("Items", items, data.roles)}
    return replace(data.with_frame("Items", items), schemas=schemas)


def test_both_rules_of_new_items_must_hold_and_the_card_says_so(tmp_path: Path) -> None:
    (problem,) = known(tmp_path, dated(3), HRNN_COLDSTART).problems
    assert problem.startswith("3 items are new. Both rules must hold: ")
    assert "3 are younger than 5 days; the recipe needs 100 to 80,000 new ones." in problem
    found = known(tmp_path, dated(120), HRNN_COLDSTART, cold_start_max_interactions="100")
    assert found.problems == ()
    assert (
        "120 items are new. Both rules must hold: 240 of 240 have fewer than 100 events, 120 are younger"
        in (found.notes[-1])
    )


def test_items_without_columns_recognise_nothing(tmp_path: Path) -> None:
    data = sweet_and_sour()
    bare = replace(data, items=None, schemas={"Interactions": data.schemas["Interactions"]})
    (problem,) = known(tmp_path, bare, HRNN_COLDSTART).problems
    assert "no categorical or numeric column" in problem


@pytest.mark.parametrize("lifted", [False, True])
def test_similar_items_tells_what_its_percentiles_hide(tmp_path: Path, lifted: bool) -> None:
    data = sweet_and_sour()
    hits = data.interactions.head(1_200).assign(ITEM_ID=[f"i{n % 12:03d}" for n in range(1_200)])
    loud = data.with_frame("Interactions", pd.concat([data.interactions, hits], ignore_index=True))
    found = known(tmp_path, loud, SIMS, **(NO_LIMITS if lifted else {}))
    assert found.hidden is not None
    if lifted:
        assert found.hidden.n_items == 0
        return
    assert found.hidden.n_items >= 12
    assert found.hidden.share > 0.33
    assert found.notes[-1].startswith("Never listed: ")
    assert "of 240 films, with " in found.notes[-1]
