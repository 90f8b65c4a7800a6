"""The Data screen from app.py, on a real engine in a temporary home folder."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key
from services.errors import SampleError
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library
from services.screens.data import mappings
from services.sources import joins, own_files, readings, table_files
from services.sources.time_units import TimeUnit
from tests.pages.driving import empty_caches, headline, open_page, text, until


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PERSONALIZE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PERSONALIZE_WORKER_IDLE_S", "1")
    empty_caches()
    yield tmp_path / "home"
    empty_caches()


def shop(n_rows: int = 1500, n_duplicates: int = 0) -> PreparedData:
    """Events of 50 people on 30 products over some weeks; the last rows twice."""
    rows = [f"u{row % 50},p{(row * 7) % 30},{1_600_000_000 + 3600 * row},purchase" for row in range(n_rows)]
    rows += rows[len(rows) - n_duplicates :] if n_duplicates else []
    text = "\n".join(["user_id,item_id,timestamp,event_type", *rows]) + "\n"
    table = table_files.read_table(text.encode(), "shop.csv")
    return own_files.prepare(own_files.accept(table, "Interactions"), name="shop")


def page(**query: str) -> AppTest:
    return open_page("pages/data_page.py", **query)


def loaded(make: Callable[[], PreparedData] = shop) -> AppTest:
    process.desk().take(make, "shop")
    return until(page(), lambda at: "Loading" not in headline(at))


def open_tab(at: AppTest, name: str) -> AppTest:
    at.session_state[Key.DATA_TAB] = name
    return at.run()


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def test_without_data_the_sources_are_offered() -> None:
    at = page()
    assert headline(at) == "No data yet. The film demo takes ten seconds."
    assert {"load_demo", "load_movielens"} <= keys(at)


@pytest.mark.parametrize("tab", ["Check", "Look", "Import"])
def test_every_tab_without_data_says_what_to_do(tab: str) -> None:
    at = page(tab=tab)
    assert "The film demo takes ten seconds." in text(at, "error")
    assert not at.error


def test_load_demo_begins_at_once_and_can_be_cancelled() -> None:
    at = page()
    at.button(key="load_demo").click().run()
    assert headline(at).startswith("Loading Film demo: step 1 of 3")
    at.button(key="source_steps_stop").click().run()
    until(at, lambda at: headline(at).startswith("No data yet"))


def test_loaded_data_is_looked_at_with_a_computed_headline() -> None:
    at = loaded()
    assert headline(at).startswith("1,500 events by 50 people on 30 products over 2 months; half of all events go to")
    assert [metric.label for metric in at.metric] == [
        "Events",
        "People",
        "Products",
        "Median events per person",
        "Repeat rate",
    ]
    assert len(at.get("vega_lite_chart")) >= 4
    drawn = [str(button.key).removeprefix("enlarge_") for button in at.button if str(button.key).startswith("enlarge_")]
    assert drawn == ["concentration", "history", "drift", "pauses", "activity"]  # the busiest week is the last


def test_a_picture_is_enlarged_with_its_table_and_made_small_again() -> None:
    at = loaded()
    n_small = len(at.get("vega_lite_chart"))
    at.button(key="enlarge_concentration").click().run()
    assert len(at.get("vega_lite_chart")) == 1
    assert at.query_params[Key.PICTURE] == "concentration"
    at.button(key="all_pictures").click().run()
    assert len(at.get("vega_lite_chart")) == n_small


def test_problems_are_listed_and_a_fix_solves_them() -> None:
    at = open_tab(loaded(lambda: shop(n_duplicates=14)), "Check")
    assert "worth a look" in headline(at) or "stop" in headline(at)
    (fix,) = [box for box in at.checkbox if "14" in box.label]
    assert fix.value
    at.button(key="apply_fixes").click().run()
    at = until(at, lambda at: "Loading" not in headline(at))
    assert headline(open_tab(at, "Check")) == "Ready for Amazon Personalize: 0 problems in 1,500 rows."


def test_import_walks_through_its_steps_and_offers_training() -> None:
    at = open_tab(loaded(), "Import")
    at.text_input(key=Key.IMPORT_NAME).set_value("my-shop").run()
    at.button(key="start_import").click().run()
    at = until(at, lambda at: headline(at) == "my-shop is imported and ready for training.")
    assert "train_now" in keys(at)
    assert "1,500 rows" in text(at, "error")
    assert process.backend().personalize.list_dataset_groups()["datasetGroups"][0]["name"] == "my-shop"


def test_failed_import_says_why_and_that_nothing_changed() -> None:
    at = loaded()
    process.desk().start_import("own-shop", "shop", "INCREMENTAL")
    at = until(at, lambda at: headline(at).endswith("could not be imported."))  # before: what was begun is removed
    assert "The data set is as it was before." in text(at, "error")
    assert "Import them as a replacement first." in text(at, "error")
    assert process.backend().personalize.list_dataset_groups()["datasetGroups"] == []


def test_a_name_that_aws_would_refuse_is_refused_in_words() -> None:
    at = open_tab(loaded(), "Import")
    at.text_input(key=Key.IMPORT_NAME).set_value("my shop").run()
    at.button(key="start_import").click().run()
    assert '"my shop" is no name' in text(at, "error")


def test_a_restart_of_the_app_lists_what_was_interrupted(home: Path) -> None:
    notes = home / "drafts"
    notes.mkdir(parents=True)
    (notes / "movielens-1m.json").write_text(
        '{"key": "movielens-1m", "title": "MovieLens 1M", "source": "movielens", "argument": "1M", '
        '"state": "loading", "target": "", "mode": "FULL", "changed": 1.0}'
    )
    at = page()
    assert headline(at) == "MovieLens 1M could not be loaded."
    assert "a download goes on where it was" in text(at, "error")
    assert "load_again" in keys(at)


def test_export_gives_the_rows_back_as_files() -> None:
    at = open_tab(loaded(), "Import")
    at.button(key="start_import").click().run()
    at = until(at, lambda at: "imported and ready for training" in headline(at))
    at.button(key="export").click().run()
    at = until(at, lambda at: len(at.get("download_button")) > 0)
    assert at.get("download_button")[0].proto.label.startswith("Interactions as CSV")


def stored(name: str) -> None:
    """Have a data set group of this name with the shop's rows for the screens, without an import's seconds."""
    process.backend().personalize.create_dataset_group(name=name)
    Library(process.backend().home).save(replace(shop(), name=name))


def failing() -> PreparedData:
    raise SampleError("plays_const is not in this file.")


def test_an_error_of_one_draft_never_stands_under_another_data_set() -> None:
    """The failed draft's error was shown for every data set group, beside the button that deletes that group."""
    page().run()
    stored("airline")
    process.desk().take(failing, "plays")
    at = until(page(data="airline"), lambda at: "Loading" not in headline(at))
    assert headline(at).startswith("1,500 events by 50 people")
    at.selectbox(key=Key.DRAFT_PICK).set_value("own-plays").run()
    assert headline(at) == "plays could not be loaded."
    assert "plays_const" in text(at, "error")
    assert "delete_group" not in keys(at)
    at.button(key="discard").click().run()
    assert headline(at).startswith("1,500 events by 50 people")
    assert process.desk().draft("own-plays") is None


