"""The sentences of Recommendations: headlines, what was seen before, the notes of a supposed list, alt texts."""

from collections.abc import Mapping, Sequence

from services.filters.effects import Effect
from services.language.phrases import capital, counted, listed, ordinal, possessive
from services.language.vocabulary import Words
from services.library.catalog import Catalog
from services.lists.moves import ranks
from services.lists.reasons import Reason
from services.lists.sentences import sentence
from services.lists.supposed import DEEP, Supposed
from services.personalize.campaigns import Campaign
from services.personalize.recipe_names import EXPLORING
from services.screens.recommendations.view import ListView

CLOSE_TO_POPULARITY = 0.6
"""From this shared part of the list on, a personal list is called close to popularity."""


def headline(
    view: ListView, who: str, campaign: Campaign, words: Words, *, known: bool, effect: Effect | None = None
) -> str:
    """Return the headline; `known` is whether the user has any history, effect what a filter or a promotion did."""
    k, nouns = view.n_items, words.nouns
    if k == 0:
        return f"{who} gets no recommendations."
    if not campaign.personal and effect is not None:
        by = "filter" if effect.filtered else "promotion"
        taste = f"; {view.in_taste} of them in {possessive(who)} taste" if view.tastes else ""
        return f"With the {by}, {who} sees {k} bestsellers{taste}."
    if not campaign.personal:
        if not view.tastes:
            return f"{who} sees the bestsellers, like everybody: the {k} {nouns} that most people {words.past}."
        return (
            f"Everybody sees the same {k} bestsellers; {view.in_taste} of them {'is' if view.in_taste == 1 else 'are'} "
            f"{possessive(who)} taste, {listed(view.tastes, 'or')}."
        )
    if not known:
        return f"{who} is new to this model and sees the bestsellers, like everybody without a history."
    if view.shared_with_popularity >= CLOSE_TO_POPULARITY * k:
        return f"{possessive(who)} list is close to the bestsellers: {view.shared_with_popularity} of {k} are the same."
    if not view.tastes:
        return f"{possessive(who)} list shares {view.shared_with_popularity} of {k} {nouns} with the bestsellers."
    return (
        f"{view.in_taste} of {possessive(who)} {k} {nouns} {'is' if view.in_taste == 1 else 'are'} "
        f"{listed(view.tastes, 'or')}; of the bestsellers, {view.popular_in_taste}."
    )


def seen_line(view: ListView, words: Words) -> str:
    """Return the sentence about items of the user's own history."""
    if view.n_known == 0:
        return f"No {words.nouns} {words.past} yet."
    if view.n_known_shown == 0:
        are = "is" if view.n_known == 1 else "are"
        return f"{counted(view.n_known, words.noun, words.nouns)} already {words.past} {are} left out."
    were = "was" if view.n_known_shown == 1 else "were"
    return f"{view.n_known_shown} of these {view.n_items} {words.nouns} {were} {words.past} before."


def taste_help(view: ListView, words: Words) -> str:
    """Return what the figure of items in the user's taste means, and what chance would give."""
    chance = f"{view.n_items} {words.nouns} drawn by chance from everybody's events"
    return (
        f"{capital(words.nouns)} that are {listed(view.tastes, 'or')}. Of {chance}, {view.everybody_in_taste:.1f} are."
    )


def fit_help(words: Words) -> str:
    """Return what the multiple beside each item of the list means."""
    return f"How many times likelier than the average {words.noun}, by the model's own score. The table has the score."


def typical_help(words: Words) -> str:
    """Return what the figure of the typical item means."""
    return f"Half of the list was {words.past} by more people, half by fewer. A low figure means a niche."


def alt_text(view: ListView, who: str, by_item: Mapping[str, Reason], catalog: Catalog, words: Words) -> str:
    """Return the list in words, for a screen reader; by_item holds the reasons and may be empty."""
    first = ", ".join(view.frame["label"].head(3))
    tastes = f"{view.in_taste} of {view.n_items} in {listed(view.tastes)}; " if view.tastes else ""
    told = next((sentence(reason, who, catalog, words) for reason in by_item.values() if reason.named), "")
    reason = f"; the first reason: {told}" if told else ""
    return f"Recommendations for {who}: {tastes}first three {first}{reason}."


MAX_NAMED = 5


def head_words(n_items: int, n_events: int, words: Words) -> str:
    """Return the size of a history: "47 films, 125 events", "2 films" where each has one event."""
    items = counted(n_items, words.noun, words.nouns)
    return items if n_items == n_events else f"{items}, {counted(n_events, 'event', 'events')}"


def history_alt(n_items: int, who: str) -> str:
    """Return the history in words, for a screen reader."""
    return f"The latest {n_items} of {who}'s history, newest first, with the number of events of each."


