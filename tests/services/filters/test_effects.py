"""What a filter and a promotion did to a list, by name."""

import pandas as pd

from services.engine.recipes.registry import RECIPES
from services.filters import completion, sentences
from services.filters.columns import Column
from services.filters.effects import Narrowed, narrowed, ranked_effect
from services.filters.named import NamedFilter
from services.filters.request import PROMOTING, ChosenFilter, ChosenPromotion, Narrowing
from services.language.vocabulary import FILM_WORDS
from services.library.catalog import Catalog
from services.personalize.calls import ApiCall

NO_C = ChosenFilter(NamedFilter("no-c", "arn:no-c", 'EXCLUDE ItemID WHERE Items.T IN ("c")'))
GENRE = ChosenFilter(NamedFilter("genre", "arn:genre", "INCLUDE ItemID WHERE Items.T IN ($G)"), {"G": '"x"'})
PROMOTION = ChosenPromotion("spring", 25, GENRE)
COLUMNS = ("item_id", "title", "year", "categories", "image", "n_people", "n_events")
CATALOG = Catalog(pd.DataFrame([(i, i.upper(), None, (), None, 1, 1) for i in "abcdefgh"], columns=list(COLUMNS)))


def of(narrowing: Narrowing, n_wanted: int = 4) -> Narrowed:
    """Ask a campaign that knows a to f: the filter takes c away, the promotion puts f on the second place."""

    def ask(more) -> ApiCall:
        ids = [item for item in "abcdef" if item != "c" or "filterArn" not in more][:n_wanted]
        items = [{"itemId": item} for item in ids]
        if "promotions" in more:
            items = [items[0], {"itemId": "f", "promotionName": "spring", "reason": ["Promoted item"]}, *items[1:-1]]
        return ApiCall("personalize-runtime", "GetRecommendations", "x", more, {"itemList": items}, 1.0)

    return narrowed(ask, narrowing, n_wanted)


def said(narrowing: Narrowing, n_wanted: int = 4) -> str:
    return sentences.effect(of(narrowing, n_wanted).effect, CATALOG, FILM_WORDS)


def test_without_filter_and_promotion_there_is_nothing_to_compare():
    assert of(Narrowing()).effect is None


def test_the_request_carries_what_is_chosen():
    assert Narrowing(GENRE, PROMOTION).members == {
        "filterArn": "arn:genre",
        "filterValues": {"G": '"x"'},
        "promotions": [
            {"name": "spring", "percentPromotedItems": 25, "filterArn": "arn:genre", "filterValues": {"G": '"x"'}}
        ],
    }
    assert Narrowing(GENRE, PROMOTION).for_recipe("aws-hrnn") == Narrowing(GENRE)
    assert ChosenFilter(GENRE.named).missing == ["G"]


def test_recipes_that_promote_are_those_of_the_engine():
    own = {info.name for info in RECIPES if info.recipe_class.promotes}
    assert own == {info.name for info in RECIPES} & set(PROMOTING)


def test_what_a_filter_took_away_and_what_moved_up():
    assert said(Narrowing(NO_C)) == "The filter took away 1 film: C; this moved up: E."
    assert said(Narrowing(NO_C), 6).endswith("The list has 5 of 6 films: nothing else is left.")
    assert said(Narrowing(NO_C), 2) == "The filter takes no film away from this list."


def test_promoted_items_and_those_in_whose_place_they_are():
    assert said(Narrowing(None, PROMOTION)) == "★ promoted: F in place of D."
    both = said(Narrowing(NO_C, PROMOTION))
    assert both == "The filter took away 1 film: C; this moved up: E. ★ promoted: F in place of E."


def test_a_ranked_list_only_gets_shorter():
    effect = ranked_effect("abcd", "db")
    assert sentences.effect(effect, CATALOG, FILM_WORDS) == "The filter took away 2 films: A and C."


def test_the_line_has_the_values_in_their_places():
    line = sentences.line(Narrowing(GENRE, PROMOTION))
    assert line == 'genre: INCLUDE ItemID WHERE Items.T IN ("x") · 25 % promoted by genre'


def test_words_that_may_follow_fit_the_column():
    columns = (Column("Items", "GENRES", values=("Drama", 'a "b"')), Column("Items", "YEAR", True, (), 1.0, 3.0))
    tests = frozenset({"IN", "NOT_IN", "COMPARISON"})
    assert completion.next_words(tests, "INCLUDE ItemID WHERE Items.GENRES", columns) == ("IN (", "NOT IN (", "=", "!=")
    assert "<=" in completion.next_words(tests, "INCLUDE ItemID WHERE Items.YEAR", columns)
    entries = frozenset({"TEXT", "PARAMETER", "ANYTHING"})
    words = completion.next_words(entries, "INCLUDE ItemID WHERE items.genres IN (", columns)
    assert words == ('"Drama"', '"a \\"b\\""', "$GENRES")


def test_clicked_words_stand_where_they_belong():
    text = ""
    for word in ("INCLUDE", "ItemID", "WHERE", "Items.GENRES", "IN (", '"Drama"', ",", '"War"', ")"):
        text = completion.appended(text, word)
    assert text.strip() == 'INCLUDE ItemID WHERE Items.GENRES IN ("Drama", "War")'
    assert completion.pointed("ab\ncd", 3) == "ab cd\n   ^"
