"""The caches over loaded data: computed once a version, again for the next one, and plain about data that is gone."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from pages.components import loaded, process
from services.errors import DataError
from services.language.vocabulary import FILM_WORDS
from services.library import cooccurrence
from services.library.columns import ColumnRoles
from services.library.prepared import PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library

ROLES = ColumnRoles(title="TITLE", categories=("GENRES",))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(process, "backend", lambda: SimpleNamespace(home=tmp_path))
    st.cache_resource.clear()
    save(tmp_path, "v")
    yield tmp_path
    st.cache_resource.clear()


def save(home: Path, *watched: str) -> None:
    """Keep data in which one user watched these items."""
    n = len(watched)
    frames = {
        "Interactions": pd.DataFrame({"USER_ID": ["u"] * n, "ITEM_ID": list(watched), "TIMESTAMP": range(n)}),
        "Items": pd.DataFrame({"ITEM_ID": ["v", "r"], "TITLE": ["Vertigo", "Rope"], "GENRES": ["Mystery", "Crime"]}),
    }
    schemas = {kind: propose_schema(kind, frame, ROLES) for kind, frame in frames.items()}
    data = PreparedData("films", frames["Interactions"], frames["Items"], None, schemas, ROLES, FILM_WORDS, "own")
    Library(home).save(data)


def test_a_version_of_the_data_is_opened_and_counted_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    count = cooccurrence.count
    monkeypatch.setattr(cooccurrence, "count", lambda *given: counts.append(given) or count(*given))
    opened = loaded.open_data("films")
    assert loaded.open_data("films") is opened
    assert loaded.people_with_both(opened) is loaded.people_with_both(opened)
    assert loaded.tastes(opened, "TITLE") is loaded.tastes(opened, "TITLE")
    assert loaded.tastes(opened, "") is opened.tastes
    assert loaded.item_search(opened) is loaded.item_search(opened)
    assert len(counts) == 1


def test_data_that_is_loaded_again_is_opened_and_counted_again(home: Path) -> None:
    before = loaded.open_data("films")
    assert loaded.people_with_both(before).event_counts.tolist() == [0, 1]
    save(home, "v", "r")
    after = loaded.open_data("films")
    assert after is not before
    assert loaded.people_with_both(after).event_counts.tolist() == [1, 1]
    assert loaded.people_with_both(before).event_counts.tolist() == [0, 1], "a run that began earlier keeps its own"


def test_data_that_was_deleted_is_not_found(home: Path) -> None:
    loaded.open_data("films")
    Library(home).delete("films")
    assert loaded.open_data("films") is None


def test_data_that_is_deleted_while_a_page_is_drawn_is_said_to_be_gone(home: Path) -> None:
    opened = loaded.open_data("films")
    Library(home).delete("films")
    with pytest.raises(DataError, match="The data of films is gone; it was deleted in another window"):
        loaded.people_with_both(opened)