def head_owed(title: str) -> str:
    """Return the head over a history beside a selected item of the list."""
    return f"What put {title} on the list"


def headline_without(
    removed: Sequence[str], before: Sequence[str], supposed: Supposed, catalog: Catalog, words: Words
) -> str:
    """Return the headline of a list without these items: "Without Vertigo, 6 of 25 films change; ..."."""
    after, places = supposed.item_ids, ranks(supposed.deep)
    gone = listed([catalog.title(item_id) for item_id in dict.fromkeys(removed)])
    if list(before) == after:
        return f"Without {gone}, nothing changes: the same {len(after)} {words.nouns} in the same order."
    replaced = sum(item_id not in after for item_id in before)
    change = "changes" if replaced == 1 else "change"
    changes = f"{replaced} of {len(before)} {words.nouns} {change}" if replaced else f"the same {words.nouns} stay"
    falls = [(places.get(item_id, DEEP + 1) - rank, rank, item_id) for rank, item_id in enumerate(before, 1)]
    fall, rank, item_id = max(falls, key=lambda entry: (entry[0], -entry[1]))
    if fall <= 0:
        return f"Without {gone}, {changes}."
    to = ordinal(places[item_id]) if item_id in places else f"below {ordinal(DEEP)}"
    return f"Without {gone}, {changes}; {catalog.title(item_id)} falls from {ordinal(rank)} to {to}."


def made_up_label(picks: Sequence[str], catalog: Catalog) -> str:
    """Return what a select calls a made-up user: "Somebody made up · Alien and The Fly"."""
    titles = [catalog.title(item_id) for item_id in picks]
    more = [f"{len(titles) - 2} more"] if len(titles) > 2 else []
    return f"Somebody made up · {listed([*titles[:2], *more])}"


def headline_made_up(picks: Sequence[str], newcomer: Sequence[str], after: Sequence[str], words: Words) -> str:
    """Return the headline of a made-up user's list: how far it has left the one that new users get."""
    own = sum(item_id not in set(newcomer) for item_id in after)
    return f"{counted(len(picks), words.noun, words.nouns)} changed {own} of {len(after)} picks."


def note_out(before: Sequence[str], supposed: Supposed, catalog: Catalog) -> str:
    """Return the note about items that have left the list, at most five by name."""
    after = set(supposed.item_ids)
    out = [catalog.title(item_id) for item_id in before if item_id not in after]
    more = [f"{len(out) - MAX_NAMED} more"] if len(out) > MAX_NAMED else []
    return f"Out: {listed([*out[:MAX_NAMED], *more])}." if out else ""


def note_exploring(campaign: Campaign) -> str:
    """Return the note that a supposed list explores nothing, "" for recipes that never explore."""
    return "A what-if list does not explore new items." if campaign.recipe in EXPLORING else ""


def note_unpromoted(promotes: bool) -> str:
    """Return the note that a supposed list has no promotion, "" where none is chosen."""
    return "A what-if list promotes nothing." if promotes else ""


def note_back(back: Mapping[str, int], catalog: Catalog) -> str:
    """Return the note about removed items that would be recommended themselves; back is from comes_back."""
    if not back:
        return ""
    parts = [f"{catalog.title(item_id)} would itself be {ordinal(rank)}" for item_id, rank in back.items()]
    left = "it is left out" if len(parts) == 1 else "they are left out"
    return f"{listed(parts)}; {left}, so that the ranks can be compared."


def note_made_up(picks: Sequence[str], supposed: Supposed, catalog: Catalog) -> str:
    """Return the note about the marks of a made-up user's list, and the picks that did not count."""
    *before, last = (catalog.title(item_id) for item_id in picks)
    since = f"{last} changed after {listed(before)}" if before else f"{last} changed for somebody new"
    unknown = listed([catalog.title(item_id) for item_id in supposed.ignored])
    return f"The marks show what {since}." + (f" The model does not know {unknown}." if unknown else "")


def how_it_lists(words: Words) -> dict[str, tuple[str, str]]:
    """Return the label and the help of each setting of a campaign's lists."""
    nouns = words.nouns
    return {
        "tonight": (
            "How much tonight counts, %",
            f"100: all {nouns} count, the newest most. 0: only what came before the newest session, so that one "
            "evening moves nothing. A person without an earlier session sees no change.",
        ),
        "popularity_discount": (
            "Less of what everybody likes, %",
            "0: what fits. 100: what a person wants more than everybody does.",
        ),
        "diversity": ("More kinds, %", f"0: what fits. 100: no two {nouns} alike."),
    }


FOR_EVERYBODY = "They hold for everybody who asks this campaign. 100, 0 and 0 find the most hits."
