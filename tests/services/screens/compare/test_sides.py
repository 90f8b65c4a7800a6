from dataclasses import replace

import pandas as pd
import pytest

from services.errors import ServiceError
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.library.store import Library
from services.library.tastes import Tastes
from services.lists.reasons import Reason
from services.lists.threads import Thread
from services.lists.traits import Trait
from services.screens.compare import sentences, sides
from tests.services.worlds import HRNN, POPULAR, answer, side


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(
        pd.DataFrame(
            [(i, f"Film {i}", 1990, ("Noir",), None, n, n) for n, i in enumerate("abcde", 1)],
            columns=["item_id", "title", "year", "categories", "image", "n_people", "n_events"],
        )
    )


def test_a_refusal_stays_with_its_side(tmp_path, small_world, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Library(tmp_path).save(small_world)

    def ask(backend, deployed, user_id, count, more):
        if user_id == "u3":
            raise ServiceError("ThrottlingException", "Rate exceeded.", "Wait a moment.")
        return answer("i1", "i2")

    monkeypatch.setattr(sides, "recommend", ask)
    wanted = [("u0", HRNN), ("u3", HRNN), ("u9", HRNN)]
    found = sides.sides(None, wanted, 25, data, data.people(), data.tastes())
    assert [one.who for one in found] == ["Ann", "u3", "u9"]
    assert [one.letter for one in found] == ["A", "B", "C"]
    assert [one.ids for one in found] == [("i1", "i2"), (), ("i1", "i2")]
    assert found[1].error is not None
    assert [one.letter for one in sides.answered(found)] == ["A", "C"]
    assert found[2].known == ("i1", "i0", "i7", "i6", "i5", "i4", "i3", "i2", "i1", "i0")


def test_campaigns_are_called_by_recipe_and_by_name_where_recipes_repeat(tmp_path, small_world, monkeypatch) -> None:
    data = Library(tmp_path).save(small_world)
    monkeypatch.setattr(sides, "recommend", lambda *_, more: answer("i1"))
    wanted = [("u0", HRNN), ("u0", POPULAR), ("u0", replace(HRNN, name="other"))]
    found = sides.sides(None, wanted, 25, data, data.people(), data.tastes(), by_campaign=True)
    assert [one.who for one in found] == ["hrnn", "Popularity", "other"]


def test_counts_between_lists() -> None:
    found = [side("A", "a", "b", "c"), side("B", "c", "b", "x"), side("C", "p", "q", "c")]
    assert sides.shared_counts(found).tolist() == [[3, 2, 1], [2, 3, 1], [1, 1, 3]]
    assert next((one.letter, other.letter, n) for one, other, n in sides.pair_counts(found)) == ("A", "B", 2)
    assert sides.n_different(found) == 6
    assert sides.in_all(found[:2]) == ["b", "c"]
    assert sides.in_all(found) == ["c"]
    assert sides.held_by(found)["c"] == "ABC"
    assert sides.held_by(found)["b"] == "AB"


def test_own_items_are_those_that_no_other_list_holds() -> None:
    found = [side("A", "a", "b", "c"), side("B", "c", "d"), side("C", "e", "b")]
    assert sides.own_items(found) == {"A": ["a"], "B": ["d"], "C": ["e"]}


def test_pasts_count_different_items() -> None:
    one, other = side("A", known=("v", "v", "w")), side("B", known=("v", "x"))
    assert sides.shared_history(one, other) == 1
    assert sides.had_by([one, other]) == {"v": "AB", "w": "A", "x": "B"}


def test_popular_places_count_up_to_the_lists_length() -> None:
    assert sides.also_popular(side("A", "a", "b"), ["b", "z", "a"]) == 1


def test_table_holds_every_item_once_with_both_ranks_reasons_and_histories(catalog: Catalog) -> None:
    found = [side("A", "a", "b", known=("c",), who="Ann"), side("B", "b", "c", known=("a",), who="Bob", scores=False)]
    thread = Thread(Trait("category", "GENRES", ("War",)), ("c",), (), 1, 0.5, 6, 7)
    told = {"A": {"a": Reason("a", 1, "left out", thread=thread)}}
    table = sides.table_frame(found, told, catalog, FILM_WORDS)
    assert list(table.columns) == [
        "item_id",
        "title",
        "year",
        "categories",
        "rank Ann",
        "score Ann",
        "because Ann",
        "rank Bob",
        "because Bob",
        "in history of",
    ]
    assert list(table["item_id"]) == ["b", "a", "c"]
    assert table["rank Ann"].tolist()[:2] == [2, 1]
    assert table["rank Ann"].isna().tolist() == [False, False, True]
    assert table["because Ann"].tolist() == ["", "because Ann watched Film c (1990): War", ""]
    assert table["in history of"].tolist() == ["", "Bob", "Ann"]


def test_alt_text_says_what_is_shared_and_where_lists_lean() -> None:
    tastes = Tastes("G", {i: ["Noir"] if i < "n" else ["War"] for i in "abcdefghxyz"}, dict.fromkeys("abcxyz", 5))
    said = sentences.alt_text([side("A", *"abcdefgh", who="Ann"), side("B", *"axyz", who="Bob")], tastes)
    assert said.startswith("Ann and Bob share 1 of 8")
    assert "Ann's list leans to Noir" in said
