from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.errors import ServiceError
from services.library.catalog import Catalog
from services.lists.item_lists import ItemList
from services.personalize import asking, campaigns, recipe_names
from services.personalize.calls import ApiCall
from services.screens.ranking import orders, sentences
from services.screens.ranking.orders import RANKED_COLUMNS, Ranking

BEFORE = tuple("abcdefghijkl")
NORA = "lbacdefghijk"
BEN = "cbadefghijkl"
LIST_FROM = ItemList(BEFORE, "12 Thriller films", "most watched first")


@pytest.fixture
def catalog() -> Catalog:
    rows = [(i, f"Film {i.upper()}", 1950, ("Thriller",), None, 9, 9) for i in BEFORE]
    columns = ["item_id", "title", "year", "categories", "image", "n_people", "n_events"]
    return Catalog(pd.DataFrame(rows, columns=columns))


def answered(order: str, unknown: tuple[str, ...] = (), scores: bool = True) -> ApiCall:
    known = [{"itemId": i} | ({"score": 0.5 / 2**place} if scores else {}) for place, i in enumerate(order)]
    response = {"personalizedRanking": [*known, *({"itemId": i} for i in unknown)]}
    return ApiCall("personalize-runtime", "GetPersonalizedRanking", "get_personalized_ranking", {}, response, 1.0)


def of(order: str, catalog: Catalog, who: str = "Nora", **options) -> Ranking:
    return orders.ranking(answered(order), BEFORE, who, catalog, **options)


def test_the_list_has_its_columns_and_the_answers_order(catalog) -> None:
    frame = of(NORA, catalog).frame
    assert list(frame.columns) == list(RANKED_COLUMNS)
    assert "".join(frame["item_id"]) == NORA
    assert list(frame["before"][:3]) == [12, 2, 1]
    assert list(frame["move"][:3]) == ["▲ 11", "=", "▼ 2"]
    assert frame["times_average"].mean() == pytest.approx(1)
    assert frame["times_average"].iloc[1] == pytest.approx(frame["times_average"].iloc[0] / 2)


def test_moves_by_three_or_more_rise_and_fall(catalog) -> None:
    one = of(NORA, catalog)
    assert one.n_far == 1
    assert (one.rise.item_id, one.rise.mark) == ("l", "▲ 11")
    assert one.fall.mark == "▼ 2"
    still = of("".join(BEFORE), catalog)
    assert (still.rise, still.fall, still.agreement) == (None, None, "the same")


def test_unknown_ids_come_last_without_score_and_do_not_move(catalog) -> None:
    call = answered("ba", unknown=("zz", "yy"))
    one = orders.ranking(call, ("zz", "a", "b", "yy"), "Nora", catalog)
    assert one.unknown == ["zz", "yy"]
    assert list(one.frame["move"]) == ["▲ 2", "=", "", ""]
    assert len(one.moves) == 2
    table = orders.table_frame([one])
    assert table["move_Nora"].tolist()[:2] == [2, 0]  # a number, so that a spreadsheet sorts it
    assert table["move_Nora"].isna().tolist() == [False, False, True, True]
    assert list(table["note"]) == ["", "", orders.NOT_KNOWN, orders.NOT_KNOWN]
    assert sentences.unknown_sentence(one, ("id is", "ids are")).startswith("2 ids are not in the training data")


def test_recipes_without_scores_know_what_the_catalogue_knows(catalog) -> None:
    one = orders.ranking(answered("ba", unknown=("zz",), scores=False), ("a", "b", "zz"), "Nora", catalog)
    assert one.unknown == ["zz"]
    assert "score_Nora" not in orders.table_frame([one])


def test_two_orders_differ_in_their_first_places(catalog) -> None:
    assert orders.differing(of(NORA, catalog), of(BEN, catalog, "Ben")) == 1
    frame = orders.table_frame([of(NORA, catalog), of(BEN, catalog, "Ben")])
    assert list(frame["after_Nora"]) == list(range(1, 13))
    assert frame["after_Ben"].iloc[0] == 12


def test_headline_of_two(catalog) -> None:
    assert sentences.headline(LIST_FROM, of(NORA, catalog), of(BEN, catalog, "Ben"), catalog) == (
        "Same 12 Thriller films, two orders: 1 of the first 10 differs for Nora and Ben; "
        "Film L goes from 12th to 1st for Nora."
    )


def test_headline_of_one(catalog) -> None:
    assert sentences.headline(LIST_FROM, of(NORA, catalog), None, catalog) == (
        "12 Thriller films in Nora's order: 1 moves by 3 places or more; Film L goes from 12th to 1st."
    )


def test_headline_when_nothing_moves_or_somebody_is_new(catalog) -> None:
    still = sentences.headline(LIST_FROM, of("".join(BEFORE), catalog), None, catalog)
    assert still == "12 Thriller films in Nora's order: none moves by 3 places or more."
    new = sentences.headline(LIST_FROM, of(NORA, catalog, "Kim", new_here=True), None, catalog)
    assert new == "Kim is new to this model and sees 12 Thriller films with the bestsellers first."


def test_headline_of_a_short_list_and_of_unknown_ids(catalog) -> None:
    short = ItemList(("a", "b"), "2 films given by id", "as given")
    one, other = (orders.ranking(answered(order), ("a", "b"), order, catalog) for order in ("ab", "ba"))
    assert "2 of 2 places differ for ab and ba" in sentences.headline(short, one, other, catalog)
    none = orders.ranking(answered("", unknown=("x",)), ("x",), "Nora", catalog)
    assert sentences.headline(short, none, None, catalog).startswith("None of 2 films given by id is in the")


def test_a_filter_leaves_the_order_of_what_it_leaves(catalog) -> None:
    calls = [answered("cb"), answered("ab")]
    assert orders.left(calls, BEFORE) == ["a", "b", "c"]
    short = orders.shortened(LIST_FROM, ["a", "b", "c"])
    assert (short.name, short.item_ids) == ("3 of 12 Thriller films", ("a", "b", "c"))
    assert orders.shortened(LIST_FROM, list(BEFORE)) is LIST_FROM


def test_alt_text_says_moves_and_the_largest_rise(catalog) -> None:
    assert sentences.alt_text(of(NORA, catalog), of("".join(BEFORE), catalog, "Ben"), catalog) == (
        "Of 12 items 1 moved by 3 places or more for Nora; Film L rises from 12th to 1st. "
        "Of 12 items 0 moved by 3 places or more for Ben; nothing rises."
    )


@pytest.fixture(scope="module")
def backend(ranking_home: Path) -> Iterator[Backend]:
    opened = open_backend({}, ranking_home)
    yield opened
    opened.close()


def test_the_campaign_ranks_through_boto3(backend: Backend) -> None:
    campaign = campaigns.for_recipes(backend, "film-demo", recipe_names.FOR_A_LIST)[0]
    call = asking.rank(backend, campaign, "viewer-0001", ["film-0389", "no-such-film", "film-0480"])
    ids = [item["itemId"] for item in call.response["personalizedRanking"]]
    assert set(ids[:2]) == {"film-0389", "film-0480"}
    assert ids[2] == "no-such-film"
    with pytest.raises(ServiceError, match="501 items; at most 500"):
        asking.rank(backend, campaign, "viewer-0001", [str(n) for n in range(501)])
