import numpy as np
import pytest

from services.language import phrases
from services.language.vocabulary import FILM_WORDS
from services.library.cooccurrence import Hidden
from services.screens.similar import sentences
from services.screens.similar.agreement import Agreement, Categories
from services.screens.similar.discount import DiscountView, discount_view
from services.screens.similar.formula import SimsFormula, SimsSettings
from services.screens.similar.neighbours import NeighbourEvidence
from tests.services.screens.similar.test_neighbours import FILMS, IDS, catalog, counted


def seed(item_id, neighbours, genres=None):
    columns = {i: film[2] for i, film in FILMS.items()} if genres is None else genres
    evidence = NeighbourEvidence(catalog(), counted(), np.ones(4, bool), least_people=1)
    return evidence.seed(item_id, neighbours, Categories(IDS, columns))


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 in 10"), (0.1, "1 in 10"), (0.49, "1 in 2"), (0.5, "5 in 10"), (0.001, "1 in 1,000")]
)
def test_chance_in_words(share, said) -> None:
    assert phrases.chance(share) == said


@pytest.mark.parametrize(
    ("column", "noun"),
    [
        ("GENRES", "genre"),
        ("CATEGORY_L1", "category"),
        ("STYLE_2", "style"),
        ("CATEGORIES", "category"),
        ("CAST", "cast"),
        ("", "category"),
    ],
)
def test_a_column_gives_a_noun(column, noun) -> None:
    assert phrases.category_noun(column) == noun


def test_headline_counts_a_genre_in_common_beside_the_same_chance_as_the_picture() -> None:
    said = sentences.headline(seed("hal", ["fog", "toy"]), seed("fog", ["hal"]), "genre", FILM_WORDS)
    assert said == (
        "1 of 2 films similar to Halloween (1978) shares a genre with it (Horror); by chance 1.3. "
        "The two lists share no film."
    )


def test_headline_counts_what_both_share() -> None:
    said = sentences.headline(seed("hal", ["fog", "toy"]), seed("fog", ["hal", "toy"]), "genre", FILM_WORDS)
    assert said.endswith("The two lists share 1 film.")


def test_headline_without_categories_speaks_of_people() -> None:
    said = sentences.headline(seed("hal", ["fog"], genres={}), None, "genre", FILM_WORDS)
    assert said == "2 of 3 people who watched Halloween (1978) also watched The Fog; by chance 2."


def test_headline_of_an_item_that_nobody_had() -> None:
    said = sentences.headline(seed("new", ["hal"]), None, "genre", FILM_WORDS)
    assert said == "Nobody has watched Nobody's Film (2020) yet: these are bestsellers, not similar films."
    assert sentences.unknown_note(seed("new", ["hal"]), FILM_WORDS).startswith("Nobody has watched this yet")


def test_headline_of_a_list_of_fillers_says_so_first() -> None:
    said = sentences.headline(seed("fog", ["hal", "new", "toy"]), None, "genre", FILM_WORDS)
    assert said == "Only 1 of 3 films is similar to The Fog (1980); the others are bestsellers."


def test_what_the_percentiles_hide_is_told_with_its_share_of_the_events() -> None:
    assert sentences.hidden_note(Hidden(0, 0, 0.0), FILM_WORDS) == ""
    note = sentences.hidden_note(Hidden(1680, 1680, 0.69), FILM_WORDS)
    assert note.startswith("Never listed: 1,680 films with 69 % of the events, the most frequent.")
    assert "9 % of the events, 2 of them the most frequent." in sentences.hidden_note(Hidden(5, 2, 0.09), FILM_WORDS)


def test_headline_of_an_empty_list() -> None:
    assert "the campaign returned none" in sentences.headline(seed("hal", []), None, "genre", FILM_WORDS)


def test_fillers_are_counted() -> None:
    assert sentences.unknown_note(seed("fog", ["hal", "new"]), FILM_WORDS) == (
        "1 of 2 is a bestseller that fills up the list."
    )
    assert sentences.unknown_note(seed("hal", ["fog"]), FILM_WORDS) == ""


