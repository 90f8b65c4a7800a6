"""What is said about lists of another recommender: unknown ids and their number, what people had, what looks leaked."""

from pathlib import Path

from services.language.vocabulary import FILM_WORDS
from services.other_lists.checking import Truth, against_data, against_truth
from services.other_lists.kept import Facts, OtherLists

PEOPLE = [f"u{number}" for number in range(40)]


def lists_of(lists: dict[str, tuple[str, ...]], **facts: int) -> OtherLists:
    given = {"n_users": len(lists), "n_rows": 0, "n_left_out": 0, "n_duplicates": 0} | facts
    other = OtherLists("1", Facts(name="ALS", file_name="als.csv", loaded=0.0, order="by rank", **given), Path("none"))
    other.__dict__["lists"] = lists
    return other


def odd(other: OtherLists, users: set[str], items: set[str]) -> list[str]:
    return [note.sentence for note in against_data(other, users, items, FILM_WORDS) if not note.fine]


def test_lists_that_fit_the_data_have_nothing_to_look_at() -> None:
    whole = tuple(f"i{number}" for number in range(25))
    assert odd(lists_of({"u1": whole}), {"u1"}, set(whole)) == []


def test_unknown_people_and_items_are_named_with_their_number() -> None:
    found = odd(lists_of({"u1": ("a", "x"), "u9": ("b", "y")}), {"u1"}, {"a", "b"})
    assert "1 of 2 people of the file are not in the data: u9." in found
    assert "2 of 4 films of the file are not in the data: x and y." in found


def test_short_lists_doubles_and_gaps_are_counted() -> None:
    found = " ".join(odd(lists_of({"u1": ("a",)}, n_left_out=2, n_duplicates=1), {"u1"}, {"a"}))
    assert "1 of 1 lists have fewer than 25 places; the usual is 1." in found
    assert "1 place repeats what the same list has already" in found
    assert "2 rows have no person or no film" in found


def truth(best: float = 0.5, chance: float = 0.2, known: str = "abcdefgh", had: str = "") -> Truth:
    return Truth({user: ["a", "b"] for user in PEOPLE}, {user: set(had) for user in PEOPLE}, set(known), best, chance)


def suspicions(items: tuple[str, ...], rate: float, given: Truth) -> list[str]:
    other = lists_of(dict.fromkeys(PEOPLE, items))
    return [note.sentence for note in against_truth(other, given, rate, len(PEOPLE), FILM_WORDS) if not note.fine]


def test_what_people_had_before_the_split_is_a_share_of_the_places() -> None:
    found = suspicions(("a", "c", "d", "e"), 0.5, truth(had="cx"))
    assert found == ["25 % of the first 25 places are films that the person had before the split."]


def test_lists_of_the_truth_itself_are_suspected() -> None:
    (found,) = suspicions(("b", "a", "c"), 1.0, truth())
    assert found.startswith("40 of 40 lists begin with exactly what the person went on to take")


def test_a_figure_far_above_ours_is_suspected_and_a_good_one_is_not() -> None:
    (found,) = suspicions(("a", "c", "d"), 0.95, truth())
    assert found.startswith("Right for 95 %, our best for 50 %: too good to be true?")
    assert suspicions(("a", "c", "d"), 0.6, truth()) == []


def test_lists_that_leave_out_all_that_came_after_are_suspected() -> None:
    (found,) = suspicions(("c", "d"), 0.0, truth())
    assert "Not one list is right, where random ones are for 20 %" in found


def test_items_that_nobody_had_before_the_split_are_counted_and_no_proof() -> None:
    """A model that reads what items are about lists them rightly."""
    (found,) = suspicions(("a", "c"), 0.5, truth(known="bcd"))
    assert found.startswith("The lists have 1 film that nobody watched before the split")
    notes = against_truth(lists_of(dict.fromkeys(PEOPLE, ("a", "c"))), truth(known="bcd"), 0.5, 40, FILM_WORDS)
    assert [note.leak for note in notes if note.sentence == found] == [False]
    certain = against_truth(lists_of(dict.fromkeys(PEOPLE, ("b", "a", "c"))), truth(), 1.0, 40, FILM_WORDS)
    assert [note.leak for note in certain].count(True) == 1


def test_people_without_a_list_are_counted() -> None:
    other = lists_of(dict.fromkeys(PEOPLE[:30], ("a",)))
    notes = against_truth(other, truth(), 0.5, 30, FILM_WORDS)
    assert notes[0].sentence == "10 of the 40 people of this result have no list; only those with one are compared."
