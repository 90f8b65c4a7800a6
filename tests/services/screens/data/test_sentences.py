"""The Data screen's sentences are computed from the figures, and have a version for every state."""

from dataclasses import replace

import pandas as pd
import pytest

from services.checks.edits import with_rows
from services.checks.look import Look, look
from services.checks.report import problem_rows
from services.language.vocabulary import FILM_WORDS
from services.library.prepared import PreparedData
from services.progress import Step
from services.screens.data import sentences
from services.screens.data.drafts import Draft
from services.sources import own_files, table_files

DAY = 86_400


def data(rows: list[str]) -> PreparedData:
    text = "\n".join(["user_id,item_id,timestamp", *rows]) + "\n"
    table = table_files.read_table(text.encode(), "rows.csv")
    return own_files.prepare(own_files.accept(table, "Interactions"), name="rows")


@pytest.fixture
def figures() -> Look:
    """Ten people, half of whose 200 events go to one of 101 items."""
    rows = [f"u{n % 10},{'hit' if n % 2 else f'i{n}'},{1_600_000_000 + n * DAY}" for n in range(200)]
    return look(data(rows))


def test_headline_tells_size_span_and_concentration(figures: Look) -> None:
    assert sentences.look_headline(figures, FILM_WORDS) == (
        "200 events by 10 people on 101 films over 7 months; half of all events go to 1 % of the films."
    )


@pytest.mark.parametrize(
    ("n_stop", "n_warn", "sentence"),
    [
        (3, 2, "3 problems stop the import; 2 more are worth a look."),
        (1, 1, "1 problem stops the import; 1 more is worth a look."),
        (1, 0, "1 problem stops the import."),
        (0, 0, "Ready for Amazon Personalize: 0 problems in 1,000 rows."),
        (0, 1, "Ready for Amazon Personalize: nothing stops the import of 1,000 rows, 1 thing is worth a look."),
    ],
)
def test_check_headline_by_state(n_stop: int, n_warn: int, sentence: str) -> None:
    assert sentences.problems_headline(n_stop, n_warn, 1000) == sentence


def test_busy_headline_names_the_step() -> None:
    steps = (Step("get", "Download from GroupLens", "done"), Step("check", "Check", "running", "12 of 40 MB"))
    draft = Draft("m", "MovieLens 1M", "movielens", steps=steps)
    assert sentences.busy_headline(draft) == "Loading MovieLens 1M: step 2 of 2, check, 12 of 40 MB."
    waits = (*draft.steps[:1], replace(draft.steps[1], note="AWS cannot be reached. Waiting goes on by itself."))
    said = sentences.busy_headline(replace(draft, steps=waits))
    assert said == "Loading MovieLens 1M: step 2 of 2, check, waiting for AWS."
    failed = (*draft.steps[:1], replace(draft.steps[1], state="failed"))
    said = sentences.busy_headline(replace(draft, steps=failed))
    assert said == "MovieLens 1M could not be imported; what was begun is being removed."


def test_concentration_alt_names_both_halves(figures: Look) -> None:
    sentence = sentences.concentration_alt(figures, FILM_WORDS)
    assert sentence.startswith("Half of all events go to 1 % of films; the half of films with the fewest events gets ")


def test_findings_without_data_are_said() -> None:
    empty = look(data(["u1,i1,1600000000"]))
    assert sentences.gaps_finding(empty) == "Nobody has two events"
    assert sentences.categories_finding(empty, FILM_WORDS) == "No categories in the data"
    assert sentences.drift_finding(empty, FILM_WORDS) == "Too short a time to see drift"


def test_the_category_that_is_liked_beyond_its_share_is_named(figures: Look) -> None:
    shares = pd.DataFrame({"category": ["Drama", "Sci-Fi"], "item_share": [0.5, 0.028], "event_share": [0.4, 0.056]})
    said = sentences.categories_finding(replace(figures, categories=shares), FILM_WORDS)
    assert said == "Sci-Fi has 2.8 % of the films and draws 5.6 % of the events"


def test_the_busiest_day_is_named_only_among_whole_days() -> None:
    week = [f"u{n % 10},i{n % 7},{1_600_041_600 + n * 600}" for n in range(7 * 144)]  # from noon, 144 events a day
    assert sentences.activity_finding(look(data(week))) == "Busiest day: 14 Sep 2020, not much more than usual"
    two = [f"u{n % 10},i{n % 7},{1_600_041_600 + n * 600}" for n in range(144)]
    assert sentences.activity_finding(look(data(two))) == "Too short a time to compare one day with another"


def test_a_time_far_from_all_others_is_named_and_not_drawn() -> None:
    rows = [f"u{n % 10},i{n % 7},{1_420_070_400 + n * DAY // 4}" for n in range(1_000)]
    found = look(data([*rows, "u1,i1,0"]))
    assert sentences.activity_finding(found).endswith("; not drawn: 1 event, of 1 Jan 1970")
    assert "over 8 months" in sentences.look_headline(found, FILM_WORDS)


@pytest.mark.parametrize(
    ("n_each", "said"), [(1, "The median person has 1 event; 10 have only one"), (2, "The median person has 2 events")]
)
def test_the_median_person_in_the_singular(n_each: int, said: str) -> None:
    rows = [f"u{n % 10},i{n},{1_600_000_000 + n}" for n in range(10 * n_each)]
    assert sentences.history_finding(look(data(rows))) == said


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        (0, "Half of the events follow the one before in the same second"),
        (300, "Half of the events follow the one before within 10 min"),
        (90 * DAY, "Half of the events follow the one before after more than a month"),
    ],
)
def test_the_usual_pause_is_the_one_within_which_half_of_the_events_follow(pause: int, said: str) -> None:
    rows = [f"u{n % 10},i{n},{1_600_000_000 + (n // 10) * pause}" for n in range(50)]
    assert sentences.gaps_finding(look(data(rows))) == said


def test_rows_that_fall_out_are_counted_and_named() -> None:
    rows = [f"u{n % 10},i{n % 7},{1_600_000_000 + n}" for n in range(20)]
    assert sentences.rows_words(look(data(rows))) == ""
    twice = data([*rows, *rows[:3]])
    assert sentences.rows_words(look(twice)) == "Of 23 rows, 3 repeat another exactly: a training has 20 events."
    fewer = replace(data([*rows, rows[0]]), n_left_out=1)
    assert sentences.rows_words(look(fewer)) == (
        "Of 22 rows, 1 was left out by fixes and 1 repeats another exactly: a training has 20 events."
    )


def test_added_rows_come_behind_the_old_ones() -> None:
    both = data(["u1,i1,1600000000"]).merged_with(data(["u2,i2,1600000001"]))
    assert list(both.interactions["USER_ID"]) == ["u1", "u2"]


def test_corrected_rows_go_back_to_their_lines() -> None:
    before = data([*(f"u{n},i{n},{1_600_000_000 + n}" for n in range(5)), ",i9,1600000009"])
    rule = "USER_ID is required and must not be empty"
    rows = problem_rows(before, rule)
    assert list(rows["line"]) == [7]
    after = with_rows(before, "Interactions", rows.assign(USER_ID="u9"))
    assert list(after.interactions["USER_ID"]) == ["u0", "u1", "u2", "u3", "u4", "u9"]
    assert problem_rows(after, rule).empty
