"""What items can have in common, from films and from a shop's products."""

import json

import pandas as pd
import pytest

from services.library.columns import ColumnRoles
from services.lists.traits import Trait, title_root, traits

FILMS = pd.DataFrame(
    {
        "ITEM_ID": ["v", "r", "a", "b", "c", "d"],
        "TITLE": ["Vertigo", "Rope", "Alien", "Alien 3", "Big", "Chinatown"],
        "GENRES": ["Crime|Mystery", "Crime|Mystery", "Horror", "Horror", "Comedy", "Crime"],
        "DIRECTOR": ["Alfred Hitchcock", "Alfred Hitchcock", "Ridley Scott", "David Fincher", "Penny Marshall", None],
    }
)
ROLES = ColumnRoles(title="TITLE", categories=("GENRES",), people=("DIRECTOR",))


def test_a_film_shares_its_director_its_pair_of_genres_and_the_root_of_its_title() -> None:
    found = traits(FILMS, ROLES, None)
    hitchcock, both = Trait("by", "DIRECTOR", ("Alfred Hitchcock",)), Trait("category", "GENRES", ("Crime", "Mystery"))
    assert {hitchcock, both} <= set(found.of("v")) & set(found.of("r"))
    assert found.bits(hitchcock) == pytest.approx(1.585, abs=0.001)  # 2 of 6
    assert Trait("series", "", ("Alien",)) in set(found.of("a")) & set(found.of("b"))


def test_what_one_item_has_or_most_have_is_no_trait() -> None:
    found = traits(FILMS, ROLES, None)
    assert found.of("c") == ()
    assert found.of("unknown") == ()
    everybody = traits(FILMS.assign(GENRES="Film"), ROLES, None)
    assert all(trait.column != "GENRES" for trait in everybody.of("v"))


def test_a_shop_shares_brand_and_the_categorical_columns_of_its_schema() -> None:
    products = pd.DataFrame(
        {
            "ITEM_ID": list("abcdef"),
            "BRAND": ["Sony", "Sony", "LG", "LG", "Bosch", "AEG"],
            "CATEGORY_L1": ["TV", "Radio", "TV", "Oven", "Oven", "Oven"],
            "DESCRIPTION": ["same text"] * 2 + ["other"] * 4,
        }
    )
    fields = [{"name": "BRAND", "type": "string", "categorical": True}, {"name": "DESCRIPTION", "type": "string"}]
    found = traits(products, ColumnRoles(categories=("CATEGORY_L1",)), json.dumps({"fields": fields}))
    assert set(found.of("a")) == {Trait("by", "BRAND", ("Sony",)), Trait("category", "CATEGORY_L1", ("TV",))}


def test_data_without_items_has_no_traits() -> None:
    assert traits(None, ColumnRoles(), None).of("a") == ()


@pytest.mark.parametrize(
    ("title", "root"),
    [
        ("Rocky II", "Rocky"),
        ("Rocky", "Rocky"),
        ("The Godfather: Part III", "The Godfather"),
        ("Karate Kid, Part II, The (1986)", "Karate Kid"),
        ("Star Wars: Episode V - The Empire Strikes Back", "Star Wars"),
        ("Alien 3", "Alien"),
        ("2001: A Space Odyssey", "2001: A Space Odyssey"),
        ("1984", "1984"),
        ("", ""),
        (None, ""),
    ],
)
def test_numbered_titles_have_a_root(title: object, root: str) -> None:
    assert title_root(title) == root
