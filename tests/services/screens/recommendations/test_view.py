import pandas as pd
import pytest

from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.library.tastes import Tastes
from services.lists.reasons import Reason
from services.lists.threads import Thread
from services.lists.traits import Trait
from services.personalize.calls import ApiCall
from services.personalize.campaigns import Campaign
from services.screens.recommendations import sentences
from services.screens.recommendations import view as recommendations
from services.screens.recommendations.view import LIST_COLUMNS

FILMS = {
    "v": ("Vertigo", 1958, ("Mystery", "Thriller"), 80),
    "l": ("Laura", 1944, ("Film-Noir", "Mystery"), 40),
    "h": ("Halloween", 1978, ("Horror",), 60),
    "f": ("The Fog", 1980, ("Horror",), 20),
    "t": ("Toy Story", 1995, ("Animation",), 100),
}
WORDS = Words("film", "films", "watch", "watched", "because you watched")
HRNN = Campaign("films-hrnn", "arn:hrnn", "aws-hrnn", "arn:v", 0.0, 100)
POPULAR = Campaign("films-popularity", "arn:pop", "aws-popularity-count", "arn:p", 0.0, 100)


@pytest.fixture
def catalog() -> Catalog:
    table = pd.DataFrame(
        [(i, title, year, categories, None, n, n) for i, (title, year, categories, n) in FILMS.items()],
        columns=["item_id", "title", "year", "categories", "image", "n_people", "n_events"],
    )
    return Catalog(table)


@pytest.fixture
def tastes() -> Tastes:
    return Tastes("GENRES", {i: film[2] for i, film in FILMS.items()}, {i: film[3] for i, film in FILMS.items()})


def answer(*items: str, scores: bool = True) -> ApiCall:
    listed = [{"itemId": item_id} | ({"score": 0.4 / 2**rank} if scores else {}) for rank, item_id in enumerate(items)]
    return ApiCall("personalize-runtime", "GetRecommendations", "get_recommendations", {}, {"itemList": listed}, 1.0)


def view(call, catalog, tastes, popular=("t", "v"), known=("l",), taste=("Film-Noir", "Mystery")):
    return recommendations.list_view(
        call,
        popular=popular,
        known=known,
        taste=taste,
        everybody=0.4,
        catalog=catalog,
        tastes=tastes,
        n_users=200,
    )


def test_list_has_its_declared_columns_and_the_answers_order(catalog, tastes) -> None:
    frame = view(answer("v", "h"), catalog, tastes).frame
    assert list(frame.columns) == list(LIST_COLUMNS)
    assert list(frame["item_id"]) == ["v", "h"]
    assert list(frame["rank"]) == [1, 2]


def test_an_empty_list_keeps_its_columns(catalog, tastes) -> None:
    empty = view(answer(), catalog, tastes)
    assert list(empty.frame.columns) == list(LIST_COLUMNS)
    assert empty.n_items == 0
    assert empty.years is None


def test_fit_is_the_score_against_the_average_item(catalog, tastes) -> None:
    frame = view(answer("v", "h"), catalog, tastes).frame
    assert list(frame["times_average"]) == pytest.approx([0.4 * 5, 0.2 * 5])
    assert "times_average" in recommendations.table_frame(view(answer("v"), catalog, tastes), {}, "N", catalog, WORDS)


def test_recipes_without_scores_show_none_instead_of_zeros(catalog, tastes) -> None:
    without = view(answer("v", "h", scores=False), catalog, tastes)
    assert not without.has_scores
    table = recommendations.table_frame(without, {}, "Nora", catalog, WORDS)
    assert "score" not in table
    assert "times_average" not in table


def test_table_names_the_reason_and_the_rank_without_it(catalog, tastes) -> None:
    thread = Thread(Trait("category", "GENRES", ("Mystery",)), ("l",), (), 1, 0.9, 6, 7)
    told = {"v": Reason("v", 1, "left out", thread=thread), "h": Reason("h", 2, "left out")}
    table = recommendations.table_frame(view(answer("v", "h", "f"), catalog, tastes), told, "Nora", catalog, WORDS)
    assert list(table["because"]) == ["because Nora watched Laura (1944): Mystery", "fits the whole history", ""]
    assert table["rank_without"].fillna(0).tolist() == [7, 0, 0]


