"""The sentences of the Storefront."""

from collections.abc import Mapping, Sequence

from services.filters.sentences import PROMOTED
from services.language.phrases import counted, ordinal, possessive
from services.language.vocabulary import Words
from services.screens.storefront import rows as kinds
from services.screens.storefront.changes import Change
from services.screens.storefront.shop import Shopper


def headline(names: Sequence[str], lists: Sequence[Sequence[str]], words: Words, *, popular: Sequence[str]) -> str:
    """Return the sentence over the rows: what two users' first rows share, or how much of one's everybody gets."""
    many = min(map(len, lists))
    if not many:
        return f"No {words.nouns} to show yet."
    if len(lists) > 1:
        shared = len(set(lists[0][:many]) & set(lists[1][:many]))
        said = f"{shared or 'none'} of their first {many} {words.nouns}"
        return f"One catalogue, two shop windows: {names[0]} and {names[1]} share {said}."
    also = len(set(lists[0]) & set(popular[:many]))
    return f"{possessive(names[0])} shop window: {also} of the first {many} {words.nouns} are what everybody gets."


def clicked_headline(who: str, title: str, marks: Mapping[str, Change]) -> str:
    """Return the sentence after a click: how much of the first row moved."""
    n_new = sum(change.mark == "new" for change in marks.values())
    n_moved = sum(bool(change.mark) for change in marks.values())
    if not n_moved:
        return f"{title}: one click, and {possessive(who)} first row stays as it is."
    new = counted(n_new, "is", "are") if n_new else "none is"
    return f"One click on {title}: {n_moved} of {possessive(who)} first {len(marks)} places changed, {new} new."


def shared_note(n_shared: int, n: int, kind: str) -> str:
    """Return the note of a row about what two users share."""
    if kind in kinds.FOR_ALL and n_shared == n:
        return "the same for both"
    return f"{n_shared} of {n} shared"


def promoted_note(n: int, n_items: int, name: str) -> str:
    """Return the note of a row that a promotion has places in."""
    return f"{PROMOTED} {n} of {n_items} promoted by {name}."


def nothing(kind: str, who: str, words: Words) -> str:
    """Return why a row of one user is empty."""
    return {
        kinds.BECAUSE: f"{who} has not {words.past} anything yet.",
        kinds.MAKER: f"Nobody has made several {words.nouns} that {who} {words.past}, with others left.",
        kinds.NEW: f"No new {words.nouns} in {possessive(who)} list.",
        kinds.SEGMENT: "No saved segment of this name has anybody.",
        kinds.CONTINUE: f"{who} has not left anything unfinished.",
    }.get(kind, "The campaign's list is empty.")


def about(n_people: int, categories: Sequence[str], maker: str, words: Words) -> str:
    """Return the facts of an item in one line."""
    parts = [
        maker and f"by {maker}",
        ", ".join(categories),
        counted(n_people, "person", "people") + f" {words.past} it",
    ]
    return " · ".join(part for part in parts if part)


def place(who: str, item_id: str, shopper: Shopper, words: Words) -> str:
    """Return where an item is in a user's list: "12th in Nora's list", "Nora watched it"."""
    if item_id in shopper.history:
        return f"{who} {words.past} it."
    if item_id in shopper.list_ids:
        return f"{ordinal(shopper.list_ids.index(item_id) + 1)} in {possessive(who)} list."
    return f"Not among the first {len(shopper.list_ids)} of {possessive(who)} list."


def neighbours_title(title: str, who: str) -> str:
    """Return the title of an item's neighbours for a user."""
    return f"What goes with {title}, in {possessive(who)} order"


HOW = """
Each row is a choice from one list of 500 places of the campaign, in its order: *for you* its first places; *because*
the neighbours of the items that most reasons name (Similar's where it is deployed, else who had both); *maker* what is
left of the one of whom the history has most; *new* the newest eighth of the catalogue; *continue* items with other
events than the one that counts; *trending* the list of Trending now, where it is deployed
and something grows; *everybody* popularity's list. An item is in one row only, except for the last three.

A click is an event that is sent to a copy of the user. The copy is deleted afterwards, and the user's own record is
not changed. The rows before and after differ by this one event, so every change is its effect. The rows are in {file}
of the data set group's library folder.
"""
