"""The contract of the demo's data: its shape, its quotas and the stories of its personas."""

import json

import numpy as np
import pandas as pd
import pytest

from services.sources.film_demo.calendar import FIRST_DAY, LAST_DAY, epoch_of
from services.sources.film_demo.films import Films, load_films
from services.sources.film_demo.generator import DemoData, generate
from services.sources.film_demo.taste_rules import members
from services.sources.film_demo.viewers import BEN, JO, KIM, MAX, NORA, PERSONAS, SAM
from services.sources.load import load_demo

EVENING_S = 6 * 3600
SEEDS = (42, 1, 2)


@pytest.fixture(scope="module")
def films() -> Films:
    return load_films()


@pytest.fixture(scope="module", params=SEEDS)
def demo(request: pytest.FixtureRequest) -> DemoData:
    return generate(request.param)


def events_of(demo: DemoData, persona: int, event_type: str | None = None) -> pd.DataFrame:
    events = demo.interactions[demo.interactions["USER_ID"] == PERSONAS[persona].user_id]
    return events if event_type is None else events[events["EVENT_TYPE"] == event_type]


def rows_of(demo: DemoData, events: pd.DataFrame) -> np.ndarray:
    return pd.Index(demo.items["ITEM_ID"]).get_indexer(events["ITEM_ID"])


def test_the_catalogue_has_about_1500_films_with_facts(films: Films) -> None:
    table = films.table
    assert 1_450 <= len(table) <= 1_550
    assert table["ITEM_ID"].is_unique
    assert not table.duplicated(["TITLE", "YEAR"]).any()
    assert table[["TITLE", "YEAR", "GENRES", "DIRECTOR", "CAST", "RELEASED"]].notna().all().all()


def test_every_taste_has_at_least_30_films(films: Films) -> None:
    assert {name: int(mask.sum()) for name, mask in members(films.table).items() if mask.sum() < 30} == {}


def test_the_first_twelve_genres_have_at_least_40_films(films: Films) -> None:
    counts = films.table["GENRES"].str.split("|").explode().value_counts()
    assert counts.iloc[11] >= 40


def test_series_are_whole_and_in_order_of_release(films: Films) -> None:
    series = films.table.dropna(subset=["SERIES"])
    for _, parts in series.groupby("SERIES"):
        ordered = parts.sort_values("PART")
        assert ordered["PART"].tolist() == list(range(1, len(parts) + 1))
        assert ordered["YEAR"].is_monotonic_increasing
    sizes = series["SERIES"].value_counts()
    assert sizes["Star Trek"] >= 9
    assert sizes["Friday the 13th"] >= 8
    assert sizes["Halloween"] >= 7
    assert sizes["Star Wars"] >= 4


def test_ten_to_fifteen_new_films_enter_each_month(films: Films) -> None:
    days = pd.to_datetime(films.table["RELEASED"])
    new = days[days > pd.Timestamp(FIRST_DAY)]
    per_month = new.dt.to_period("M").value_counts()
    assert len(per_month) == 12
    assert per_month.between(10, 15).all()


def test_size_and_calendar(demo: DemoData) -> None:
    times = demo.interactions["TIMESTAMP"]
    assert 90_000 <= len(demo.interactions) <= 112_000
    assert len(demo.users) == 1_000
    assert times.min() >= epoch_of(FIRST_DAY)
    assert times.max() < epoch_of(LAST_DAY + 1)
    assert times.is_monotonic_increasing
    assert times.max() > epoch_of(LAST_DAY - 3)


def test_a_seed_gives_the_same_data_and_another_seed_does_not() -> None:
    first, again, other = generate(5, 60), generate(5, 60), generate(6, 60)
    pd.testing.assert_frame_equal(first.interactions, again.interactions)
    assert not first.interactions.equals(other.interactions)


def test_a_film_is_watched_once_and_only_ratings_have_a_value(demo: DemoData) -> None:
    events = demo.interactions
    watched = events[events["EVENT_TYPE"] == "watch"]
    assert not watched.duplicated(["USER_ID", "ITEM_ID"]).any()
    rated = events["EVENT_TYPE"] == "rate"
    assert events.loc[rated, "EVENT_VALUE"].between(1, 5).all()
    assert events.loc[~rated, "EVENT_VALUE"].isna().all()
    assert set(events["EVENT_TYPE"]) == {"trailer", "watch", "rate"}
    # a trailer is seen and a rating given by who watched the film
    pairs = set(zip(watched["USER_ID"], watched["ITEM_ID"], strict=True))
    assert set(zip(events["USER_ID"], events["ITEM_ID"], strict=True)) == pairs