def test_the_evidence_as_a_sentence() -> None:
    assert sentences.neighbour_sentence(seed("hal", ["fog"]), 0, FILM_WORDS) == (
        "2 of 2 who watched it also watched Halloween (1978)"
    )
    assert sentences.neighbour_sentence(seed("fog", ["new"]), 0, FILM_WORDS).startswith("a bestseller, not similar")


def test_alt_text_names_the_strongest() -> None:
    assert sentences.alt_text(seed("hal", ["toy", "fog"]), "genre", FILM_WORDS) == (
        "1 of 2 neighbours of Halloween (1978) share a genre, by chance 1.3; strongest The Fog (1980): "
        "2 people watched both."
    )
    assert sentences.alt_text(seed("hal", []), "genre", FILM_WORDS) == "No neighbours of Halloween (1978)."


def test_headlines_fit_into_two_lines() -> None:
    evidence = seed("hal", ["fog", "toy"])
    assert len(sentences.headline(evidence, evidence, "genre", FILM_WORDS)) <= 140


@pytest.fixture
def view() -> DiscountView:
    people = {0: [0, 1, 2], 1: [0, 1, 2], 2: [0, 2], 3: [2], 4: [2], 5: [2, 3]}
    users, items = np.array([(user, item) for user, own in people.items() for item in own], dtype=np.int64).T
    settings = SimsSettings(least_people=1, histories=(0.0, 1.0), items=(0.0, 1.0))
    return discount_view(SimsFormula(users, items, 6, 4, settings), IDS, 0, deployed=0.5, chosen=0.8, n=1)


def test_the_discount_is_shown_at_its_ends_as_deployed_and_as_chosen(view) -> None:
    assert list(view.lists) == [0.0, 0.5, 0.8, 1.0]
    assert [view.column(discount) for discount in view.lists] == ["0", "0.5 deployed", "0.8", "1"]
    assert view.items(0.0) == ("toy",)
    assert view.items(1.0) == ("hal",)
    assert view.deepest == 1


def test_points_say_where_an_item_is_not_listed(view) -> None:
    points = view.points(catalog()).set_index(["item_id", "column"])["rank"]
    assert points["toy", "0"] == 1
    assert np.isnan(points["toy", "1"])


def test_more_discount_means_less_known_neighbours(view) -> None:
    assert sentences.discount_sentence(view, FILM_WORDS) == (
        "With full discount, 2 people watched the typical similar film; without, 6."
    )
    assert "0 of 1 stay between discount 0 and 1" in sentences.discount_alt(view, "The Fog", FILM_WORDS)


def test_another_discount_needs_another_model(view) -> None:
    said = sentences.other_model(view, FILM_WORDS)
    assert said.startswith(
        "The lists below are those of the campaign, which was trained with a discount of 0.5. With 0.8"
    )
    assert sentences.other_model(DiscountView(0.5, 0.5, view.lists, view.people), FILM_WORDS) == ""


def test_a_discount_without_neighbours_says_so() -> None:
    empty = DiscountView(0.5, 0.5, {0.0: (), 0.5: (), 1.0: ()}, {})
    assert sentences.discount_sentence(empty, FILM_WORDS).startswith("Too few people watched this")


def test_the_figure_over_the_whole_catalogue_is_explained() -> None:
    whole = Agreement(0.5, 0.25, 0.125, 0.1, n_items=1200, least=10, sampled=True)
    assert sentences.whole_words(whole, "GENRES", 10, FILM_WORDS) == (
        "the first 10 neighbours by the formula below, of an even sample of 1,200 films that have so many; their genre "
        "overlap (common over all of both, Jaccard) is 0.25, by chance 0.10"
    )
    assert sentences.whole_words(None, "GENRES", 10, FILM_WORDS) == "no item has both a genre and neighbours"
    assert sentences.whole_words(None, "", 10, FILM_WORDS) == "the catalogue has no categorical column"
