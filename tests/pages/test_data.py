"""The Data screen from app.py, on a real engine in a temporary home folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key
from services.library.prepared import PreparedData
from services.sources import own_files, table_files
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
    at = until(at, lambda at: "could not be imported" in headline(at))
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
