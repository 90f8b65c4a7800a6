"""Problems by the rules of Amazon Personalize, their fixes, and the figures of the Look tab."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.checks import figures as checks_figures
from services.checks import fixes, insights, report
from services.errors import SampleError
from services.language.vocabulary import Words
from services.library.columns import ColumnRoles
from services.library.prepared import UNREADABLE_COLUMNS, PreparedData
from services.library.schemas import propose_schema

START = 1_704_067_200
ROLES = ColumnRoles(title="TITLE", categories=("GENRES",))


def data(n_users: int = 30, per_user: int = 40, **changes: object) -> PreparedData:
    user = np.repeat(np.arange(n_users), per_user)
    place = np.tile(np.arange(per_user), n_users)
    frame = pd.DataFrame(
        {
            "USER_ID": [f"u{n}" for n in user],
            "ITEM_ID": [f"i{n}" for n in (user + place) % 50],
            "TIMESTAMP": START + place * 86_400 + user,
            "EVENT_TYPE": "watch",
        }
    )
    items = pd.DataFrame(
        {
            "ITEM_ID": [f"i{n}" for n in range(60)],
            "TITLE": [f"Film {n}" for n in range(60)],
            "GENRES": ["Drama|War", "Crime"] * 30,
        }
    )
    frames = {"Interactions": frame, "Items": items}
    schemas = {kind: propose_schema(kind, value, ROLES) for kind, value in frames.items()}
    return PreparedData("x", frame, items, None, schemas, ROLES, Words(), "own")


def changed(column: str, row: int, value: object) -> PreparedData:
    good = data()
    frame = good.interactions.copy()
    if isinstance(value, str) and pd.api.types.is_numeric_dtype(frame[column].dtype):
        frame[column] = frame[column].astype("string")
    frame.loc[row, column] = value
    return good.with_frame("Interactions", frame)


def only(problems: pd.DataFrame) -> pd.Series:
    assert len(problems) == 1, problems.to_string()
    return problems.iloc[0]


def test_good_data_has_no_problems_and_the_frame_keeps_its_columns() -> None:
    problems = report.check(data())
    assert problems.empty
    assert list(problems) == list(report.check(changed("USER_ID", 3, None)))


@pytest.mark.parametrize("column", ["USER_ID", "ITEM_ID", "TIMESTAMP"])
def test_an_empty_required_cell_stops_the_import(column: str) -> None:
    found = only(report.check(changed(column, 3, None)))
    assert (found["severity"], found["line"], found["column"], found["rows"]) == ("stop", 5, column, 1)
    assert found["fix"] == "drop_empty"
    fixed = fixes.apply_fixes(changed(column, 3, None), ["drop_empty"])
    assert len(fixed.interactions) == 1_199
    assert report.check(fixed).empty


def test_rows_that_repeat_others_count_once_for_the_least_that_is_needed() -> None:
    """The import takes 1,000 rows of which 500 repeat; a training of them fails."""
    good = data()
    half = good.interactions.head(500)
    doubled = good.with_frame("Interactions", pd.concat([half, half], ignore_index=True))
    problems = report.check(doubled)
    stop = problems[problems["severity"] == "stop"]
    assert stop["message"].tolist() == [
        "Of 1,000 interactions 500 differ, as the others repeat them; a training needs 1,000 that differ. Give more of "
        "them."
    ]
    assert not problems["ticked"].any(), "dropping them is no way out"
    volume = insights.insights(doubled).iloc[0]
    assert (volume["check"], volume["state"], volume["value"]) == ("Interactions", "stop", "500")


@pytest.mark.parametrize("value", ["EVENT_TYPE", "IMPRESSION", "impression", "buy"])
def test_a_reserved_word_as_a_value_is_told(value: str) -> None:
    good = data()
    events = good.interactions.assign(EVENT_TYPE=["watch"] * 1_190 + [value] * 10)
    schemas = {**good.schemas, "Interactions": propose_schema("Interactions", events, ROLES)}
    problems = report.check(replace(good.with_frame("Interactions", events), schemas=schemas))
    if value in ("impression", "buy"):
        assert problems.empty, "as written by shops everywhere"
        return
    found = only(problems)
    assert (found["severity"], found["rows"], found["value"]) == ("warn", 10, value)
    assert f'EVENT_TYPE "{value}" is a reserved keyword of Amazon Personalize' in found["message"]
    assert "10 rows have one" in found["message"]


@pytest.mark.parametrize(("factor", "fix"), [(1_000, "ms_to_s"), (1_000_000, "us_to_s"), (10**9, "ns_to_s")])
def test_times_in_other_units_are_read_as_such(factor: int, fix: str) -> None:
    good = data()
    bad = good.with_frame("Interactions", good.interactions.assign(TIMESTAMP=good.interactions["TIMESTAMP"] * factor))
    found = only(report.check(bad))
    assert found["severity"] == "stop"
    assert "01 Jan 2024" in found["message"]
    fixed = fixes.apply_fixes(bad, [fix])
    assert fixed.interactions["TIMESTAMP"].tolist() == good.interactions["TIMESTAMP"].tolist()
    assert fixed.interactions["TIMESTAMP"].dtype == "int64"


def test_a_time_edited_into_nonsense_is_named_and_can_be_dropped() -> None:
    bad = changed("TIMESTAMP", 7, "soon")
    found = only(report.check(bad))
    assert (found["value"], found["line"]) == ("soon", 9)
    assert len(fixes.apply_fixes(bad, ["drop_not_numbers"]).interactions) == 1_199


def test_an_unreadable_time_shows_what_stood_there() -> None:
    lost = pd.DataFrame([("Interactions", 5, "TIMESTAMP", "yesterday")], columns=list(UNREADABLE_COLUMNS))
    bad = changed("TIMESTAMP", 3, None)
    bad = PreparedData(bad.name, bad.interactions, bad.items, None, bad.schemas, ROLES, Words(), "own", unreadable=lost)
    found = only(report.check(bad))
    assert found["value"] == "yesterday"
    assert report.check(fixes.apply_fixes(bad, ["drop_empty"])).empty


def test_cells_that_are_no_numbers_are_counted() -> None:
    good = data()
    assert good.items is not None
    items = good.items.assign(PRICE=[None, *np.arange(59.0)])
    lost = pd.DataFrame([("Items", 2, "PRICE", "n/a")], columns=list(UNREADABLE_COLUMNS))
    schemas = {**good.schemas, "Items": propose_schema("Items", items, ROLES)}
    found = only(report.check(replace(good, items=items, schemas=schemas, unreadable=lost)))
    assert found["severity"] == "warn"
    assert found["message"] == ('59 of 60 cells of PRICE were read. 1 is no number, in line 2, and stays empty: "n/a".')


@pytest.mark.parametrize("time", [12_345, 4_102_444_800])
def test_times_before_1973_and_in_the_future_are_worth_a_look(time: int) -> None:
    found = only(report.check(changed("TIMESTAMP", 0, time)))
    assert (found["severity"], found["fix"], found["value"]) == ("warn", "drop_odd_times", str(time))


def test_a_long_id_stops_the_import() -> None:
    found = report.check(changed("USER_ID", 0, "x" * 257)).iloc[0]
    assert found["rule"] == "Length cannot be more than 256 characters for USER_ID"
    assert report.check(fixes.apply_fixes(changed("USER_ID", 0, "x" * 257), ["drop_long_ids"])).empty


def test_a_long_category_is_cut() -> None:
    good = data()
    assert good.items is not None
    items = good.items.copy()
    items.loc[4, "GENRES"] = "y" * 1_001
    bad = good.with_frame("Items", items)
    assert only(report.check(bad))["file"] == "Items"
    fixed = fixes.apply_fixes(bad, ["cut_long_text"])
    assert fixed.items is not None
    assert len(fixed.items.loc[4, "GENRES"]) == 1_000


def test_duplicate_rows_are_counted_and_dropped() -> None:
    good = data()
    twice = good.with_frame(
        "Interactions", pd.concat([good.interactions, good.interactions.head(14)], ignore_index=True)
    )
    found = only(report.check(twice))
    assert (found["severity"], found["rows"], found["line"]) == ("warn", 14, 1_202)
    assert found["fix_words"] == "drop 14 duplicate rows"
    assert len(fixes.apply_fixes(twice, ["drop_duplicates"]).interactions) == 1_200


def test_too_few_interactions_and_people() -> None:
    problems = report.check(data(n_users=20, per_user=10))
    assert problems["severity"].tolist() == ["stop", "warn"]
    assert "200" in problems["message"][0]
    assert problems["rule"][1] == "Dataset has fewer than 25 users with at least 2 interactions each."


def test_a_missing_column_is_said_in_the_words_of_aws() -> None:
    good = data()
    bad = good.with_frame("Interactions", good.interactions.drop(columns=["TIMESTAMP"]))
    assert report.check(bad)["rule"][0] == "Input CSV is missing the following columns:[TIMESTAMP]."


def test_one_time_for_all_repeated_ids_and_strangers() -> None:
    good = data()
    same = good.with_frame(
        "Interactions", good.interactions.assign(TIMESTAMP=START, ITEM_ID=[f"i{n % 60}" for n in range(1_200)])
    )
    assert "All interactions have the same timestamp" in report.check(same)["rule"].tolist()
    assert good.items is not None
    twice = good.with_frame("Items", pd.concat([good.items, good.items.head(1).assign(TITLE="new")], ignore_index=True))
    assert only(report.check(twice))["fix"] == "keep_last"
    kept = fixes.apply_fixes(twice, ["keep_last"]).items
    assert kept is not None
    assert kept.set_index("ITEM_ID").loc["i0", "TITLE"] == "new"
    fewer = good.with_frame("Items", good.items.iloc[1:])
    assert only(report.check(fewer))["value"] == "i0"


def test_problem_rows_have_lines_and_unknown_fixes_are_refused() -> None:
    bad = changed("USER_ID", 3, None)
    rule = only(report.check(bad))["rule"]
    rows = report.problem_rows(bad, rule)
    assert rows["line"].tolist() == [5]
    assert list(rows) == ["line", "USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]
    assert report.problem_rows(bad, "no such rule").empty
    with pytest.raises(SampleError, match='no fix "magic"'):
        fixes.apply_fixes(bad, ["magic"])


def empty_ids(n: int) -> PreparedData:
    good = data()
    users = good.interactions["USER_ID"].where(good.interactions.index >= n, None)
    return good.with_frame("Interactions", good.interactions.assign(USER_ID=users))


@pytest.mark.parametrize(("n_empty", "ticked"), [(24, True), (25, False), (1_200, False)])
def test_no_fix_that_drops_more_than_two_per_cent_is_chosen_by_itself(n_empty: int, ticked: bool) -> None:
    problems = report.check(empty_ids(n_empty))
    found = problems[problems["fix"] == "drop_empty"].iloc[0]
    assert found["rows"] == n_empty
    assert bool(found["ticked"]) == ticked


def test_each_finding_has_a_fix_of_its_own_that_can_be_looked_at_and_undone() -> None:
    bad = empty_ids(3)
    frame = bad.interactions.assign(ITEM_ID=bad.interactions["ITEM_ID"].where(bad.interactions.index != 9, None))
    bad = bad.with_frame("Interactions", frame)
    ticks = report.check(bad)["tick"].tolist()
    assert ticks == ["drop_empty:Interactions:USER_ID", "drop_empty:Interactions:ITEM_ID"]
    shown = fixes.preview(bad, ticks[0])
    assert shown is not None
    assert (shown.rows_before, shown.rows_after) == (1_200, 1_197)
    assert shown.before["line"].tolist() == [2, 3, 4]
    assert shown.after.empty
    fixed = fixes.apply_fixes(bad, ticks[:1])
    assert len(fixed.interactions) == 1_197
    assert report.check(fixed)["tick"].tolist() == ticks[1:]
    assert fixes.undo(fixed) is bad


def test_a_fix_that_changes_values_shows_them_before_and_after() -> None:
    good = data()
    bad = good.with_frame("Interactions", good.interactions.assign(TIMESTAMP=good.interactions["TIMESTAMP"] * 1_000))
    found = only(report.check(bad))
    assert found["ticked"]
    shown = fixes.preview(bad, found["tick"])
    assert shown is not None
    assert shown.after["TIMESTAMP"].tolist() == good.interactions["TIMESTAMP"].head(3).tolist()


def test_more_event_types_than_an_import_takes_stop_it_with_the_remedy() -> None:
    good = data()
    kinds = [f"type{n % 11 if n % 100 == 0 else n % 10}" for n in range(1_200)]
    many = good.with_frame("Interactions", good.interactions.assign(EVENT_TYPE=kinds))
    found = only(report.check(many))
    assert (found["severity"], found["fix"]) == ("stop", "keep_common_types")
    assert "There are 11 event types and 1 optional column; at most 10 are taken together." in found["message"]
    kept = fixes.apply_fixes(many, [found["tick"]])
    assert kept.interactions["EVENT_TYPE"].nunique() == 9
    assert report.check(kept).empty


def test_items_with_names_only_are_shown_and_make_no_data_set() -> None:
    good = data()
    assert good.items is not None
    named = replace(
        good, items=good.items[["ITEM_ID", "TITLE"]], schemas={"Interactions": good.schemas["Interactions"]}
    )
    assert list(named.frames) == ["Interactions"]
    found = only(report.check(named))
    assert found["severity"] == "warn"
    assert "no data set Items is made" in found["message"]


def test_summary() -> None:
    figures = checks_figures.summary(data())
    assert (figures.n_events, figures.n_users, figures.n_items, figures.median_events) == (1_200, 30, 60, 40.0)
    assert figures.repeat_rate == 0.0
    assert figures.first == START
    again = data()
    frame = again.interactions.assign(ITEM_ID="i1")
    assert checks_figures.summary(again.with_frame("Interactions", frame)).repeat_rate == pytest.approx(1 - 30 / 1_200)


def test_concentration_counts_silent_items_too() -> None:
    curve = checks_figures.concentration(data())
    assert curve["event_share"].iloc[[0, -1]].tolist() == [0.0, 1.0]
    assert curve["event_share"].is_monotonic_increasing
    assert curve.loc[curve["item_share"] >= 50 / 60, "event_share"].min() == pytest.approx(1.0)


def test_histories_and_gaps_are_binned() -> None:
    lengths = checks_figures.history_lengths(data()).set_index("bin")["people"]
    assert lengths["20-49"] == 30
    assert lengths.sum() == 30
    gaps = checks_figures.time_gaps(data())
    assert gaps.loc[gaps["bin"] == "1 week", "gaps"].item() == 30 * 39


def test_the_session_gap_lies_between_short_and_long_pauses() -> None:
    place = np.arange(1_200) % 40
    good = data()
    times = START + (place // 4) * 86_400 + (place % 4) * 300
    gap = checks_figures.session_gap(good.with_frame("Interactions", good.interactions.assign(TIMESTAMP=times)))
    assert gap is not None
    assert 600 < gap < 80_000
    assert checks_figures.session_gap(good) is None


def test_category_shares_split_cells_and_sum_to_one() -> None:
    shares = checks_figures.category_shares(data())
    assert list(shares) == ["category", "item_share", "event_share"]
    assert shares.set_index("category")["item_share"].to_dict() == pytest.approx(
        {"Crime": 0.5, "Drama": 0.25, "War": 0.25}
    )
    assert shares["event_share"].sum() == pytest.approx(1.0)
    good = data()
    bare = PreparedData("x", good.interactions, None, None, good.schemas, ColumnRoles(), Words(), "own")
    assert list(checks_figures.category_shares(bare)) == list(shares)


def test_drift_is_the_share_of_events_on_items_new_in_the_month() -> None:
    months = checks_figures.drift(data())
    assert months["share"].iloc[0] == 1.0
    assert months["share"].iloc[1] < 1.0
    assert months["events"].sum() == 1_200


def test_insights_follow_the_thresholds_of_aws() -> None:
    rows = insights.insights(data()).set_index("check")
    assert rows.loc["Interactions", "state"] == "watch"
    assert rows.loc["People with two interactions or more", "state"] == "watch"
    assert rows.loc["Items without interactions", "value"] == "17 %"
    assert rows.loc["Event types", "state"] == "pass"
    assert insights.insights(data(n_users=5, per_user=10)).set_index("check").loc["Interactions", "state"] == "stop"
    good = data()
    half = good.with_frame("Items", good.items.assign(GENRES=good.items["GENRES"].where(good.items.index < 30, None)))  # type: ignore[union-attr]
    assert insights.insights(half).set_index("check").loc["Items: GENRES filled in", "state"] == "watch"


def test_figures_of_nothing_keep_their_columns() -> None:
    good = data()
    empty = good.with_frame("Interactions", good.interactions.head(0))
    for figure in (
        checks_figures.concentration,
        checks_figures.history_lengths,
        checks_figures.time_gaps,
        checks_figures.drift,
        insights.insights,
    ):
        assert list(figure(empty)) == list(figure(good))
    assert checks_figures.summary(empty).n_events == 0
