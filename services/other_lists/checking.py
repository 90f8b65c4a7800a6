"""What is said about lists of another recommender before they are compared: who and what is unknown, and what is odd.

Against the data: unknown users and items, short lists, doubles. Against the truth of an evaluation: people without a
list, items of the person's own past, and figures that look as if the model had seen what it was to predict.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass

from services.language.phrases import counted, fine_percent, listed, percent
from services.language.vocabulary import Words
from services.other_lists.kept import OtherLists

PLACES = 25
"""Shorter lists are said to be short."""
N_NAMED = 3
MANY = 0.5
MIN_SUSPICIOUS = 0.9
"""A hit rate from here on is odd where the best of the others has less than MUCH_LESS of it."""
MUCH_LESS = 0.8
MIN_PEOPLE = 30


@dataclass(frozen=True)
class Note:
    """One thing that was found."""

    fine: bool
    sentence: str
    leak: bool = False
    """Whether the lists look as if their model knew what it was to predict."""


@dataclass(frozen=True)
class Truth:
    """What an evaluation knows of the people it asked."""

    taken: Mapping[str, Sequence[str]]
    """What each person took afterwards."""
    had: Mapping[str, Collection[str]]
    """What each had before the split."""
    known_items: Collection[str]
    """Items of the part that may be learned from: with events before the split, or in the items' own data."""
    best: float
    """The best hit rate at 25 of our own lists."""
    chance: float
    """That of random lists."""


def against_data(lists: OtherLists, users: Container[str], items: Container[str], words: Words) -> list[Note]:
    """Return what the lists and the data say of each other."""
    facts = lists.facts
    notes = [Note(True, facts.fitted)] if facts.fitted else []
    unknown_users = [user for user in lists.lists if user not in users]
    different = {item for ids in lists.lists.values() for item in ids}
    unknown_items = sorted(item for item in different if item not in items)
    notes.append(_unknown(unknown_users, len(lists.lists), "person", "people"))
    notes.append(_unknown(unknown_items, len(different), words.noun, words.nouns))
    short = sum(len(ids) < PLACES for ids in lists.lists.values())
    if short:
        length = sorted(map(len, lists.lists.values()))[len(lists.lists) // 2]
        notes.append(
            Note(
                False,
                f"{short:,} of {len(lists.lists):,} lists have fewer than {PLACES} places; the usual is {length}.",
            )
        )
    if facts.n_duplicates:
        again = counted(facts.n_duplicates, "place repeats", "places repeat")
        notes.append(Note(False, f"{again} what the same list has already; the first one counts."))
    if facts.n_left_out:
        rows = counted(facts.n_left_out, "row has", "rows have")
        notes.append(Note(False, f"{rows} no person or no {words.noun}, and are left out."))
    return notes


def against_truth(lists: OtherLists, truth: Truth, hit_rate: float, n_people: int, words: Words) -> list[Note]:
    """Return who of the asked people has a list, and what is odd; hit_rate is that of the n_people who have one."""
    n_asked = len(truth.taken)
    missing = n_asked - n_people
    notes = [Note(True, f"All {n_asked:,} people of this result have a list.")]
    if missing:
        without = f"{missing:,} of the {n_asked:,} people of this result have no list"
        notes = [Note(False, f"{without}; only those with one are compared.")]
    if note := _in_history(lists, truth.had, words):
        notes.append(note)
    notes += [Note(False, sentence, leak=True) for sentence in _leaks(lists, truth, hit_rate, n_people, words)]
    if n_people >= MIN_PEOPLE and (note := _newcomers(lists, truth, words)):
        notes.append(note)
    return notes


def _unknown(unknown: Sequence[str], n_all: int, noun: str, nouns: str) -> Note:
    if not unknown:
        return Note(True, f"All {n_all:,} {nouns} of the file are in the data.")
    named = listed([*unknown[:N_NAMED], *([f"{len(unknown) - N_NAMED:,} more"] if len(unknown) > N_NAMED else [])])
    sentence = f"{len(unknown):,} of {counted(n_all, noun, nouns)} of the file are not in the data: {named}."
    if len(unknown) > MANY * n_all:
        sentence += " Are the ids those of this data set, as they were loaded?"
    return Note(False, sentence)


def _in_history(lists: OtherLists, had: Mapping[str, Collection[str]], words: Words) -> Note | None:
    """Return how much of the lists people have had already."""
    places = n_had = 0
    for user, past in had.items():
        shown = lists.lists.get(user, ())[:PLACES]
        places += len(shown)
        n_had += sum(item in past for item in shown)
    if not n_had:
        return None
    share = fine_percent(n_had / places)
    return Note(False, f"{share} of the first {PLACES} places are {words.nouns} that the person had before the split.")


def _leaks(lists: OtherLists, truth: Truth, hit_rate: float, n_people: int, words: Words) -> list[str]:
    """Return what a model that saw the held-out part would look like, where these lists look like it."""
    if n_people < MIN_PEOPLE:
        return []
    found = []
    if hit_rate == 0 and truth.chance > 2 / n_people:
        found.append(
            f"Not one list is right, where random ones are for {percent(truth.chance)}. Was the model trained on all "
            "data, and leaves out what people have had? Train it on the events before the split."
        )
    top = [
        set(lists.lists[user][: len(taken)]) == set(taken)
        for user, taken in truth.taken.items()
        if user in lists.lists and taken
    ]
    if sum(top) > MANY * len(top):
        found.append(
            f"{sum(top):,} of {len(top):,} lists begin with exactly what the person went on to take. The model has "
            "probably learned from it."
        )
    elif hit_rate >= MIN_SUSPICIOUS and truth.best < MUCH_LESS * hit_rate:
        found.append(
            f"Right for {percent(hit_rate)}, our best for {percent(truth.best)}: too good to be true? Check that the "
            "model learned from events before the split only."
        )
    return found


def _newcomers(lists: OtherLists, truth: Truth, words: Words) -> Note | None:
    """Return which items only the held-out part knows as had by anybody; models of item metadata may list them."""
    later = {item for taken in truth.taken.values() for item in taken if item not in truth.known_items}
    both = later & {item for user in truth.taken for item in lists.lists.get(user, ())}
    if not both:
        return None
    noun = counted(len(both), f"{words.noun} that nobody", f"{words.nouns} that nobody")
    return Note(
        False,
        f"The lists have {noun} {words.past} before the split. A model that learns from events alone cannot know "
        "them, unless it saw later ones.",
    )
