from dataclasses import replace

import pytest

from services.errors import ServiceError
from services.language import phrases
from services.language.vocabulary import FILM_WORDS
from services.lists.sample import Chance
from services.screens.compare import sentences
from services.screens.compare.sides import Side
from tests.services.worlds import POPULAR, campaign, side

CHANCE = Chance(6.2, 2, 11, 0.1, 4, 0.6, 200)
TEN = tuple(f"i{n}" for n in range(10))


def said(*found: Side, chance: Chance | None = CHANCE, by_campaign: bool = False) -> str:
    sentence = sentences.headline(found, chance, FILM_WORDS, by_campaign=by_campaign)
    assert len(sentence) <= 140
    return sentence


def pair(shared: int, past: int = 20, both: int = 0) -> tuple[Side, Side]:
    long = [f"x{n}" for n in range(25)]
    other = long[:shared] + [f"y{n}" for n in range(25 - shared)]
    pasts = [[f"p{n}" for n in range(past)], [f"p{n}" for n in range(past - both, 2 * past - both)]]
    return (
        side("A", *long, who="Sam", known=tuple(pasts[0])),
        side("B", *other, who="Max", known=tuple(pasts[1])),
    )


def test_less_than_usual() -> None:
    assert said(*pair(0)) == (
        "Sam and Max share 0 of 25 films; two random people share 6, while everybody gets the same bestsellers."
    )
    assert sentences.bestsellers_help(25, FILM_WORDS) == (
        "Films that are also among the 25 that most people watched, which everybody gets."
    )


def test_about_as_usual() -> None:
    assert said(*pair(5)) == (
        "Sam and Max share 5 of 25 films, about what is usual: two random people share 6, while everybody gets the "
        "same bestsellers."
    )


def test_more_than_usual_in_spite_of_different_pasts() -> None:
    expected = "although they have only 1 film in common in their past; two random people share 6."
    assert said(*pair(17, both=1)).endswith(expected)
    assert "no film in common in their past" in said(*pair(17))


def test_more_than_usual_with_a_common_past() -> None:
    assert said(*pair(17, both=15)).endswith("clearly more than usual: two random people share 6.")


def test_too_few_people_to_tell() -> None:
    few = replace(CHANCE, n_people=12)
    assert "12 people are too few to tell" in said(*pair(3), chance=few)
    assert sentences.chance_words(few) == "too few people to tell (n = 12)"
    assert sentences.chance_words(CHANCE) == "two random people: 6"
    assert sentences.chance_words(None) == ""


def test_nothing_is_said_of_chance_that_is_not_known() -> None:
    assert said(*pair(3), chance=None) == "Sam and Max share 3 of 25 films."


def test_somebody_new_is_called_so() -> None:
    one, other = pair(3)
    assert said(one, replace(other, known=())).endswith("Max is new to this model and gets the bestsellers.")


def test_popularity_shows_everybody_the_same() -> None:
    found = [replace(one, campaign=POPULAR) for one in pair(25)]
    assert said(*found) == "Sam and Max see the same 25 bestsellers, whatever they watched."


def test_of_more_than_two_people_each_gets_items_that_nobody_else_gets() -> None:
    a, b, c = side("A", *TEN), side("B", *TEN[5:], "z1", "z2", "z3", "z4", "z5"), side("C", *"qrstuvwxyz")
    low = Chance(1.0, 0, 3, 0.1, 4, 0.6, 200)
    assert said(a, b, c, chance=low) == (
        "Of 10 films each, in one list only: PA 5, PB 5 and PC 10; the bestsellers are the same 10 for all 3. "
        "PA and PB share 5, more than usual."
    )
    assert said(a, b, c, chance=None).endswith("the same 10 for all 3.")
    alone = side("B", *"klmnopABCD")
    assert said(a, alone, c) == (
        "PA, PB and PC each get all 10 films that none of the others gets; the bestsellers are the same 10 for all 3."
    )


def test_under_a_persons_own_items_stands_who_is_closest() -> None:
    a, b, c = side("A", *TEN), side("B", *TEN[5:]), side("C", *"qrstuvwxyz")
    assert sentences.own_below(a, [TEN[0], TEN[3], "z"], [a, b, c]) == "5 shared with PB"
    assert sentences.own_below(c, ["q", "z", "a"], [a, b, c]) == "2 also bestsellers"


def test_what_stands_under_a_title_is_said() -> None:
    scored = side("A", *TEN)
    likelier = "how many times likelier than the average film, and "
    said = [f"Under a title: {times}what it shares with the history." for times in (likelier, "")]
    without = replace(scored, call=None)
    assert [sentences.below_titles([one], FILM_WORDS) for one in (scored, without)] == said


def test_campaigns() -> None:
    a, b = side("A", *TEN), replace(side("B", *TEN[::-1]), campaign=POPULAR)
    both = "Personal recommendations and bestsellers"
    assert said(a, b, by_campaign=True) == f"{both} share 10 of 10 films, none of them at the same place."
    assert said(a, replace(a, campaign=POPULAR), by_campaign=True) == f"{both} are the same list, place by place."
    c = side("C", *"qrstuvwxyz")
    named = "Personal recommendations (A) and bestsellers"
    assert said(a, b, c, by_campaign=True).endswith(f"{named} agree most: 10 of 10.")
    assert said(a, c, side("D", "k"), by_campaign=True).endswith("no two lists share any.")


def test_refusals() -> None:
    error = ServiceError("ThrottlingException", "Rate exceeded.", "")
    one, other = pair(3)
    refused = replace(other, call=None, error=error)
    assert said(one, refused) == "Only Sam got an answer; see the others below."
    assert said(refused, refused) == "The campaign did not answer."


def test_exploring_campaigns_are_named() -> None:
    explores = replace(side("A", "a"), campaign=campaign("up", "aws-user-personalization"))
    assert sentences.exploring_note([side("A", "a")]) == ""
    assert sentences.exploring_note([explores]).startswith("up: the recipe tries new items")


@pytest.mark.parametrize(("who", "whose"), [("Nora", "Nora's"), ("James", "James'")])
def test_possessive(who: str, whose: str) -> None:
    assert phrases.possessive(who) == whose