def test_in_taste_counts_items_with_any_of_the_tastes(catalog, tastes) -> None:
    counted = view(answer("v", "l", "h"), catalog, tastes)
    assert counted.in_taste == 2
    assert counted.popular_in_taste == 1
    assert counted.everybody_in_taste == pytest.approx(1.2)


def test_also_popular_looks_at_as_many_places_as_the_list_has(catalog, tastes) -> None:
    counted = view(answer("v", "h"), catalog, tastes, popular=("t", "l", "v", "h"))
    assert counted.shared_with_popularity == 0


def test_typical_item_is_told_per_thousand_people(catalog, tastes) -> None:
    assert view(answer("v", "h", "f"), catalog, tastes).typical_per_thousand == pytest.approx(300)


def test_share_in_taste_is_weighted_by_people(catalog, tastes) -> None:
    assert recommendations.share_in_taste(catalog, tastes, ("Horror",)) == pytest.approx(80 / 300)
    assert recommendations.share_in_taste(catalog, tastes, ()) == 0.0


def test_headline_compares_taste_with_popularity(catalog, tastes) -> None:
    words = sentences.headline(view(answer("v", "l", "h"), catalog, tastes), "Nora", HRNN, WORDS, known=True)
    assert words == "2 of Nora's 3 films are Film-Noir or Mystery; of the bestsellers, 1."


def test_headline_says_that_a_list_is_close_to_popularity(catalog, tastes) -> None:
    close = view(answer("t", "v", "h"), catalog, tastes, popular=("v", "t", "l"))
    words = sentences.headline(close, "Jo", HRNN, WORDS, known=True)
    assert words == "Jo's list is close to the bestsellers: 2 of 3 are the same."


def test_headline_says_that_somebody_is_new(catalog, tastes) -> None:
    words = sentences.headline(view(answer("t"), catalog, tastes, taste=()), "Kim", HRNN, WORDS, known=False)
    assert words.startswith("Kim is new to this model and sees the bestsellers")


def test_headline_of_popularity_says_that_everybody_gets_it(catalog, tastes) -> None:
    words = sentences.headline(view(answer("t", "v"), catalog, tastes), "Nora", POPULAR, WORDS, known=True)
    assert words == "Everybody sees the same 2 bestsellers; 1 of them is Nora's taste, Film-Noir or Mystery."


def test_headlines_fit_into_two_lines(catalog, tastes) -> None:
    long = view(answer("v", "l"), catalog, tastes, taste=("Film-Noir", "Mystery", "Thriller"), popular=())
    assert len(sentences.headline(long, "somebody-with-a-long-id", HRNN, WORDS, known=True)) <= 140


def test_seen_line_says_what_happened_to_the_history(catalog, tastes) -> None:
    assert "1 film already watched is left out" in sentences.seen_line(view(answer("v"), catalog, tastes), WORDS)
    shown = view(answer("l", "v"), catalog, tastes)
    assert sentences.seen_line(shown, WORDS) == "1 of these 2 films was watched before."
    assert sentences.seen_line(view(answer("v"), catalog, tastes, known=()), WORDS) == "No films watched yet."


def test_alt_text_names_tastes_and_the_first_three(catalog, tastes) -> None:
    shown = view(answer("v", "l", "h", "f"), catalog, tastes)
    words = sentences.alt_text(shown, "Nora", {}, catalog, WORDS)
    said = "Recommendations for Nora: 2 of 4 in Film-Noir and Mystery; first three Vertigo (1958), Laura (1944), "
    assert words == f"{said}Halloween (1978)."
    thread = Thread(Trait("category", "GENRES", ("Mystery",)), ("f",), (), 1, 0.2, 1, 2)
    told = {"h": Reason("h", 3, "left out"), "v": Reason("v", 1, "left out", thread=thread)}
    words = sentences.alt_text(shown, "Nora", told, catalog, WORDS)
    assert words == f"{said}Halloween (1978); the first reason: because Nora watched The Fog (1980): Mystery."


def test_other_campaigns_begin_with_what_they_share_and_mark_it(catalog) -> None:
    frame = recommendations.side_by_side(["v", "l"], {"popular": ["t", "v"], "short": ["l"]}, catalog)
    assert list(frame["popular"]) == ["1 of 2 shared", "Toy Story (1995)", "Vertigo (1958) [1]"]
    assert list(frame["short"]) == ["1 of 1 shared", "Laura (1944) [2]", ""]