def test_an_unknown_data_set_in_the_address_is_said_with_the_one_that_is_shown() -> None:
    page().run()
    stored("yoochoose")
    at = page(data="lastfm")
    assert 'There is no data set group "lastfm" here; this is "yoochoose".' in text(at)
    assert "lastfm" not in text(page(data="yoochoose"))


def test_all_data_sets_are_in_one_list() -> None:
    page().run()
    stored("airline")
    loaded()
    at = page(tab="All data")
    frame = next(table.value for table in at.dataframe if "source" in table.value)
    assert frame["name"].tolist() == ["shop", "airline"]
    assert frame["state"].tolist() == ["draft", "nothing imported yet"]
    assert frame["events"].tolist() == [1_500, 1_500]


def test_back_on_data_a_draft_and_a_step_are_chosen() -> None:
    process.desk().take(shop, "shop")
    process.desk().take(shop, "shop")
    at = until(page(), lambda at: "Loading" not in headline(at))
    del at.session_state[Key.DRAFT]  # as a visit to another page may leave it
    at.run()
    assert at.selectbox(key=Key.DRAFT_PICK).value in ("own-shop", "own-shop-2")
    assert at.segmented_control(key=Key.DATA_TAB).value == "Look"
    assert headline(at).startswith("1,500 events")