def test_nothing_is_watched_before_it_is_out(demo: DemoData) -> None:
    created = demo.items.set_index("ITEM_ID")["CREATION_TIMESTAMP"]
    assert (demo.interactions["TIMESTAMP"].to_numpy() >= created[demo.interactions["ITEM_ID"]].to_numpy()).all()


def test_the_ten_most_watched_take_6_to_12_percent_and_the_tail_is_long(demo: DemoData) -> None:
    counts = demo.interactions["ITEM_ID"].value_counts()
    assert 0.06 <= counts.head(10).sum() / counts.sum() <= 0.12
    assert len(counts) >= 0.95 * len(demo.items)


def test_about_half_of_the_next_films_of_an_evening_come_from_its_thread(demo: DemoData, films: Films) -> None:
    watched = demo.interactions[demo.interactions["EVENT_TYPE"] == "watch"]
    watched = watched.sort_values(["USER_ID", "TIMESTAMP"], kind="stable")
    film, user, time = rows_of(demo, watched), watched["USER_ID"].to_numpy(), watched["TIMESTAMP"].to_numpy()
    same_evening = (user[1:] == user[:-1]) & (np.diff(time) < EVENING_S)
    before, after = film[:-1][same_evening], film[1:][same_evening]
    series = (films.series[before] >= 0) & (films.series[before] == films.series[after])
    assert 0.38 <= (series | (films.director[before] == films.director[after])).mean() <= 0.62


@pytest.mark.parametrize("persona", [row for row in range(8) if row != KIM])
def test_a_named_viewer_has_60_events_in_12_evenings(demo: DemoData, persona: int) -> None:
    times = events_of(demo, persona)["TIMESTAMP"]
    assert len(times) >= 60
    assert (times.diff() > EVENING_S).sum() + 1 >= 12


def test_kim_is_new(demo: DemoData) -> None:
    assert len(events_of(demo, KIM)) == 3


def test_named_viewers_stay_with_their_tastes(demo: DemoData, films: Films) -> None:
    for row, persona in enumerate(PERSONAS):
        if persona.taste:
            liked = np.any([films.tastes[name] for name in persona.taste], axis=0)
            assert liked[rows_of(demo, events_of(demo, row))].all(), persona.name


def test_max_turns_from_westerns_to_war_films_in_the_last_third(demo: DemoData, films: Films) -> None:
    watched = rows_of(demo, events_of(demo, MAX, "watch"))
    first, last = watched[: len(watched) // 2], watched[-len(watched) // 4 :]
    assert films.tastes["western"][first].mean() > 0.9
    assert films.tastes["war"][last].mean() > 0.9


def test_sam_watches_series_in_their_order(demo: DemoData, films: Films) -> None:
    watched = rows_of(demo, events_of(demo, SAM, "watch"))
    same = (films.series[watched[1:]] == films.series[watched[:-1]]) & (films.series[watched[1:]] >= 0)
    steps = films.part[watched[1:]][same] - films.part[watched[:-1]][same]
    assert len(steps) >= 4
    assert (steps == 1).mean() >= 0.8


def test_nora_has_seen_nothing_of_what_ben_watched_last(demo: DemoData) -> None:
    assert set(events_of(demo, BEN)["ITEM_ID"].tail(20)).isdisjoint(events_of(demo, NORA)["ITEM_ID"])


def test_jo_watches_what_everybody_watches(demo: DemoData) -> None:
    ranks = demo.interactions["ITEM_ID"].value_counts().rank(ascending=False)

    def median_rank(row: int) -> float:
        return float(ranks[events_of(demo, row, "watch")["ITEM_ID"]].median())

    assert median_rank(JO) < 80
    assert min(median_rank(row) for row in (NORA, BEN)) > 2 * median_rank(JO)


def test_the_region_means_nothing_and_the_age_something(demo: DemoData, films: Films) -> None:
    watched = demo.interactions[demo.interactions["EVENT_TYPE"] == "watch"].merge(demo.users, on="USER_ID")
    horror = films.tastes["horror"][rows_of(demo, watched)]
    by_region = pd.Series(horror).groupby(watched["REGION"]).mean()
    by_age = pd.Series(horror).groupby(watched["AGE_GROUP"]).mean()
    assert by_age.max() / by_age.min() > 1.8
    assert by_region.max() / by_region.min() < 1.8


def test_the_schemas_make_names_and_titles_plain_and_genres_categorical() -> None:
    data = load_demo()
    fields = {field["name"]: field for kind in data.schemas for field in json.loads(data.schemas[kind])["fields"]}
    assert "categorical" not in fields["TITLE"]
    assert "categorical" not in fields["NAME"]
    assert fields["GENRES"]["categorical"]
    assert fields["EVENT_VALUE"]["type"] == ["null", "float"]
    assert data.note == "simulated data"
    assert data.event_type == "watch"
