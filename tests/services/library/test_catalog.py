"""Names before ids: items, people, searches, and the library that keeps what they come from."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from services.errors import SampleError
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.columns import ColumnRoles
from services.library.people import People
from services.library.prepared import Persona, PreparedData
from services.library.schemas import propose_schema
from services.library.store import Library, LoadedData

ROLES = ColumnRoles(
    title="TITLE", year="YEAR", categories=("GENRES",), user_name="NAME", user_attributes=("AGE_GROUP", "REGION")
)


def small(name: str = "films") -> PreparedData:
    interactions = pd.DataFrame(
        {
            "USER_ID": ["u1", "u2", "u1", "u1", "u2", "u1", "u1", "u1", "u2", "u2", "u2"],
            "ITEM_ID": ["v", "f", "r", "f", "v", "v", "r", "zz", "f", "f", "f"],
            "TIMESTAMP": [50, 10, 20, 30, 40, 60, 60, 70, 11, 12, 13],
            "EVENT_TYPE": [
                "watch",
                "watch",
                "trailer",
                "watch",
                "watch",
                "rate",
                "rate",
                "watch",
                "rate",
                "rate",
                "rate",
            ],
        }
    )
    items = pd.DataFrame(
        {
            "ITEM_ID": ["v", "r", "f", "p"],
            "TITLE": ["Vertigo", "Rope", "The Fog", None],
            "YEAR": pd.array([1958, 1948, 1980, None], dtype="Int64"),
            "GENRES": ["Mystery|Thriller", "Thriller", "Horror", None],
        }
    )
    users = pd.DataFrame(
        {
            "USER_ID": ["u1", "u2", "u3"],
            "NAME": ["Nóra", None, None],
            "AGE_GROUP": ["50-64", "18-24", None],
            "REGION": ["East", None, None],
        }
    )
    frames = {"Interactions": interactions, "Items": items, "Users": users}
    schemas = {kind: propose_schema(kind, frame, ROLES) for kind, frame in frames.items()}
    personas = (Persona("u1", "Nóra", "film noir"),)
    return PreparedData(
        name, interactions, items, users, schemas, ROLES, FILM_WORDS, "own", personas=personas, event_type="watch"
    )


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedData:
    return Library(tmp_path).save(small())


@pytest.fixture
def catalog(loaded: LoadedData) -> Catalog:
    return loaded.catalog()


@pytest.fixture
def people(loaded: LoadedData) -> People:
    return loaded.people()


def test_values_of_an_interaction_column_are_its_different_texts(loaded: LoadedData) -> None:
    assert loaded.values("EVENT_TYPE") == ["rate", "trailer", "watch"]
    assert loaded.values("TIMESTAMP") == []
    assert loaded.values("NOTHING_OF_THE_KIND") == []


def test_labels_fall_back_to_ids(catalog: Catalog) -> None:
    assert [catalog.label(item) for item in ("v", "p", "zz", "nowhere")] == ["Vertigo (1958)", "p", "zz", "nowhere"]
    assert catalog.categories("v") == ("Mystery", "Thriller")
    assert catalog.n_items == 5


def test_the_maker_is_the_first_name_of_a_column_that_says_who_made_it(tmp_path: Path) -> None:
    data = small()
    items = data.items.assign(DIRECTOR=["Ann Lee (co-director)|Bo", *["Cy"] * (len(data.items) - 2), None])
    catalog = Library(tmp_path).save(replace(data, items=items)).catalog()
    ids = items["ITEM_ID"].tolist()
    assert [catalog.maker(ids[place]) for place in (0, 1, -1)] == ["Ann Lee", "Cy", ""]
    assert catalog.maker("nowhere") == Library(tmp_path / "other").save(data).catalog().maker(ids[0]) == ""


def test_people_who_had_an_item_are_counted_once_by_the_event_type_that_counts(catalog: Catalog) -> None:
    assert catalog.n_people("v") == 2
    assert catalog.n_people("r") == 0
    assert catalog.n_events("v") == 3
    assert catalog.most_popular(2) == ["f", "v"]


def test_the_frame_keeps_the_order_asked_and_its_columns_when_empty(catalog: Catalog) -> None:
    frame = catalog.frame(["r", "v"])
    assert frame["item_id"].tolist() == ["r", "v"]
    assert list(catalog.frame([])) == list(frame)


@pytest.mark.parametrize(("text", "found"), [("fog", ["f"]), ("VERT", ["v"]), ("1948", ["r"]), ("rope x", []), ("", 5)])
def test_item_search(catalog: Catalog, text: str, found: list[str] | int) -> None:
    ids = catalog.search(text)["item_id"].tolist()
    assert ids == found if isinstance(found, list) else len(ids) == found


def test_people_are_named_or_described(people: People) -> None:
    assert people.label("u1") == "Nóra (simulated) · 3 films · mostly Thriller"
    assert people.label("u2") == "18-24 · 2 films · mostly Horror"
    assert people.label("u3") == "u3 · 0 films · no clear taste yet"
    assert people.short("u1") == "Nóra"
    assert people.short("u2") == "u2"
    assert people.label("stranger") == "stranger"


def test_people_search(people: People) -> None:
    assert people.search("")["user_id"].tolist()[0] == "u1"
    assert people.search("nora")["persona"].tolist() == [True]
    assert people.search("18-24")["user_id"].tolist() == ["u2"]
    assert people.search("u3")["segment"].tolist() == ["new"]
    assert people.search("nobody").empty
    assert list(people.search("nobody")) == list(people.search(""))
    assert people.random(1) in ("u1", "u2")
    assert people.median_user() == "u2"


def test_people_are_found_among_200_000() -> None:
    n = 200_000
    ids = [f"user-{number:06d}" for number in range(n)]
    blank = pa.nulls(n, pa.string())
    table = pa.table(
        {
            "user_id": ids,
            "start": [0] * n,
            "n_events": [7] * n,
            "n_items": [7] * n,
            "name": blank,
            "attributes": ["25-34, East"] * n,
            "taste_1": blank,
            "taste_2": blank,
            "segment": ["new"] * n,
            "search": [f"{user} 25-34, east new" for user in ids],
        }
    )
    people = People(table, (), FILM_WORDS)
    assert people.search("user-199999")["user_id"].tolist() == ["user-199999"]
    assert len(people.search("east")) == 20
    assert people.label("user-123456").startswith("25-34, East")


def test_a_history_is_newest_first_with_ties_in_file_order(loaded: LoadedData) -> None:
    history = loaded.history("u1")
    assert history["ITEM_ID"].tolist() == ["zz", "r", "v", "v", "f", "r"]
    assert history["TIMESTAMP"].tolist() == [70, 60, 60, 50, 30, 20]
    assert loaded.history("u1", limit=2)["ITEM_ID"].tolist() == ["zz", "r"]
    for nobody in ("u3", "stranger"):
        assert loaded.history(nobody).empty
        assert list(loaded.history(nobody)) == list(history)


def test_only_events_of_the_type_that_recipes_train_on_count(loaded: LoadedData) -> None:
    history = pd.DataFrame({"ITEM_ID": ["i1", "i2"], "EVENT_TYPE": ["watch", "trailer"]})
    assert loaded.counting(history)["ITEM_ID"].tolist() == ["i1"]
    assert len(loaded.counting(history[["ITEM_ID"]])) == 2, "data without event types has no others"
    counted = loaded.history("u1").query("EVENT_TYPE == 'watch'")["ITEM_ID"]
    assert loaded.counted_history("u1") == tuple(counted)
    assert 0 < len(loaded.counted_history("u1")) < 6
    assert loaded.counted_history("stranger") == ()


def test_the_library_gives_back_what_it_was_given(tmp_path: Path, loaded: LoadedData) -> None:
    data = small()
    again = Library(tmp_path).open("films")
    assert again is not None
    assert again.version == loaded.version
    assert (again.n_events, again.n_users, again.n_items) == (11, 3, 5)
    assert again.roles == data.roles
    assert again.words == data.words
    assert again.personas == data.personas
    assert json.loads(again.schemas["Items"])["name"] == "Items"
    ordered = data.interactions.sort_values(["USER_ID", "TIMESTAMP"], kind="stable").reset_index(drop=True)
    pd.testing.assert_frame_equal(again.interactions()[list(ordered)], ordered, check_dtype=False)
    pd.testing.assert_frame_equal(again.items(), data.items, check_dtype=False)


def test_a_new_version_replaces_the_old_and_the_old_stays_readable(tmp_path: Path, loaded: LoadedData) -> None:
    library = Library(tmp_path)
    newer = library.save(small())
    assert library.version("films") == newer.version != loaded.version
    assert len(loaded.history("u1")) == 6
    library.save(small())
    kept = [path for path in (tmp_path / "library" / "films").iterdir() if path.is_dir()]
    assert len(kept) == 2
    library.delete("films")
    assert library.open("films") is None
    assert library.names() == []


def test_a_save_that_fails_leaves_everything_as_it_was(tmp_path: Path, loaded: LoadedData) -> None:
    broken = small()
    broken.interactions.loc[0, "USER_ID"] = None
    with pytest.raises(SampleError, match="USER_ID is empty"):
        Library(tmp_path).save(broken)
    folder = tmp_path / "library" / "films"
    assert sorted(path.name for path in folder.iterdir()) == sorted([loaded.version, "library.json"])


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "x" * 64])
def test_names_never_leave_the_folder(tmp_path: Path, name: str) -> None:
    assert Library(tmp_path).open(name) is None
    with pytest.raises(SampleError, match="cannot be the name"):
        Library(tmp_path).save(small(name))


def test_tastes_of_another_column(loaded: LoadedData) -> None:
    assert loaded.tastes().column == "GENRES"
    assert loaded.tastes("YEAR").everybody["category"].tolist() == ["1980", "1958", "1948"]
    with pytest.raises(SampleError, match='no column "COLOUR"'):
        loaded.tastes("COLOUR")


def test_data_without_items_and_users_works(tmp_path: Path) -> None:
    data = small("bare")
    bare = PreparedData(
        "bare",
        data.interactions,
        None,
        None,
        {"Interactions": data.schemas["Interactions"]},
        ColumnRoles(),
        FILM_WORDS,
        "own",
    )
    loaded = Library(tmp_path).save(bare)
    assert loaded.catalog().label("v") == "v"
    assert loaded.people().label("u1") == "u1 · 4 films"
    assert loaded.tastes().top(["v"] * 9) == ()
    assert loaded.items() is None