def test_the_columns_of_imported_data_are_given_another_meaning() -> None:
    page().run()
    numbers = range(30)
    items = pd.DataFrame({"ITEM_ID": [f"p{n}" for n in numbers], "AIRLINE": "Blue", "SRC": [f"A{n}" for n in numbers]})
    process.backend().personalize.create_dataset_group(name="flights")
    schemas = {**shop().schemas, "Items": propose_schema("Items", items, ColumnRoles())}
    library = Library(process.backend().home)
    library.save(replace(shop(), name="flights", items=items, schemas=schemas))
    at = open_tab(page(data="flights"), "Import")
    template = next(field for field in at.text_input if field.label == "Or a title made of columns")
    at = template.set_value("{airline} {src}").run()
    assert "The first title: Blue A0" in text(at)
    at.button(key="use_roles").click().run()
    loaded = library.open("flights")
    assert loaded is not None
    assert loaded.catalog().title("p3") == "Blue A3"


def source_with(content: str, name: str = "own.csv") -> AppTest:
    """Open the Source tab as after the upload of this file of interactions."""
    at = page()
    at.session_state[Key.OWN_FILES] = {"Interactions": ("", table_files.read_table(content.encode(), name))}
    return open_tab(at, "Source")


def test_last_months_mapping_is_used_for_a_file_of_the_same_columns_in_another_order() -> None:
    header, cells = "user_id,item_id,date,shop", "{u},{i},2024-0{m}-0{d},s{d}"
    first = table_files.read_table(f"{header}\n{rows(cells)}".encode(), "march.csv")
    roles = {"user_id": "USER_ID", "item_id": "ITEM_ID", "date": "TIMESTAMP", "shop": "EVENT_TYPE"}
    mappings.remember(process.backend().home, "Interactions", "march.csv", roles)
    assert own_files.accept(first, "Interactions").mapping["shop"] == "METADATA"
    at = source_with("shop,date,item_id,user_id\n" + rows("s{d},2024-0{m}-0{d},{i},{u}"), "april.csv")
    assert any("Mapped as march.csv was" in caption.value for caption in at.caption)
    (table,) = [frame.value for frame in at.dataframe if "becomes" in frame.value]
    why = table.set_index("column")["why"]
    assert why["shop"] == "as in the file before"
    assert why["user_id"].startswith("sure: ")
    assert becomes(at) == {"shop": "EVENT_TYPE", "date": "TIMESTAMP", "item_id": "ITEM_ID", "user_id": "USER_ID"}
    at.button(key="check_own").click().run()
    until(at, lambda at: "Loading" not in headline(at))
    (draft,) = process.desk().drafts()
    assert draft.data is not None
    assert draft.data.interactions["EVENT_TYPE"].head(2).tolist() == ["s1", "s2"]


def test_the_guesses_come_back_in_place_of_a_kept_mapping() -> None:
    roles = {"user_id": "ITEM_ID", "item_id": "USER_ID", "date": "TIMESTAMP"}
    mappings.remember(process.backend().home, "Interactions", "march.csv", roles)
    at = source_with("user_id,item_id,date\n" + rows("{u},{i},2024-0{m}-0{d}"), "april.csv")
    assert becomes(at)["user_id"] == "ITEM_ID"
    (button,) = [button for button in at.button if button.label == "Use the guesses"]
    at = button.click().run()
    assert becomes(at)["user_id"] == "USER_ID"
    assert not any("Mapped as" in caption.value for caption in at.caption)
    assert mappings.recall(process.backend().home, "Interactions", ["user_id", "item_id", "date"]) is None


def test_a_checked_file_keeps_its_mapping_for_the_next_one() -> None:
    at = source_with("user_id,item_id,date\n" + rows("{u},{i},2024-0{m}-0{d}"), "march.csv")
    at.button(key="check_own").click().run()
    until(at, lambda at: "Loading" not in headline(at))
    saved = mappings.recall(process.backend().home, "Interactions", ["date", "item_id", "user_id"])
    assert saved is not None
    assert (saved.filename, saved.roles["date"]) == ("march.csv", "TIMESTAMP")


def test_a_redraw_recognises_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    recognise, reading = joins.recognise, readings.reading
    monkeypatch.setattr(joins, "recognise", lambda *given: calls.append("columns") or recognise(*given))
    monkeypatch.setattr(readings, "reading", lambda *given: calls.append("cells") or reading(*given))
    content = "user_id,item_id,date,note\n" + rows("{u},{i},2024-0{m}-0{d},n{d}")
    at = source_with(content, "redraw.csv")
    first = list(calls)
    assert first.count("columns") == 1
    at.run()
    assert becomes(at)["date"] == "TIMESTAMP"
    assert calls == first
    at = source_with(content.replace("note", "title"), "redraw.csv")  # other content under the same name
    assert "title" in becomes(at)
    assert calls.count("columns") == 2


def becomes(at: AppTest) -> dict[str, str]:
    """Return the roles that the mapping's table shows, by column."""
    (table,) = [frame.value for frame in at.dataframe if "becomes" in frame.value]
    return dict(zip(table["column"], table["becomes"], strict=True))


def rows(template: str, n: int = 1_200) -> str:
    return "\n".join(template.format(u=f"u{k % 30}", i=f"i{k % 20}", d=1 + k % 9, m=1 + k % 8) for k in range(n))


def test_an_ambiguous_date_is_asked_before_the_check() -> None:
    at = source_with("user_id,item_id,date\n" + rows("{u},{i},0{d}/0{m}/2024"))
    assert at.button(key="check_own").disabled
    (question,) = [radio for radio in at.radio if "which number is the day" in radio.label]
    assert len({option.split(" (")[0] for option in question.options}) == 2
    question.set_value(TimeUnit.DAY_FIRST).run()
    assert not at.button(key="check_own").disabled


def test_a_first_line_that_is_data_is_asked_about() -> None:
    at = source_with(rows("{u},{i},2024-0{m}-0{d}T10:00:00Z"))
    (question,) = [radio for radio in at.radio if "looks like data" in radio.label]
    assert question.value == "It is data, the columns have no names"
    assert not at.button(key="check_own").disabled


def test_a_file_without_times_is_imported_in_its_order() -> None:
    at = source_with("userID\titemID\tweight\n" + rows("{u}\t{i}\t{d}"))
    assert any("says when" in radio.label for radio in at.radio)
    at.button(key="check_own").click().run()
    at = until(at, lambda at: "Loading" not in headline(at))
    (draft,) = process.desk().drafts()
    assert draft.problems is not None
    assert draft.problems["message"].iloc[0].startswith("No column says when: the order of the file stands for time.")
    assert any("without times" in caption.value for caption in at.caption)
    at = open_tab(at, "Look")
    assert "over" not in headline(at)
    drawn = {key.removeprefix("enlarge_") for key in keys(at) if str(key).startswith("enlarge_")}
    assert drawn == {"concentration", "history"}
    assert any("pictures of days, pauses and new items are left out" in caption.value for caption in at.caption)
    (insights,) = [frame.value for frame in at.dataframe if "check" in frame.value]
    assert insights.set_index("check").loc["Different times", ["state", "value"]].tolist() == ["watch", "none"]


def test_the_time_zone_is_asked_once_for_all_files() -> None:
    events = "user_id,item_id,date\n" + rows("{u},{i},0{d}.0{m}.2024 23:30")
    items = "item_id,title,available\n" + "\n".join(f"i{k},Title {k},1{k % 9}.03.2024 12:00" for k in range(20))
    at = page()
    files = {"Interactions": (events, "events.csv"), "Items": (items, "items.csv")}
    tables = {kind: ("", table_files.read_table(content.encode(), name)) for kind, (content, name) in files.items()}
    at.session_state[Key.OWN_FILES] = tables
    at = open_tab(at, "Source")
    (zone,) = [box for box in at.selectbox if box.label.startswith("Time zone")]
    at = zone.set_value("Europe/Berlin").run()
    at.button(key="check_own").click().run()
    until(at, lambda at: "Loading" not in headline(at))
    (draft,) = process.desk().drafts()
    assert draft.data is not None
    assert draft.data.items is not None
    assert pd.Timestamp(draft.data.interactions["TIMESTAMP"].iloc[0], unit="s") == pd.Timestamp("2024-01-01 22:30")
    assert pd.Timestamp(draft.data.items["CREATION_TIMESTAMP"].iloc[0], unit="s") == pd.Timestamp("2024-03-10 11:00")


def test_a_fix_that_drops_much_is_not_chosen_and_an_applied_one_can_be_undone() -> None:
    at = open_tab(loaded(lambda: shop(n_duplicates=200)), "Check")
    (fix,) = [box for box in at.checkbox if "200" in box.label]
    assert not fix.value
    fix.check().run()
    at.button(key="apply_fixes").click().run()
    at = open_tab(until(at, lambda at: "Loading" not in headline(at)), "Check")
    assert "0 problems in 1,500 rows" in headline(at)
    at.button(key="undo_fixes").click().run()
    at = open_tab(until(at, lambda at: "Loading" not in headline(at)), "Check")
    assert "1,700 rows" in headline(at)
